"""What a run prints before its first job, and paths as a user sees them."""

import os
import sys
from collections.abc import Mapping
from typing import Any

from vaesweep.running.preflight import has_nvidia_gpu
from vaesweep.running.sweep import variants
from vaesweep.runs import MAX_NAMED
from vaesweep.words import counted, listed


def say(text: str) -> None:
    """Print a text. That it cannot be printed is no failure of the sweep."""
    try:
        print(text, flush=True)
    except OSError:  # nobody reads it, or the disk is full: write what is left to nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def opening(config: Mapping[str, Any], planned: Mapping[str, int], cores: int | None) -> str:
    """Describe the jobs to run, `planned` by rule, on so many cores or, if None, on a cluster."""
    stacks = sum(count for rule, count in planned.items() if rule.startswith("train_stack"))
    trainings = stacks + planned.get("train", 0)
    sweep, device = config["sweep"], config["training"]["device"]
    runs = len(sweep["variants"]) * len(sweep["latent_sizes"]) * len(sweep["seeds"])
    runs += sum(len(model["frames"]) for model in sweep["external"].values())
    jobs = f"{counted(sum(planned.values()), 'job')} to run"
    if trainings:
        epochs = {sections["training"]["epochs"] for sections in variants(config).values()}
        noun = "epoch" if epochs == {1} else "epochs"
        numbers = listed(sorted(epochs), "or")
        jobs += f", including {counted(trainings, 'training')} of {numbers} {noun}"
    if device == "auto" and cores is not None:
        device = "cuda, if PyTorch can use the GPU" if stacks and has_nvidia_gpu() else "cpu"
    where = f"Device: {device}. Cores: {cores}." if cores else f"Device: {device}."
    lines = [
        f"{jobs}, in a sweep of {counted(runs, 'run')} on {config['dataset']['name']}.",
        f"{where} You can stop at any time: finished results are kept.",
    ]
    names = list(sweep["variants"])
    if len(names) > 1:  # --config adds to those of config.yaml
        names[MAX_NAMED:] = [f"{len(names) - MAX_NAMED} more"] if len(names) > MAX_NAMED else []
        lines.append(f"Variants: {', '.join(names)}.")
    if trainings:
        lines.append(f"To watch the jobs: tail -f {from_here('results/logs')}/*/*.log")
    return "\n".join(lines)


def from_here(path: str) -> str:
    """A path as seen from the folder in which the command was typed, whatever --directory is."""
    seen = os.path.relpath(path, os.environ.get("PWD", "."))
    return min(seen, os.path.abspath(path), key=len)  # noqa: PTH100 - it need not exist
