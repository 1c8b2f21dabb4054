"""The parts of quality on paths whose score one can tell by hand."""

import numpy as np
import pandas as pd
import pytest

from vaesweep.scoring.judges import Judgement
from vaesweep.scoring.smoothness import (
    class_path,
    cross_fade,
    evenness,
    ghost_free,
    quality,
    score_run,
)


def test_evenness():
    steps = np.array([[1.0] * 8, [0.0] * 7 + [8.0], [4.0] + [0.0] * 6 + [4.0], [2.0] + [1.0] * 7])
    assert evenness(steps, np.full(4, 8.0)).tolist() == [1.0, 1 / 8, 1 / 4, 1 / 2]
    assert evenness(np.zeros((1, 8)), np.zeros(1)).tolist() == [0.0]


def test_ghost_free():
    assert ghost_free(np.array([[0.0, 0.5, 1.0], [0.0, 0.0, 0.0]])).tolist() == [0.5, 1.0]


def test_class_path_counts_both_ends_once():
    classes = np.zeros((2, 2, 10))
    classes[0, :, 3] = [0.9, 0.5]
    classes[1, :, 3] = [0.8, 0.1]
    classes[1, :, 7] = [0.1, 0.9]
    found = class_path(classes, np.array([3, 3]), np.array([3, 7]))
    assert found == pytest.approx([0.7, 0.95])


def test_quality_is_zero_when_one_part_is():
    ones, zeros = np.ones(1), np.zeros(1)
    assert quality(ones, ones, ones) == 1
    assert quality(zeros, ones, ones) == 0
    assert quality(np.array([0.5]), np.array([0.5]), np.array([0.5])) == pytest.approx(0.5)


def test_cross_fade_by_hand():
    start, end = np.full((1, 2, 2), 0, np.uint8), np.full((1, 2, 2), 200, np.uint8)
    assert cross_fade(start, end, 3)[0, :, 0, 0].tolist() == [50, 100, 150]


class FixedJudge:
    """Finds no ghost in frames brighter than 99 and is sure of digit 0."""

    def judge(self, images: np.ndarray) -> Judgement:
        classes = np.zeros((*images.shape[:-2], 10))
        classes[..., 0] = 1
        return Judgement((images.max((-1, -2)) <= 99).astype(float), classes)

    def features(self, images: np.ndarray) -> np.ndarray:
        return images.mean((-1, -2))[..., None]


def test_a_constant_decoder_gains_nothing():
    """Its path is the cross-fade of its two reconstructions, which are one picture."""
    generator = np.random.default_rng(0)
    ends = generator.integers(0, 256, (5, 2, 28, 28), dtype=np.uint8)
    constant = generator.integers(0, 256, (28, 28), dtype=np.uint8)
    inner = np.broadcast_to(constant, (5, 7, 28, 28))
    frames = np.concatenate([ends[:, :1], inner, ends[:, 1:]], axis=1)
    reconstructions = np.ascontiguousarray(np.broadcast_to(constant, (5, 2, 28, 28)))
    pairs = pd.DataFrame(
        {"set": "score", "kind": "same", "row": range(5), "digit_a": 0, "digit_b": 0}
    )
    scores = score_run(frames, reconstructions, pairs, {0: FixedJudge()})
    assert (scores["gain"] == 0).all()
    assert scores["evenness"].between(0, 0.25).all()


def test_gain_is_the_difference_of_qualities():
    """A moving dot beats the fade between its ends; both judges count."""
    frames = np.zeros((1, 9, 28, 28), np.uint8)
    for k in range(9):
        frames[0, k, 10:14, 4 + 2 * k : 8 + 2 * k] = 180
    pairs = pd.DataFrame(
        {"set": ["score"], "kind": ["same"], "row": [0], "digit_a": [0], "digit_b": [0]}
    )
    scores = score_run(frames, frames[:, [0, -1]], pairs, {0: FixedJudge(), 7: FixedJudge()}).iloc[
        0
    ]
    assert scores["evenness"] == pytest.approx(1, abs=0.02)
    assert scores["ghost_free"] == 1
    # The fade is over 99 in 6 of 7 frames: not in the one of half and half, 90.
    assert scores["crossfade_ghost_free"] == pytest.approx(6 / 7)
    assert scores["gain"] == pytest.approx(scores["quality"] - scores["crossfade_quality"])
    assert scores["gain"] > 0.2
    assert scores["gain_judge_0"] == scores["gain_judge_7"] == scores["gain"]
