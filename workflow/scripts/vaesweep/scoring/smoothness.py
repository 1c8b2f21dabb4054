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
    """A part of the quality of a path, between 0 (bad) and 1 (good)."""

    name: str  # its column in the tables
    symbol: str  # its letter in formulas
    title: str  # what readers call it
    meaning: str  # what 1 means, for legends
    fault: str  # what a low value means, in the plural
    formula: str  # its right-hand side in Typst's notation, with `n` steps
    words: str  # the sentences after the formula, in Typst's notation
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
    Part(
        "transport",
        "T",
        "transport",
        "1: every frame is where optimal transport puts it",
        "frames far from the optimal-transport path",
        "max(0, 1 - max_k d(x_k, b_k) \\/ D)",
        "$b_k$ is the Wasserstein barycentre @barycentre of the two images at the mark of $x_k$: "
        "what moves evenly and changes least @natural.",
        transport,
        # Counted once, a path that shows the two images and nothing between them, which both judges
        # like, comes near a VAE's; see docs/score.md.
        weight=2,
    ),
    Part(
        "ghost_free",
        "G",
        "ghost-free",
        "1: no frame looks like two images at once",
        "ghosts of two images on top of each other",
        "1 - 1/(n - 1) sum_k g(x_k)",
        "The critic $g$ is a small convolutional network trained to tell how strongly an image is "
        "a blend of two others, as in adversarially constrained autoencoders @acai; here it judges "
        "and does not train.",
        ghost_free,
    ),
    Part(
        "class_path",
        "C",
        "class path",
        "1: each frame reads as one of the two end classes",
        "frames that read as neither end class",
        "1/(n - 1) sum_k p(x_k)",
        "$p$ is the probability that a small convolutional classifier gives to the class of the "
        "two ends together.",
        class_path,
    ),
)


def quality(parts: Mapping[str, Array]) -> Array:
    """Weighted geometric mean of parts by name, each (N,) in [0, 1]: a path must pass all."""
    weights = {part.name: part.weight for part in PARTS if part.name in parts}
    powers = [parts[name] ** weight for name, weight in weights.items()]
    return np.prod(powers, axis=0) ** (1 / sum(weights.values()))
