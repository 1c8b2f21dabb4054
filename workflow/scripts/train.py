"""Train the VAEs of one latent size, for one seed or several side by side."""

import csv
import io
import json
import os
from pathlib import Path

# Deterministic matrix products on a GPU need this before CUDA starts.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch

from vaesweep.data.splits import load_split
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to
from vaesweep.training.loop import HISTORY_COLUMNS, Settings
from vaesweep.training.model import Architecture, save_member
from vaesweep.training.stacks import train_stack

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    params, output = snakemake.params, snakemake.output
    images, _ = load_split(snakemake.input.train)
    architecture = Architecture(
        params.architecture, tuple(params.hidden), int(snakemake.wildcards.latent_size)
    )
    settings = Settings(
        params.beta,
        params.epochs,
        params.batch_size,
        params.learning_rate,
        params.precision,
        params.device,
    )
    # One path for `train`, a list for a stack of seeds.
    models, histories, trainings = (
        [paths] if isinstance(paths, str) else paths
        for paths in (output.model, output.history, output.training)
    )
    checkpoint = Path(models[0]).with_name("checkpoint.pt")
    seeds = tuple(params.seeds)
    # From the config and not the params, which Snakemake tracks: it changes no result.
    pause = snakemake.config["training"]["checkpoint_seconds"]
    runs = train_stack(images, architecture, settings, seeds, checkpoint, pause, log)
    for run, model, history, training in zip(runs, models, histories, trainings, strict=True):
        save_member(run.state, architecture, model)
        table = io.StringIO()
        rows = csv.DictWriter(table, HISTORY_COLUMNS, lineterminator="\n")  # pandas starts slowly
        rows.writeheader()
        rows.writerows(run.history)
        write_whole(history, table.getvalue().encode())
        write_whole(training, json.dumps(run.facts, indent=2).encode())
