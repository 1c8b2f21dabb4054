"""The parts of a path's quality, as formulas of what was measured.

`scoring/score.py` measures; nothing here knows images or judges.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measurements:
    """What is measured of N paths of K frames between two real images."""

    deviation: Array  # (N, K) distance of each frame from its place on the optimal-transport path
    separation: Array  # (N,) mean distance between the two images of a pair of the same kind
    ghosts: Array  # (N, K) how much each frame looks like a cross-fade, 0 to 1
    classes: Array  # (N, K, classes) probability of each class, for each frame
    class_a: NDArray[np.int64]  # (N,) class of the first image
    class_b: NDArray[np.int64]  # (N,) class of the last image


@dataclass(frozen=True)
class Part:
    """A part of a path's quality, from 0 (bad) to 1 (good); columns.yaml has its words."""

    name: str  # its column in the tables
    of: Callable[[Measurements], Array]  # the formula: N paths to (N,)
    weight: int = 1  # in the geometric mean


def transport(paths: Measurements) -> Array:
    """One minus the largest deviation from the optimal-transport path, relative to the separation.

    A jump, a detour and a lost stroke all lead away from that path. The part is 0 if a frame
    deviates by as much as two images differ in the mean: in units of the pair's own distance, a
    pair of like images would score low whatever the model, and follow the truth less.
    """
    separation = np.maximum(paths.separation, np.finfo(np.float64).tiny)
    return np.maximum(0, 1 - paths.deviation.max(axis=1) / separation)


def ghost_free(paths: Measurements) -> Array:
    """One minus the mean ghost score of the frames."""
    return 1 - paths.ghosts.mean(axis=1)


def class_path(paths: Measurements) -> Array:
    """Mean probability that a frame shows one of the two end classes."""
    rows = np.arange(len(paths.classes))
    probability_a = paths.classes[rows, :, paths.class_a]
    probability_b = paths.classes[rows, :, paths.class_b]
    differ = (paths.class_a != paths.class_b)[:, None]
    return np.where(differ, probability_a + probability_b, probability_a).mean(axis=1)


PARTS = (
    # Twice, because otherwise a path that shows the two images and nothing between them, which both
    # judges like, comes near a VAE's; see docs/score.md.
    Part("transport", transport, weight=2),
    Part("ghost_free", ghost_free),
    Part("class_path", class_path),
)


def quality(parts: Mapping[str, Array]) -> Array:
    """Weighted geometric mean of parts by name, each (N,) in [0, 1]: 0 if any part is 0."""
    weights = {part.name: part.weight for part in PARTS if part.name in parts}
    powers = [parts[name] ** weight for name, weight in weights.items()]
    return np.prod(powers, axis=0) ** (1 / sum(weights.values()))
