"""Which test images are interpolated: drawn once, before any training, the same for every run."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vaesweep.errors import UserError
from vaesweep.files import read_table

KINDS = ("same", "different")
COLUMNS = ("set", "kind", "row", "index_a", "index_b", "digit_a", "digit_b")
DISPLAYED = 10  # pairs of each kind, as the assignment asks
MIN_SCORED = 10  # scoring.pairs_per_kind is not less
Pools = dict[int, list[int]]  # by class, the indices of images that stand in no pair yet


def draw_pairs(
    labels: NDArray[np.uint8], classes: int, pair_seed: int, pairs_per_kind: int
) -> pd.DataFrame:
    """Draw the pairs of test images to display and to score.

    No image stands in two pairs of a kind, and no displayed image is scored: pairs of a kind
    are independent draws, which is what an interval over pairs assumes. A UserError says that
    there are too few test images, of which `labels` (N,) are the classes, for that many pairs.

    The table has COLUMNS: set is display or score, kind one of KINDS. Display row r pairs images of
    class r, or an image of class r with another; of fewer than ten classes it goes round, of more
    it shows ten, spread evenly. Score pairs of one class go round the classes.
    """
    generator = np.random.default_rng(pair_seed)
    of_class = [np.flatnonzero(labels == each) for each in range(classes)]
    pools = {each: list(generator.permutation(found)) for each, found in enumerate(of_class)}
    rows = range(DISPLAYED)
    shown = [r * classes // DISPLAYED if classes > DISPLAYED else r % classes for r in rows]
    _require_enough(pools, shown, pairs_per_kind)
    others = _random_derangement(shown, generator)

    parts: dict[tuple[str, str], list[tuple[int, int]]] = {}  # by set and kind, in this order

    def draw(name: str, kind: str, a: Iterable[int], b: Iterable[int]) -> None:
        drawn = [(pools[one].pop(), pools[other].pop()) for one, other in zip(a, b, strict=True)]
        parts[name, kind] = drawn

    draw("display", "same", shown, shown)
    draw("display", "different", shown, others)
    different = _pair_different(labels, pools, generator, pairs_per_kind)
    around = [row % classes for row in range(pairs_per_kind)]
    draw("score", "same", around, around)
    parts["score", "different"] = different
    table = [
        (*part, row, a, b, labels[a], labels[b])
        for part, pairs in parts.items()
        for row, (a, b) in enumerate(pairs)
    ]
    return pd.DataFrame(table, columns=list(COLUMNS))


def read_pairs(path: str | Path) -> pd.DataFrame:
    """Read pairs.csv; a UserError if it is missing, damaged, or holds other columns."""
    return read_table(path, *COLUMNS)


def ends(images: NDArray[np.uint8], pairs: pd.DataFrame) -> NDArray[np.uint8]:
    """The two images (N, 2, side, side) of each of N pairs, out of the test images."""
    return images[pairs[["index_a", "index_b"]].to_numpy()]


def display_rows(pairs: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The pairs of a kind that the figures show, with their places in pairs.csv as index."""
    return pairs[(pairs["set"] == "display") & (pairs["kind"] == kind)]


def _require_enough(pools: Pools, shown: list[int], pairs_per_kind: int) -> None:
    """Each class gives 2 + 2 images to each row it is shown in and two to its same-class pairs."""
    count = len(pools)
    most = {
        each: each + (len(pool) - 4 * shown.count(each)) // 2 * count
        for each, pool in pools.items()
    }
    fewest = min(most, key=lambda each: most[each])
    if most[fewest] < pairs_per_kind:
        needed = 4 * shown.count(fewest) + 2 * len(range(fewest, pairs_per_kind, count))
        lower = f"lower it to at most {most[fewest]}, or " if most[fewest] >= MIN_SCORED else ""
        raise UserError(
            f"scoring.pairs_per_kind: {pairs_per_kind} pairs need {needed} test images of a class, "
            f"but there are {len(pools[fewest])} of class {fewest}; {lower}add images"
        )


def _random_derangement(classes: list[int], generator: np.random.Generator) -> list[int]:
    """A random order of the classes that puts none where one of its kind was."""
    while True:
        order: list[int] = generator.permutation(classes).tolist()
        if all(a != b for a, b in zip(order, classes, strict=True)):
            return order


def _pair_different(
    labels: NDArray[np.uint8], pools: Pools, generator: np.random.Generator, count: int
) -> list[tuple[int, int]]:
    """Pair the pooled images at random, each used once, and keep the first `count` mixed pairs.

    The pools are left as they are: an image may serve one pair of each kind.
    """
    order = generator.permutation(np.concatenate(list(pools.values())))
    first, second = order[0 : len(order) // 2 * 2 : 2], order[1::2]
    mixed = [(a, b) for a, b in zip(first, second, strict=True) if labels[a] != labels[b]]
    if len(mixed) < count:
        raise UserError(
            f"scoring.pairs_per_kind: {count} pairs of different classes asked for, but the test "
            f"images give {len(mixed)}; lower it to at most {len(mixed)}"
        )
    return mixed[:count]
