"""Write the interpolation explorer: the best run of each latent size, frame by frame."""

import json
from pathlib import Path

import pandas as pd
import torch

from vaesweep.comparison.choice import sizes_to_show
from vaesweep.data.splits import load_split
from vaesweep.documents.explorer import MOST_SIZES, explorer, walk
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to
from vaesweep.scoring.judges import load_judge
from vaesweep.training.model import load_model

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    images, _ = load_split(snakemake.input.test)
    pairs = pd.read_csv(snakemake.input.pairs)
    shown = pairs[pairs["set"] == "display"].reset_index(drop=True)
    every_size = pd.read_csv(snakemake.input.latent_sizes)
    chosen = json.loads(Path(snakemake.input.chosen).read_text(encoding="utf-8"))["latent_size"]
    sizes = sizes_to_show(every_size, chosen, MOST_SIZES)
    judges = [load_judge(path) for path in snakemake.input.judges]
    walks = []
    for size, seed in zip(sizes["latent_size"], sizes["best_seed"].astype(int), strict=True):
        run = f"/latent-{size}/seed-{seed}/"
        [path] = (path for path in snakemake.input.models if run in path)
        walks.append(walk(load_model(path), seed, images, shown, judges))
        log.info("latent size %d, seed %d: %d paths", size, seed, len(shown))
    left_out = int(every_size["best_seed"].notna().sum()) - len(sizes)
    page = explorer(walks, shown, chosen, snakemake.params.dataset, left_out)
    write_whole(snakemake.output[0], page.encode())
    log.info("wrote %s, %.2f MB", snakemake.output[0], len(page) / 1e6)
