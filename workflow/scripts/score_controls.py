"""Score reference paths on the same pairs by the same judges."""

import pandas as pd
import torch

from vaesweep.comparison.choice import file_of, read_chosen
from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_table
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import logging_to
from vaesweep.scoring.controls import control_paths
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.score import score_run
from vaesweep.scoring.summary import summarise_pairs

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    chosen = read_chosen(snakemake.input.chosen)
    pairs = read_pairs(snakemake.input.pairs)
    path = file_of(chosen, snakemake.input.interpolations)
    frames, reconstructions = read_frames(path, len(pairs))
    train, _ = load_split(snakemake.input.train)
    judges = [load_judge(path) for path in snakemake.input.judges]
    rows = []
    for control, paths in control_paths(frames, reconstructions, train).items():
        scores = score_run(*paths, pairs, judges)
        rows.append({"control": control, **summarise_pairs(scores)})
        log.info("%s: score %.4f", control, rows[-1]["score"])
    write_table(snakemake.output.controls, pd.DataFrame(rows))
