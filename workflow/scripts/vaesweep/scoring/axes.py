"""Two axes beside the score: what a path loses at its ends, and what it loses between them.

The first is reconstruction: how far the decoded ends are from the images. The second is
interpolation: how unevenly and how far round about the frames travel between the decoded ends. It
takes the decoded ends as they are, so that a poor reconstruction does not count twice.
`benchmarks/truth.py` holds both against what is true on paths that are known.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from vaesweep.data.splits import Images
from vaesweep.scoring.judges import Assessment, Judge
from vaesweep.scoring.transport import wasserstein_distance

Array = NDArray[np.float64]

# A run is collapsed if its decoded ends are, in the mean, this share as distant as the real ones.
COLLAPSED = 0.05
BLUR = 2.0  # standard deviation in pixels
# Beside straying, which does not see a jump: a hard switch strays no further than many a path.
DETOUR_WEIGHT = 0.25


def measure_axes(
    frames: Images,
    reconstructions: Images,
    separation: Array,
    pairs: pd.DataFrame,
    judges: Sequence[Judge],
    inner: Sequence[Assessment],
) -> dict[str, Array]:
    """Both axes of paths (N, K + 2, side, side) between the images of N pairs of pairs.csv.

    `reconstructions` (N, 2, side, side) are the decoded ends, `separation` (N,) is the distance
    between the images in pixels, and `inner` has an Assessment of the inner frames for each judge.
    Returns lost_at_ends and lost_between (N,).
    """
    ends = frames[:, [0, -1]]
    features = []
    for judge, found in zip(judges, inner, strict=True):
        decoded = judge.assess(reconstructions).features
        path = [decoded[:, :1], found.features, decoded[:, 1:]]
        features.append(np.concatenate(path, axis=1).reshape(*frames.shape[:2], -1))
    return {
        "lost_at_ends": lost_at_ends(ends, reconstructions, separation, pairs),
        "lost_between": lost_between(ends, reconstructions, features, pairs),
    }


def lost_at_ends(
    ends: Images, reconstructions: Images, separation: Array, pairs: pd.DataFrame
) -> Array:
    """Mean distance (N,) of the decoded ends from the images, both (N, 2, side, side).

    It is in units of the mean separation (N,) of the images, over the score pairs of the kind.
    """
    return wasserstein_distance(ends, reconstructions).mean(axis=1) / kind_means(separation, pairs)


def lost_between(
    ends: Images, reconstructions: Images, features: Sequence[Array], pairs: pd.DataFrame
) -> Array:
    """`straying` and a share of `detour` (N,) of paths between decoded ends, mean over judges.

    `features` of each judge are (N, K + 2, F), from one decoded end to the other. NaN for a kind of
    pairs whose decoded ends are all alike, because the run collapsed: then there is no way between
    them. Both kinds of ends are (N, 2, side, side).
    """
    by_judge = [straying(path, pairs) + DETOUR_WEIGHT * detour(path, pairs) for path in features]
    lost = np.mean(by_judge, axis=0)
    decoded, real = (blurred_distance(two[:, 0], two[:, 1]) for two in (reconstructions, ends))
    collapsed = kind_means(decoded, pairs) < COLLAPSED * kind_means(real, pairs)
    return np.where(collapsed, np.nan, lost)


def straying(features: Array, pairs: pd.DataFrame) -> Array:
    """How far the frames of paths through features (N, K + 2, F) are from even places: (N,).

    It is the root mean square distance of the frames between the ends from evenly spaced points on
    the straight line from one end to the other, in units of the mean distance of the ends over the
    score pairs of the kind.
    """
    start, end = features[:, :1], features[:, -1:]
    line = start + np.linspace(0, 1, features.shape[1])[:, None] * (end - start)
    away = np.linalg.norm(features - line, axis=-1)[:, 1:-1]
    scale = kind_means(np.linalg.norm(end - start, axis=-1)[:, 0], pairs)
    lost = np.sqrt(np.mean(away**2, axis=1))
    return np.asarray(lost / np.maximum(scale, np.finfo(np.float64).tiny))


def detour(features: Array, pairs: pd.DataFrame) -> Array:
    """How unevenly and how far round about paths go through features (N, K + 2, F): (N,).

    It is the root mean square of a path's steps less that of an even, straight path between the
    same ends, in units of the mean of the latter over the score pairs of the kind. 0 for an even,
    straight path.
    """
    steps = np.linalg.norm(np.diff(features, axis=1), axis=-1)
    even = np.linalg.norm(features[:, -1] - features[:, 0], axis=-1) / steps.shape[1]
    lost = np.sqrt(np.mean(steps**2, axis=1)) - even
    return np.asarray(lost / np.maximum(kind_means(even, pairs), np.finfo(np.float64).tiny))


def blurred_distance(a: Images, b: Images) -> Array:
    """Euclidean distance (...) between blurred images (..., side, side), in grey levels of 0 to 1.

    The Gaussian blur of two pixels makes a stroke near its place better than one far from it.
    """
    difference = (a.astype(np.float64) - b) / 255
    widths = (0,) * (a.ndim - 2) + (BLUR, BLUR)
    return np.asarray(np.linalg.norm(gaussian_filter(difference, widths), axis=(-2, -1)))


def kind_means(values: Array, pairs: pd.DataFrame) -> Array:
    """For each of N rows of pairs.csv, the mean of values (N,) over score pairs of its kind."""
    means = np.empty_like(values)
    for _, rows in pairs.reset_index(drop=True).groupby("kind"):
        means[rows.index] = values[rows.index[rows["set"] == "score"]].mean()
    return means
