"""Train the models of one setting, for one seed or several side by side."""

import os
from pathlib import Path

# Deterministic matrix products on a GPU need this before CUDA starts.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

from snakemake.iocontainers import Snakemake

from vaesweep.data.splits import load_split
from vaesweep.files import write_json, write_rows
from vaesweep.running.jobs import ALONE, logging_to
from vaesweep.training.checkpoints import remove_checkpoints
from vaesweep.training.hardware import choose_hardware
from vaesweep.training.loop import Settings, train_stack
from vaesweep.training.model import Architecture, save_member
from vaesweep.training.progress import HISTORY_COLUMNS


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads) as log:
        model, training = snakemake.params.model, dict(snakemake.params.training)
        images, _ = load_split(snakemake.input.train)
        output = snakemake.output
        outputs = (output.model, output.history, output.training)
        folders = [Path(path).parent for path in outputs[0]]
        seeds = tuple(int(folder.name.removeprefix("seed-")) for folder in folders)
        latent_size = int(snakemake.wildcards.latent_size)
        architecture = Architecture(model["architecture"], tuple(model["hidden"]), latent_size)
        hardware = choose_hardware(training.pop("device"), training.pop("precision"), log)
        settings = Settings(model["beta"], objective=model["objective"], **training)
        checkpoint = folders[0] / "checkpoint.pt"
        if ALONE in os.environ:
            log.info("no disk is shared with this job: if it is killed, its training starts anew")
        # From the config and not the params, which Snakemake tracks: it changes no result.
        pause = snakemake.config["training"]["checkpoint_seconds"]
        runs = train_stack(images, architecture, settings, hardware, seeds, checkpoint, pause, log)
        for run, weights, history, facts in zip(runs, *outputs, strict=True):
            save_member(run.state, architecture, weights)
            write_rows(history, HISTORY_COLUMNS, run.history)
            write_json(facts, run.facts)
        remove_checkpoints(folders)


main(snakemake)  # type: ignore[name-defined]
