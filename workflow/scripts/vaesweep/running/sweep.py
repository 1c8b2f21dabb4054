"""What a configuration asks for: variants, settings, and how each run has to be made."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vaesweep.running.preflight import gpu_works
from vaesweep.running.schema import defaults, read_schema
from vaesweep.runs import Setting

# The keys of `training` that say how jobs run. All others decide a run's result.
HOW_JOBS_RUN = ("seeds_per_job", "checkpoint_seconds")
# Keys that may be "auto". training.json records what the machine resolved it to.
RESOLVED_BY_MACHINE = ("precision", "device")


def variants(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What decides the results of each variant's runs: its sections `model` and `training`."""
    deciding = {key: value for key, value in config["training"].items() if key not in HOW_JOBS_RUN}
    return {
        name: {
            "model": config["model"] | changes.get("model", {}),
            "training": deciding | changes.get("training", {}),
        }
        for name, changes in config["sweep"]["variants"].items()
    }


def stacks(config: Mapping[str, Any]) -> list[list[int]]:
    """The seeds that a job may train together; empty if no job trains more than one.

    `auto` counts as `all`: it leaves open whether seeds are trained together or one by one.
    """
    seeds, size = config["sweep"]["seeds"], config["training"]["seeds_per_job"]
    size = size if isinstance(size, int) else len(seeds)
    parts = [seeds[start : start + size] for start in range(0, len(seeds), size)]
    return parts if size > 1 else []


def prefers_stacks(config: Mapping[str, Any], requests_gpu: bool) -> bool:
    """Whether jobs train the stacks, not single seeds: with `auto`, if trainings get a GPU.

    `requests_gpu` says whether the profile requests a GPU for trainings. Otherwise this machine
    counts, unless a variant trains on the CPU.
    """
    if config["training"]["seeds_per_job"] != "auto":
        return True
    devices = {sections["training"]["device"] for sections in variants(config).values()}
    if "cpu" in devices:
        return False
    return requests_gpu or devices == {"cuda"} or gpu_works()


def settings(config: Mapping[str, Any]) -> list[Setting]:
    """All settings of the sweep: variants at latent sizes, then external models."""
    sweep = config["sweep"]
    trained = [Setting(name, size) for name in sweep["variants"] for size in sweep["latent_sizes"]]
    external = [Setting(name, model["latent_size"]) for name, model in sweep["external"].items()]
    return trained + external


def recipe_keys() -> list[str]:
    """The keys of `model` and `training` that decide a result, whatever the machine.

    training.json has to record each of them under the same name.
    """
    known = defaults(read_schema())
    keys = [*known["model"], *known["training"]]
    return [key for key in keys if key not in (*HOW_JOBS_RUN, *RESOLVED_BY_MACHINE)]


def made_with(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """How the runs of each variant and external model must have been made, as in metrics.json."""
    scored = {
        "steps": config["interpolation"]["steps"],
        "pairs_per_kind": config["scoring"]["pairs_per_kind"],
        "judge_seeds": config["scoring"]["judge_seeds"],
    }
    expected = {}
    for name, sections in variants(config).items():
        values = sections["model"] | sections["training"]
        expected[name] = scored | {key: values[key] for key in recipe_keys()}
    for name in config["sweep"]["external"]:
        expected[name] = scored
    return expected


def expanded(path: str) -> str:
    """The path with ~ and ~user expanded. Unlike that of Path, this raises no error."""
    return os.path.expanduser(path)  # noqa: PTH111


def missing_frames(config: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each file of an external model that is missing.

    This is no error: what such a file is made from, the pairs and the images, is made without it.
    """
    for name, model in config["sweep"]["external"].items():
        for path in model["frames"]:
            if not os.path.isfile(expanded(path)):  # noqa: PTH113 - Path.is_file may raise
                yield (
                    f"config: sweep.external.{name}.frames has {path}, but there is no such file "
                    f"in {Path.cwd()}; make it as docs/external.md shows, or correct its path"
                )
