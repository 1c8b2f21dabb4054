"""Scoring a run: what is measured of its paths, by distances and by judges, and what follows."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vaesweep.interpolation import cross_fade
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.likelihood import evaluate, importance_sampled_nll
from vaesweep.scoring.smoothness import (
    PARTS,
    Measured,
    directness,
    feature_path_length,
    quality,
    step_gini,
)
from vaesweep.scoring.transport import path_lengths
from vaesweep.scoring.views import prior_frechet
from vaesweep.training.model import VAE

Images = NDArray[np.uint8]
Array = NDArray[np.float64]
# Paths whose features are held at once: for many steps they are larger than the images.
CHUNK = 200


def score_run(
    frames: Images, reconstructions: Images, pairs: pd.DataFrame, judges: list[Judge]
) -> pd.DataFrame:
    """Score a run's latent paths against the cross-fades of its own reconstructions.

    Args:
        frames: (N, steps + 2, side, side) in the order of `pairs`.
        reconstructions: (N, 2, side, side), the decoded codes of the ends.
        pairs: N rows of pairs.csv.
        judges: at least one.

    Returns:
        A row a pair: set, kind, row; the parts of quality and quality, means over judges;
        crossfade_ and the same; score, their difference in quality; score_judge_{seed} for each
        judge; and the views path_length, directness, step_gini and feature_path_length of the
        latent path.
    """
    fade = cross_fade(reconstructions[:, 0], reconstructions[:, 1], frames.shape[1] - 2)
    faded = np.concatenate([frames[:, :1], fade, frames[:, -1:]], axis=1)
    steps, ends = path_lengths(frames)
    path = _by_judge(frames, steps, ends, pairs, judges)
    control = _by_judge(faded, *path_lengths(faded), pairs, judges)

    columns: dict[str, Array] = {}
    for prefix, scores in (("", path), ("crossfade_", control)):
        for name in scores[0]:
            columns[prefix + name] = np.mean([score[name] for score in scores], axis=0)
    scores = [p["quality"] - c["quality"] for p, c in zip(path, control, strict=True)]
    columns["score"] = np.mean(scores, axis=0)
    for judge, score in zip(judges, scores, strict=True):
        columns[f"score_judge_{judge.seed}"] = score
    columns["path_length"] = steps.sum(axis=1)
    columns["directness"] = directness(steps, ends)
    columns["step_gini"] = step_gini(steps)
    columns["feature_path_length"] = _mean_feature_path_length(frames, judges)
    named = pairs[["set", "kind", "row"]].reset_index(drop=True)
    return pd.concat([named, pd.DataFrame(columns)], axis=1)


def measure_model(
    model: VAE, images: Images, beta: float, judges: list[Judge], samples: int
) -> dict[str, float | None]:
    """Measure a model beside its paths, on the test set.

    Args:
        model: a stack of one.
        images: (N, 28, 28) test images.
        beta: 0 for a plain autoencoder, which has neither a prior nor a likelihood.
        judges: at least one.
        samples: of the posterior, for nll_is.

    Returns:
        What `likelihood.evaluate` returns, prior_frechet and nll_is.
    """
    measured = evaluate(model, images, beta)
    measured["prior_frechet"] = prior_frechet(model, images, judges) if beta > 0 else None
    measured["nll_is"] = importance_sampled_nll(model, images, samples) if beta > 0 else None
    return measured


def _by_judge(
    frames: Images, steps: Array, ends: Array, pairs: pd.DataFrame, judges: Iterable[Judge]
) -> list[dict[str, Array]]:
    """The parts of quality and quality of (N,) paths, by each judge."""
    class_a, class_b = pairs["digit_a"].to_numpy(), pairs["digit_b"].to_numpy()
    scores = []
    for judge in judges:
        verdict = judge.judge(frames[:, 1:-1])
        measured = Measured(steps, ends, verdict.ghost, verdict.classes, class_a, class_b)
        parts = {part.name: part.of(measured) for part in PARTS}
        scores.append(parts | {"quality": quality(list(parts.values()))})
    return scores


def _mean_feature_path_length(frames: Images, judges: list[Judge]) -> Array:
    lengths = [
        np.concatenate(
            [
                feature_path_length(judge.features(frames[start : start + CHUNK]))
                for start in range(0, len(frames), CHUNK)
            ]
        )
        for judge in judges
    ]
    mean: Array = np.mean(lengths, axis=0)
    return mean
