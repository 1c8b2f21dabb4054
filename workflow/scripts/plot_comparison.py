"""Draw the figures that compare runs and latent sizes."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd

from vaesweep.comparison.choice import MOST_SIZES_DRAWN, sizes_to_show
from vaesweep.figures import evidence as evidence_figures
from vaesweep.figures import paths as path_figures
from vaesweep.figures import scores as comparison_figures
from vaesweep.figures.style import save_svg
from vaesweep.running.logs import logging_to


def run_of(path: str) -> tuple[int, int]:
    latent_size, seed = re.search(r"latent-(\d+)/seed-(\d+)/", path).groups()
    return int(latent_size), int(seed)


with logging_to(snakemake.log[0]) as log:
    runs = pd.read_csv(snakemake.input.runs)
    sizes = pd.read_csv(snakemake.input.latent_sizes)
    chosen = json.loads(Path(snakemake.input.chosen).read_text(encoding="utf-8"))
    pairs = pd.read_csv(snakemake.input.pairs)
    histories = {run_of(path): pd.read_csv(path) for path in snakemake.input.histories}
    paths = {run_of(path): path for path in snakemake.input.interpolations}
    shown = sizes_to_show(sizes, chosen["latent_size"], MOST_SIZES_DRAWN)
    best = zip(shown["latent_size"], shown["best_seed"].astype(int), strict=True)
    frames = {size: np.load(paths[size, seed])["frames"] for size, seed in best}
    run = chosen["latent_size"], chosen["seed"]
    [path] = (path for path in snakemake.input.pair_scores if run_of(path) == run)
    pair_scores = pd.read_csv(path)
    chosen_frames = np.load(paths[run])["frames"]
    dataset = snakemake.params.dataset

    drawn = {
        "gain_by_latent_size": comparison_figures.gain_by_latent_size(runs, sizes, chosen),
        "neg_elbo_and_gain": comparison_figures.neg_elbo_and_gain(runs),
        "quality_parts": comparison_figures.quality_parts(runs, sizes, dataset),
        "training_curves": comparison_figures.training_curves(histories),
        "differences": evidence_figures.differences(pd.read_csv(snakemake.input.differences)),
        "controls": evidence_figures.controls(
            sizes, pd.read_csv(snakemake.input.controls), dataset
        ),
        "display_rows": path_figures.display_rows(pairs, frames, dataset),
        "best_and_worst": path_figures.best_and_worst(pairs, pair_scores, chosen_frames, dataset),
    }
    for name, figure in drawn.items():
        save_svg(figure, snakemake.output[name])
        log.info("drew %s", snakemake.output[name])
