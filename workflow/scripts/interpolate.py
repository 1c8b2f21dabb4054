"""Interpolate between the codes of every pair and draw the run's two grids."""

import io

import numpy as np
import pandas as pd
import torch

from vaesweep.data.splits import load_split
from vaesweep.figures.tiles import draw_preview, paths_note, save_png
from vaesweep.files import write_whole
from vaesweep.interpolation import interpolate
from vaesweep.running.logs import logging_to
from vaesweep.training.model import load_model
from vaesweep.words import paths_title

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    params, wildcards = snakemake.params, snakemake.wildcards
    images, _ = load_split(snakemake.input.test)
    pairs = pd.read_csv(snakemake.input.pairs)
    model = load_model(snakemake.input.model)
    frames, reconstructions = interpolate(model, images, pairs, params.steps)
    packed = io.BytesIO()
    np.savez(packed, frames=frames, reconstructions=reconstructions)
    write_whole(snakemake.output.interpolations, packed.getvalue())

    note = paths_note(
        frames.shape[1], params.dataset, int(wildcards.latent_size), int(wildcards.seed)
    )
    for kind, path in (("same", snakemake.output.same), ("different", snakemake.output.different)):
        shown = (pairs["set"] == "display") & (pairs["kind"] == kind)
        digits = list(zip(pairs[shown]["digit_a"], pairs[shown]["digit_b"], strict=True))
        title = paths_title(kind, params.dataset)
        save_png(draw_preview(frames[shown.to_numpy()], digits, title, note), path)
        log.info("drew %s", path)
