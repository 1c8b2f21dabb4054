"""Train the models of one setting, for one seed or for several side by side."""

import os
from pathlib import Path

# Deterministic matrix products on a GPU need this before CUDA starts.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

from vaesweep.data.splits import load_split
from vaesweep.files import write_json, write_rows
from vaesweep.running.jobs import ALONE, Snakemake, logging_to
from vaesweep.training.hardware import choose_hardware, explaining_out_of_memory
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import Architecture, save_member
from vaesweep.training.progress import HISTORY_COLUMNS


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads) as log:
        model, training = snakemake.params.model, dict(snakemake.params.training)
        output = snakemake.output
        images, _ = load_split(snakemake.input.train)
        folders = [Path(path).parent for path in output.model]
        seeds = tuple(int(folder.name.removeprefix("seed-")) for folder in folders)
        latent_size = int(snakemake.wildcards.latent_size)
        architecture = Architecture(model["architecture"], tuple(model["hidden"]), latent_size)
        # Single seeds would take turns on a GPU, each slowed by the start of its operations, where
        # CPU cores train them side by side. A job that requests a GPU uses it.
        prefers_cpu = len(seeds) == 1 and not snakemake.resources.get("gpu")
        device, precision = training.pop("device"), training.pop("precision")
        hardware = choose_hardware(device, precision, log, prefers_cpu)
        settings = Settings(model["beta"], objective=model["objective"], **training)
        if ALONE in os.environ:
            log.info("no disk is shared with this job: if killed, it starts from scratch")
        checkpoint = folders[0] / "checkpoint.pt"
        # Not a param, which Snakemake would track: it changes no result.
        pause = snakemake.config["training"]["checkpoint_seconds"]
        with explaining_out_of_memory(hardware):
            runs = train(images, architecture, settings, hardware, seeds, checkpoint, pause, log)
        paths = zip(runs, output.model, output.history, output.training, strict=True)
        for run, weights, history, facts in paths:
            save_member(run.state, architecture, weights)
            write_rows(history, HISTORY_COLUMNS, run.history)
            write_json(facts, run.facts)
        for folder in folders:  # a checkpoint may be of an earlier stack of other seeds
            (folder / "checkpoint.pt").unlink(missing_ok=True)


main(snakemake)  # type: ignore[name-defined]
