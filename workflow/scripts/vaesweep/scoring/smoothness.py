"""How smooth is a path of images? Parts of quality and views, as formulas on what was measured.

`scoring/score.py` measures; nothing here knows of images or judges.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What is measured of N paths, each of K steps between two real images.

    Attributes:
        steps: (N, K) distances between neighbouring frames.
        ends: (N,) distance of the first frame from the last.
        ghosts: (N, K - 1) how far each inner frame looks like a cross-fade, 0 to 1.
        classes: (N, K - 1, classes) probabilities of each inner frame.
        class_a: (N,) class of the first image.
        class_b: (N,) class of the last image.
    """

    steps: Array
    ends: Array
    ghosts: Array
    classes: Array
    class_a: NDArray[np.int64]
    class_b: NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """A part of the quality of a path, between 0 (bad) and 1 (good).

    Attributes:
        name: its column in the tables.
        symbol: its letter in formulas.
        title: what readers call it.
        meaning: what 1 means, for legends.
        fault: what a low value means, in the plural.
        formula: its right-hand side in Typst's notation, with `n` steps.
        words: the sentences after the formula, in Typst's notation.
        of: from what was measured of N paths to (N,).
    """

    name: str
    symbol: str
    title: str
    meaning: str
    fault: str
    formula: str
    words: str
    of: Callable[[Measured], Array]


def evenness(measured: Measured) -> Array:
    """The step of an even straight path over the largest step of this one.

    1 for equal steps on a geodesic, 1/K for one jump, at most 2/K for a constant image between the
    ends.
    """
    count = measured.steps.shape[1]
    largest = np.maximum(measured.steps.max(axis=1), np.finfo(np.float64).tiny)
    return np.minimum(measured.ends / count / largest, 1.0)


def ghost_free(measured: Measured) -> Array:
    """One minus the mean ghost of the inner frames."""
    return 1 - measured.ghosts.mean(axis=1)


def class_path(measured: Measured) -> Array:
    """Mean probability that an inner frame shows one of the two end classes."""
    rows = np.arange(len(measured.classes))
    of_a, of_b = (measured.classes[rows, :, end] for end in (measured.class_a, measured.class_b))
    # The same class is not counted twice.
    apart = (measured.class_a != measured.class_b)[:, None]
    return (of_a + apart * of_b).mean(axis=1)


PARTS = (
    Part(
        "evenness",
        "W",
        "evenness",
        "1: every step of the path is equally long",
        "uneven steps",
        "(D \\/ n) \\/ max_k d(x_k, x_(k+1))",
        "A path that jumps takes all of $D$ in one step and has $1 \\/ n$.",
        evenness,
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


def quality(parts: list[Array]) -> Array:
    """Geometric mean of parts, each (N,) in [0, 1]: a path must pass all of them."""
    mean: Array = np.prod(parts, axis=0) ** (1 / len(parts))
    return mean


def directness(steps: Array, ends: Array) -> Array:
    """Distance of the ends over the length of the path: (N, K) and (N,) to (N,).

    1 for a geodesic; 0 if nothing moves.
    """
    lengths = steps.sum(axis=1)
    return np.divide(ends, lengths, out=np.zeros_like(ends), where=lengths > 0)


def step_gini(steps: Array) -> Array:
    """Gini coefficient (1912) of the steps of each path: (N, K) to (N,).

    0 for equal steps, (K - 1) / K for a single jump.
    """
    count = steps.shape[1]
    ordered = np.sort(steps, axis=1)
    weights = 2 * np.arange(1, count + 1) - count - 1
    totals = count * ordered.sum(axis=1)
    return np.divide(ordered @ weights, totals, out=np.zeros(len(steps)), where=totals > 0)


def feature_path_length(features: Array) -> Array:
    """Length of each path in the classifier's features: (N, frames, F) to (N,).

    The idea of perceptual path length (Karras et al. 2019, arXiv:1812.04948), on whole paths.
    """
    lengths: Array = np.linalg.norm(np.diff(features, axis=1), axis=2).sum(axis=1)
    return lengths
