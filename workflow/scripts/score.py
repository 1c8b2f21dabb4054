"""Score a run: smoothness on the pairs, likelihood and active units on the test set."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from vaesweep.comparison.tables import summarise_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.likelihood import evaluate
from vaesweep.scoring.smoothness import score_run
from vaesweep.scoring.views import importance_sampled_nll, prior_frechet
from vaesweep.training.model import load_model

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    training = json.loads(Path(snakemake.input.training).read_text(encoding="utf-8"))
    images, _ = load_split(snakemake.input.test)
    pairs = pd.read_csv(snakemake.input.pairs)
    judges = dict(
        zip(snakemake.params.judge_seeds, map(load_judge, snakemake.input.judges), strict=True)
    )
    arrays = np.load(snakemake.input.interpolations)
    scores = score_run(arrays["frames"], arrays["reconstructions"], pairs, judges)
    write_whole(snakemake.output.pair_scores, scores.to_csv(index=False).encode())

    model = load_model(snakemake.input.model)
    every_judge = list(judges.values())
    known = ("latent_size", "seed", "status", "train_seconds", "device")
    metrics = {
        **{key: training[key] for key in known},
        **evaluate(model, images, training["beta"]),
        **summarise_pairs(scores, snakemake.params.bootstrap),
        "prior_frechet": prior_frechet(model, images, every_judge),
        "nll_is": importance_sampled_nll(model, images, snakemake.params.importance_samples),
    }
    write_whole(snakemake.output.metrics, json.dumps(metrics, indent=2).encode())
    log.info(
        "gain %.4f [%.4f, %.4f], test -ELBO %.2f nats",
        *(metrics[key] for key in ("gain", "gain_low", "gain_high", "neg_elbo")),
    )
