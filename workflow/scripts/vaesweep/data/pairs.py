"""The pairs of test images to interpolate: drawn once, before any training, for all runs."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vaesweep.errors import UserError
from vaesweep.files import read_table

KINDS = ("same", "different")
COLUMNS = ("set", "kind", "row", "index_a", "index_b", "digit_a", "digit_b")
DISPLAYED = 10  # pairs of each kind, as the assignment asks
MIN_SCORED = 10  # the least scoring.pairs_per_kind
Pools = dict[int, list[int]]  # for each class, the indices of images that are in no pair yet


def draw_pairs(
    labels: NDArray[np.uint8], classes: int, pair_seed: int, pairs_per_kind: int
) -> pd.DataFrame:
    """Draw the pairs of test images to display and to score.

    No image is in two pairs of a kind, and no displayed image is scored. So the pairs of a kind are
    independent draws, as an interval over pairs assumes. UserError if there are too few test images
    for that many pairs; `labels` (N,) are their classes.

    The table has COLUMNS: set is display or score, kind is one of KINDS. Display row r pairs images
    of class r, or an image of class r with one of another class. Fewer than ten classes are
    repeated; of more, ten are shown, spread evenly. Score pairs of one class cycle through them.
    """
    generator = np.random.default_rng(pair_seed)
    pools: Pools = {}
    for label in range(classes):
        pools[label] = list(generator.permutation(np.flatnonzero(labels == label)))
    shown = [row % classes for row in range(DISPLAYED)]
    if classes > DISPLAYED:
        shown = [row * classes // DISPLAYED for row in range(DISPLAYED)]
    _require_enough(pools, shown, pairs_per_kind)
    others = _random_derangement(shown, generator)

    def take(first: list[int], second: list[int]) -> list[tuple[int, int]]:
        """Take an image of each class of `first` and one of `second` out of the pools."""
        return [(pools[a].pop(), pools[b].pop()) for a, b in zip(first, second, strict=True)]

    display_same = take(shown, shown)
    display_different = take(shown, others)
    score_different = _pair_different(labels, pools, generator, pairs_per_kind)
    cycle = [row % classes for row in range(pairs_per_kind)]
    score_same = take(cycle, cycle)

    table = []
    for part, kind, pairs in (
        ("display", "same", display_same),
        ("display", "different", display_different),
        ("score", "same", score_same),
        ("score", "different", score_different),
    ):
        for row, (a, b) in enumerate(pairs):
            table.append((part, kind, row, a, b, labels[a], labels[b]))
    return pd.DataFrame(table, columns=list(COLUMNS))


def read_pairs(path: str | Path) -> pd.DataFrame:
    """Read pairs.csv. UserError if it is missing, damaged or has other columns."""
    return read_table(path, *COLUMNS)


def ends(images: NDArray[np.uint8], pairs: pd.DataFrame) -> NDArray[np.uint8]:
    """The two test images (N, 2, side, side) of each of N pairs."""
    return images[pairs[["index_a", "index_b"]].to_numpy()]


def display_rows(pairs: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The pairs of a kind that the figures show. The index is their place in pairs.csv."""
    return pairs[(pairs["set"] == "display") & (pairs["kind"] == kind)]


def _require_enough(pools: Pools, shown: list[int], pairs_per_kind: int) -> None:
    """Each row that shows a class takes four of its images, each score pair of the class two."""
    classes = len(pools)
    most_pairs = {}
    for label, pool in pools.items():
        pairs_of_class = (len(pool) - 4 * shown.count(label)) // 2
        most_pairs[label] = label + pairs_of_class * classes  # the classes take turns
    scarcest = min(most_pairs, key=lambda label: most_pairs[label])
    most = most_pairs[scarcest]
    if most < pairs_per_kind:
        turns = len(range(scarcest, pairs_per_kind, classes))
        needed = 4 * shown.count(scarcest) + 2 * turns
        lower = f"lower it to at most {most}, or " if most >= MIN_SCORED else ""
        raise UserError(
            f"scoring.pairs_per_kind: {pairs_per_kind} pairs need {needed} test images of a class, "
            f"but there are {len(pools[scarcest])} of class {scarcest}; {lower}add images"
        )


def _random_derangement(classes: list[int], generator: np.random.Generator) -> list[int]:
    """A random order of the classes, with another class than before in each place."""
    while True:
        order: list[int] = generator.permutation(classes).tolist()
        if all(a != b for a, b in zip(order, classes, strict=True)):
            return order


def _pair_different(
    labels: NDArray[np.uint8], pools: Pools, generator: np.random.Generator, count: int
) -> list[tuple[int, int]]:
    """Pair the images in the pools at random and return the first `count` pairs of two classes.

    No image is used twice here. The pools stay as they are: an image may be in a pair of each kind.
    """
    order = generator.permutation(np.concatenate(list(pools.values())))
    pairs = order[: len(order) // 2 * 2].reshape(-1, 2)
    mixed = [(a, b) for a, b in pairs if labels[a] != labels[b]]
    if len(mixed) < count:
        raise UserError(
            f"scoring.pairs_per_kind: {count} pairs of different classes asked for, but the test "
            f"images give {len(mixed)}; lower it to at most {len(mixed)}"
        )
    return mixed[:count]
