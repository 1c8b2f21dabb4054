"""Which test images are interpolated: drawn once, before any training, the same for every run."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vaesweep.errors import UserError

DIGITS = 10
KINDS = ("same", "different")


def draw_pairs(labels: NDArray[np.uint8], pair_seed: int, pairs_per_kind: int) -> pd.DataFrame:
    """Draw the pairs of test images to display and to score.

    No image stands in two pairs of a kind, and no displayed image is scored: pairs of a kind
    are independent draws, which is what a bootstrap over pairs assumes.

    Args:
        labels: (N,) digits 0..9 of the test images.
        pair_seed: seeds every draw.
        pairs_per_kind: score pairs of each kind; those of the same digit go round the digits.

    Returns:
        Columns set (display, score), kind (same, different), row, index_a, index_b, digit_a,
        digit_b. Display row r pairs images of digit r, or an image of digit r with another.

    Raises:
        UserError: there are too few test images for that many pairs.
    """
    generator = np.random.default_rng(pair_seed)
    pools = {
        digit: list(generator.permutation(np.flatnonzero(labels == digit)))
        for digit in range(DIGITS)
    }
    _require_enough(pools, pairs_per_kind)
    other_digits = _random_derangement(generator)

    display_same = [(pools[digit].pop(), pools[digit].pop()) for digit in range(DIGITS)]
    display_different = [(pools[d].pop(), pools[other_digits[d]].pop()) for d in range(DIGITS)]
    score_different = _pair_different(labels, pools, generator, pairs_per_kind)
    score_same = [
        (pools[row % DIGITS].pop(), pools[row % DIGITS].pop()) for row in range(pairs_per_kind)
    ]
    parts = [
        ("display", "same", display_same),
        ("display", "different", display_different),
        ("score", "same", score_same),
        ("score", "different", score_different),
    ]
    rows = [
        (name, kind, row, a, b, labels[a], labels[b])
        for name, kind, pairs in parts
        for row, (a, b) in enumerate(pairs)
    ]
    columns = ["set", "kind", "row", "index_a", "index_b", "digit_a", "digit_b"]
    return pd.DataFrame(rows, columns=columns)


def _require_enough(pools: dict[int, list[int]], pairs_per_kind: int) -> None:
    """Each digit gives 2 + 2 images to the display and two to each of its same-digit pairs."""
    needed = 4 + 2 * -(-pairs_per_kind // DIGITS)
    digit = min(pools, key=lambda d: len(pools[d]))
    if len(pools[digit]) < needed:
        most = max(0, (len(pools[digit]) - 4) // 2 * DIGITS)
        raise UserError(
            f"scoring.pairs_per_kind: {pairs_per_kind} pairs need {needed} test images of each "
            f"digit, but there are {len(pools[digit])} of digit {digit}; lower it to at most {most}"
        )


def _random_derangement(generator: np.random.Generator) -> NDArray[np.int64]:
    """A random order of the digits that leaves none in its place; each is hit once."""
    while True:
        order = generator.permutation(DIGITS)
        if not np.any(order == np.arange(DIGITS)):
            return order


def _pair_different(
    labels: NDArray[np.uint8],
    pools: dict[int, list[int]],
    generator: np.random.Generator,
    count: int,
) -> list[tuple[int, int]]:
    """Pair the pooled images at random, each used once, and keep the first `count` mixed pairs.

    The pools are left as they are: an image may serve one pair of each kind.
    """
    order = generator.permutation(np.concatenate(list(pools.values())))
    first, second = order[0 : len(order) // 2 * 2 : 2], order[1::2]
    mixed = [(a, b) for a, b in zip(first, second, strict=True) if labels[a] != labels[b]]
    if len(mixed) < count:
        raise UserError(
            f"scoring.pairs_per_kind: {count} pairs of different digits asked for, but the test "
            f"images give {len(mixed)}; lower it to at most {len(mixed)}"
        )
    return mixed[:count]
