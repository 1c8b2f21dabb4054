"""The parts of quality, from measurements that are known by hand."""

import numpy as np
import pytest

from vaesweep.comparison.columns import RECORDS
from vaesweep.scoring.smoothness import (
    PARTS,
    Measurements,
    class_path,
    ghost_free,
    quality,
    transport,
)


def measured(**given) -> Measurements:
    """Two paths of one frame; what is not given is zero."""
    zeros = {
        "deviation": np.zeros((2, 1)),
        "separation": np.zeros(2),
        "ghosts": np.zeros((2, 1)),
        "classes": np.zeros((2, 1, 10)),
        "class_a": np.zeros(2, int),
        "class_b": np.zeros(2, int),
    }
    return Measurements(**zeros | given)


def test_transport():
    """The largest deviation counts, up to the distance between the two images."""
    deviation = np.array([[0.0, 0.0], [1.0, 3.0], [2.0, 8.0], [9.0, 0.0]])
    paths = measured(deviation=deviation, separation=np.full(4, 4.0))
    assert transport(paths).tolist() == [1.0, 0.25, 0.0, 0.0]
    assert transport(measured(deviation=np.array([[0.0], [1.0]]))).tolist() == [1.0, 0.0]


def test_ghost_free():
    paths = measured(ghosts=np.array([[0.0, 0.5, 1.0], [0.0, 0.0, 0.0]]))
    assert ghost_free(paths).tolist() == [0.5, 1.0]


def test_class_path_counts_both_ends_once():
    classes = np.zeros((2, 2, 10))
    classes[0, :, 3] = [0.9, 0.5]
    classes[1, :, 3] = [0.8, 0.1]
    classes[1, :, 7] = [0.1, 0.9]
    paths = measured(classes=classes, class_a=np.array([3, 3]), class_b=np.array([3, 7]))
    assert class_path(paths) == pytest.approx([0.7, 0.95])


def test_quality_is_zero_when_one_part_is():
    good = {part.name: np.ones(1) for part in PARTS}
    assert quality(good) == 1
    assert quality({name: part / 2 for name, part in good.items()}) == pytest.approx(0.5)
    for name in good:
        assert quality(good | {name: np.zeros(1)}) == 0
    halved = {name: quality(good | {name: np.array([0.5])})[0] for name in good}
    assert halved["transport"] == pytest.approx(0.5 ** (2 / 4))  # counts twice
    assert halved["ghost_free"] == halved["class_path"] == pytest.approx(0.5 ** (1 / 4))


def test_every_part_has_words():
    words = RECORDS["parts"]
    assert [part.name for part in PARTS] == list(words)
    assert len({part["symbol"] for part in words.values()}) == len(PARTS)
    assert all(part["meaning"].startswith("1: ") for part in words.values())
