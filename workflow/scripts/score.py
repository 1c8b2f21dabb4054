"""Score a run: smoothness on the pairs, likelihood and active units on the test set."""

import torch

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import read_json, write_json, write_table
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import logging_to
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.score import measure_model, score_run
from vaesweep.scoring.summary import HOW_MADE, OF_RUN, record_of, summarise_pairs
from vaesweep.training.model import load_model

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    params = snakemake.params
    training = read_json(snakemake.input.training, *OF_RUN, *HOW_MADE)
    images, _ = load_split(snakemake.input.test)
    pairs = read_pairs(snakemake.input.pairs)
    judges = [load_judge(path) for path in snakemake.input.judges]
    frames, reconstructions = read_frames(snakemake.input.interpolations, len(pairs))
    scores = score_run(frames, reconstructions, pairs, judges)
    write_table(snakemake.output.pair_scores, scores)

    model = load_model(snakemake.input.model)
    metrics = {
        **record_of(training, pairs, frames.shape[1] - 2, [judge.seed for judge in judges]),
        **measure_model(model, images, training["beta"], judges, params.importance_samples),
        **summarise_pairs(scores),
    }
    write_json(snakemake.output.metrics, metrics)
    log.info("score %.4f [%.4f, %.4f]", *(metrics[f"score{end}"] for end in ("", "_low", "_high")))
