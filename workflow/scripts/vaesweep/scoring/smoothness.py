"""How smooth is a path of images? Evenness, ghost freedom, class path, quality, and gain."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vaesweep.scoring.columns import PARTS
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.transport import path_lengths
from vaesweep.scoring.views import directness, feature_path_length, step_gini


def evenness(steps: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """The step of an even straight path over the largest step of this one.

    Args:
        steps: (N, K) distances between neighbouring frames.
        ends: (N,) distance of the first frame from the last.

    Returns:
        (N,) in [0, 1]: 1 for equal steps on a geodesic, 1/K for one jump, at most 2/K for a
        constant image between the ends.
    """
    count = steps.shape[1]
    largest = np.maximum(steps.max(axis=1), np.finfo(np.float64).tiny)
    return np.minimum(ends / count / largest, 1.0)


def ghost_free(ghosts: NDArray[np.float64]) -> NDArray[np.float64]:
    """One minus the mean ghost of the inner frames: (N, steps) to (N,) in [0, 1]."""
    return 1 - ghosts.mean(axis=1)


def class_path(
    classes: NDArray[np.float64], digit_a: NDArray[np.int64], digit_b: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Mean probability that an inner frame shows one of the two end digits.

    Args:
        classes: (N, steps, 10) probabilities.
        digit_a: (N,) digit of the first image.
        digit_b: (N,) digit of the last image; the same one is not counted twice.

    Returns:
        (N,) in [0, 1].
    """
    rows = np.arange(len(classes))
    of_a, of_b = classes[rows, :, digit_a], classes[rows, :, digit_b]
    return (of_a + np.where(digit_a == digit_b, 0.0, 1.0)[:, None] * of_b).mean(axis=1)


def quality(
    even: NDArray[np.float64], free: NDArray[np.float64], classy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Geometric mean of the three parts, each (N,) in [0, 1]: a path must pass all three."""
    return np.cbrt(even * free * classy)


def cross_fade(start: NDArray[np.uint8], end: NDArray[np.uint8], steps: int) -> NDArray[np.uint8]:
    """Pixel mixes between two images: (N, side, side) twice to (N, steps, side, side)."""
    t = (np.arange(1, steps + 1) / (steps + 1))[:, None, None]
    mixed = (1 - t) * start[:, None].astype(np.float64) + t * end[:, None].astype(np.float64)
    return np.rint(mixed).astype(np.uint8)


def judge_paths(
    frames: NDArray[np.uint8], even: NDArray[np.float64], pairs: pd.DataFrame, judges: list[Judge]
) -> list[dict[str, NDArray[np.float64]]]:
    """The parts of quality by each judge.

    Args:
        frames: (N, steps + 2, side, side); columns 0 and -1 are the real images.
        even: (N,) their evenness, which is the same for every judge.
        pairs: N rows with digit_a and digit_b.
        judges: any number of judges.

    Returns:
        For each judge a dict of (N,) arrays: evenness, ghost_free, class_path, quality.
    """
    digit_a, digit_b = pairs["digit_a"].to_numpy(), pairs["digit_b"].to_numpy()
    scores = []
    for judge in judges:
        verdict = judge.judge(frames[:, 1:-1])
        free = ghost_free(verdict.ghost)
        classy = class_path(verdict.classes, digit_a, digit_b)
        values = (even, free, classy, quality(even, free, classy))
        scores.append(dict(zip(PARTS, values, strict=True)))
    return scores


def score_run(
    frames: NDArray[np.uint8],
    reconstructions: NDArray[np.uint8],
    pairs: pd.DataFrame,
    judges: dict[int, Judge],
) -> pd.DataFrame:
    """Score a run's latent paths against the cross-fades of its own reconstructions.

    Args:
        frames: (N, steps + 2, side, side) in the order of `pairs`.
        reconstructions: (N, 2, side, side), the decoded codes of the ends.
        pairs: N rows of pairs.csv.
        judges: by seed.

    Returns:
        A row a pair: set, kind, row; the four parts, means over judges; crossfade_ and the same
        four; gain, their difference in quality; gain_judge_{seed} for each judge; and the views
        path_length, directness, step_gini and feature_path_length of the latent path.
    """
    every_judge = list(judges.values())
    fade = cross_fade(reconstructions[:, 0], reconstructions[:, 1], frames.shape[1] - 2)
    faded = np.concatenate([frames[:, :1], fade, frames[:, -1:]], axis=1)
    steps, ends = path_lengths(frames)
    path = judge_paths(frames, evenness(steps, ends), pairs, every_judge)
    control = judge_paths(faded, evenness(*path_lengths(faded)), pairs, every_judge)

    columns: dict[str, NDArray[np.float64]] = {}
    for prefix, scores in (("", path), ("crossfade_", control)):
        for part in PARTS:
            columns[prefix + part] = np.mean([score[part] for score in scores], axis=0)
    gains = [p["quality"] - c["quality"] for p, c in zip(path, control, strict=True)]
    columns["gain"] = np.mean(gains, axis=0)
    for seed, gain in zip(judges, gains, strict=True):
        columns[f"gain_judge_{seed}"] = gain
    columns["path_length"] = steps.sum(axis=1)
    columns["directness"] = directness(steps, ends)
    columns["step_gini"] = step_gini(steps)
    columns["feature_path_length"] = np.mean(
        [feature_path_length(judge.features(frames)) for judge in every_judge], axis=0
    )
    named = pairs[["set", "kind", "row"]].reset_index(drop=True)
    return pd.concat([named, pd.DataFrame(columns)], axis=1)
