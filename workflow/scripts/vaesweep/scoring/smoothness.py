"""How smooth is a path of images? Parts of quality and views, as formulas on what was measured.

`scoring/score.py` measures; nothing here knows of images or judges.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What is measured of N paths between two real images, at K marks between the ends."""

    off: Array  # (N, K) distance of each frame from the optimal-transport path at its mark
    apart: Array  # (N,) distance of the two images
    ghosts: Array  # (N, K) how far each frame looks like a cross-fade, 0 to 1
    classes: Array  # (N, K, classes) probabilities of each frame
    class_a: NDArray[np.int64]  # (N,) class of the first image
    class_b: NDArray[np.int64]  # (N,) class of the last image


@dataclass(frozen=True)
class Part:
    """A part of the quality of a path, from 0 (bad) to 1; columns.yaml has its words."""

    name: str  # its column in the tables
    of: Callable[[Measured], Array]  # from what was measured of N paths to (N,)
    weight: int = 1  # how often it counts


def transport(measured: Measured) -> Array:
    """One minus the largest distance from the optimal-transport path, in units of the whole way.

    A jump, a detour and a lost stroke all lead away from that path; 0 for a frame that is as far
    from it as the two images from each other.
    """
    largest = measured.off.max(axis=1) / np.maximum(measured.apart, np.finfo(np.float64).tiny)
    return np.maximum(0, 1 - largest)


def ghost_free(measured: Measured) -> Array:
    """One minus the mean ghost of the frames."""
    return 1 - measured.ghosts.mean(axis=1)


def class_path(measured: Measured) -> Array:
    """Mean probability that a frame shows one of the two end classes."""
    rows = np.arange(len(measured.classes))
    of_a, of_b = (measured.classes[rows, :, end] for end in (measured.class_a, measured.class_b))
    # The same class is not counted twice.
    apart = (measured.class_a != measured.class_b)[:, None]
    return (of_a + apart * of_b).mean(axis=1)


PARTS = (
    # Counted twice: else a path that shows the two images and nothing between them, which both
    # judges like, comes near a VAE's; see docs/score.md.
    Part("transport", transport, weight=2),
    Part("ghost_free", ghost_free),
    Part("class_path", class_path),
)


def quality(parts: Mapping[str, Array]) -> Array:
    """Weighted geometric mean of parts by name, each (N,) in [0, 1]: a path must pass all."""
    weights = {part.name: part.weight for part in PARTS if part.name in parts}
    powers = [parts[name] ** weight for name, weight in weights.items()]
    return np.prod(powers, axis=0) ** (1 / sum(weights.values()))
