"""The two axes, on paths that are known by hand and on real digits."""

import numpy as np
import pandas as pd
import pytest

from vaesweep.interpolation import cross_fade
from vaesweep.scoring.axes import (
    blurred_distance,
    detour,
    kind_means,
    lost_at_ends,
    lost_between,
    straying,
)
from vaesweep.scoring.judges import Judge

PAIRS = pd.DataFrame(
    {"set": ["display", "score", "score", "score"], "kind": ["same"] * 3 + ["different"]}
)
STEPS = 7


def square(column):
    """An image (28, 28) of a square whose first column is this one."""
    image = np.zeros((28, 28), np.uint8)
    image[10:14, column : column + 4] = 180
    return image


@pytest.fixture(scope="module")
def digits(mnist):
    """The ends (4, 2, 28, 28) of four pairs of different digits."""
    images, labels = mnist["test"]
    return np.stack([images[labels == digit][:4] for digit in (3, 7)], axis=1)


def between(inner, ends):
    """lost_between of frames (4, STEPS, 28, 28) between decoded ends that are the images."""
    path = np.concatenate([ends[:, :1], inner, ends[:, 1:]], axis=1)
    features = [Judge(seed, 10).assess(path).features.reshape(4, 9, -1) for seed in (0, 1)]
    return lost_between(ends, ends, features, PAIRS)


def test_means_are_over_the_score_pairs_of_the_kind():
    assert kind_means(np.array([9.0, 1.0, 3.0, 7.0]), PAIRS).tolist() == [2, 2, 2, 7]


def test_ends_are_lost_by_their_mean_distance_in_units_of_the_separation():
    ends = np.stack([[square(4), square(20)]] * 4)
    assert lost_at_ends(ends, ends, np.full(4, 16.0), PAIRS) == pytest.approx([0] * 4, abs=1e-4)
    moved = np.stack([[square(6), square(16)]] * 4)  # by 2 and by 4 pixels
    separation = np.array([99.0, 8.0, 16.0, 24.0])
    expected = [3 / 12] * 3 + [3 / 24]
    assert lost_at_ends(ends, moved, separation, PAIRS) == pytest.approx(expected, rel=0.01)


def test_a_detour_is_the_root_mean_square_step_above_the_even_one():
    ends = np.array([[3.0, 4.0], [0.0, 8.0], [3.0, 4.0], [3.0, 4.0]])
    line = np.linspace(0, 1, STEPS + 2)[:, None] * ends[:, None]  # (4, 9, 2)
    assert detour(line, PAIRS) == pytest.approx([0] * 4, abs=1e-12)
    jump = line.copy()
    jump[0, :5], jump[0, 5:] = line[0, 0], line[0, -1]
    # One step of 5 among eight: root mean square 5 / sqrt(8), even 5 / 8; scale (1 + 5 / 8) / 2.
    lost = 5 / 8**0.5 - 5 / 8
    assert detour(jump, PAIRS) == pytest.approx([lost / ((8 + 5) / 16), 0, 0, 0], abs=1e-12)
    back = line.copy()
    back[3, 1:-1] = -back[3, 1:-1]
    assert detour(back, PAIRS)[3] > 1


def test_straying_is_the_distance_from_even_places_on_the_line():
    ends = np.array([[3.0, 4.0], [0.0, 10.0], [6.0, 8.0], [3.0, 4.0]])  # 5, 10, 10 and 5 away
    line = np.linspace(0, 1, STEPS + 2)[:, None] * ends[:, None]
    assert straying(line, PAIRS) == pytest.approx([0] * 4, abs=1e-12)
    moved = line.copy()
    moved[0, 1:-1] += [4, -3]  # each frame by 5, across the line; the mean of 10 and 10 is 10
    moved[3, 4] += [3, 4]  # one of seven by 5, along the line
    assert straying(moved, PAIRS) == pytest.approx([0.5, 0, 0, 7**-0.5], abs=1e-12)


def test_a_switch_loses_more_than_a_cross_fade_and_both_more_than_nothing(digits):
    fade = cross_fade(digits[:, 0], digits[:, 1], STEPS)
    switch = digits[:, [0, 0, 0, 0, 1, 1, 1]]
    lost = between(fade, digits)
    assert (lost > 0.001).all()
    assert (between(switch, digits) > 2 * lost).all()


def test_nothing_is_known_between_ends_that_are_all_alike(digits):
    one = np.broadcast_to(digits[0, 0], digits.shape)
    features = [np.zeros((4, STEPS + 2, 256))]
    assert np.isnan(lost_between(digits, one, features, PAIRS)).all()
    assert lost_between(digits, digits, features, PAIRS).tolist() == [0] * 4


def test_blurred_images_are_near_if_their_strokes_are():
    near, far, no = (blurred_distance(square(8), square(column)) for column in (9, 16, 8))
    assert 0 == no < 3 * near < far
    a = np.zeros((28, 28), np.uint8)
    a[14, 14] = 255
    # The norm of a Gaussian of width 2 is that of one of width 2 sqrt(2) at 0.
    assert blurred_distance(a, 0 * a) == pytest.approx((1 / (4 * np.pi * 4)) ** 0.5, rel=0.01)
