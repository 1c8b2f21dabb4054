"""Score reference paths on the same pairs by the same judges."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from vaesweep.comparison.tables import summarise_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to
from vaesweep.scoring.controls import control_paths
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.smoothness import score_run

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    params = snakemake.params
    chosen = json.loads(Path(snakemake.input.chosen).read_text(encoding="utf-8"))
    folder = f"/latent-{chosen['latent_size']}/seed-{chosen['seed']}/"
    [path] = (path for path in snakemake.input.interpolations if folder in path)
    arrays = np.load(path)
    train, _ = load_split(snakemake.input.train)
    pairs = pd.read_csv(snakemake.input.pairs)
    judges = dict(zip(params.judge_seeds, map(load_judge, snakemake.input.judges), strict=True))
    rows = []
    paths = control_paths(arrays["frames"], arrays["reconstructions"], train)
    for control, (frames, reconstructions) in paths.items():
        scores = score_run(frames, reconstructions, pairs, judges)
        rows.append({"control": control, **summarise_pairs(scores, params.bootstrap)})
        log.info("%s: gain %.4f", control, rows[-1]["gain"])
    write_whole(snakemake.output.controls, pd.DataFrame(rows).to_csv(index=False).encode())
