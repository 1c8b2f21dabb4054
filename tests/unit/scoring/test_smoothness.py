"""The parts of quality, from measurements that one can tell by hand."""

import numpy as np
import pytest

from vaesweep.scoring.smoothness import (
    PARTS,
    Measured,
    class_path,
    directness,
    evenness,
    feature_path_length,
    ghost_free,
    quality,
    step_gini,
)


def measured(**given) -> Measured:
    """Two paths of two steps; what is not given is zero."""
    nothing = {
        "steps": np.zeros((2, 2)),
        "ends": np.zeros(2),
        "ghosts": np.zeros((2, 1)),
        "classes": np.zeros((2, 1, 10)),
        "class_a": np.zeros(2, int),
        "class_b": np.zeros(2, int),
    }
    return Measured(**nothing | given)


def test_evenness():
    steps = np.array([[1.0] * 8, [0.0] * 7 + [8.0], [4.0] + [0.0] * 6 + [4.0], [2.0] + [1.0] * 7])
    paths = measured(steps=steps, ends=np.full(4, 8.0))
    assert evenness(paths).tolist() == [1.0, 1 / 8, 1 / 4, 1 / 2]
    assert evenness(measured()).tolist() == [0.0, 0.0]


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
    ones, zeros = np.ones(1), np.zeros(1)
    assert quality([ones, ones, ones]) == 1
    assert quality([zeros, ones, ones]) == 0
    assert quality([np.array([0.5])] * 4) == pytest.approx(0.5)


def test_every_part_says_what_it_is():
    assert len({part.name for part in PARTS} | {part.symbol for part in PARTS}) == 2 * len(PARTS)
    for part in PARTS:
        assert part.title and part.meaning.startswith("1: ") and part.fault and part.words


def test_directness():
    steps = np.array([[1.0, 1.0], [3.0, 1.0], [0.0, 0.0]])
    assert directness(steps, np.array([2.0, 2.0, 0.0])).tolist() == [1.0, 0.5, 0.0]


def test_gini_of_steps():
    steps = np.array([[1.0, 1, 1, 1], [0, 0, 0, 4], [1, 3, 1, 3], [0, 0, 0, 0]])
    # The third: sum of |x_i - x_j| over all pairs, 8 x 2, over 2 n^2 mean = 2 x 16 x 2.
    assert step_gini(steps).tolist() == [0.0, 0.75, 0.25, 0.0]


def test_feature_path_length():
    path = np.array([[[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]]])
    assert feature_path_length(path).tolist() == [6.0]
