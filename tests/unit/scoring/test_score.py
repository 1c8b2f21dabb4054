"""Scoring paths whose score one can tell by hand."""

import numpy as np
import pandas as pd
import pytest

from vaesweep.scoring.judges import Judgement
from vaesweep.scoring.score import score_run


class FixedJudge:
    """Finds no ghost in frames brighter than 99 and is sure of digit 0."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def judge(self, images: np.ndarray) -> Judgement:
        classes = np.zeros((*images.shape[:-2], 10))
        classes[..., 0] = 1
        return Judgement((images.max((-1, -2)) <= 99).astype(float), classes)

    def features(self, images: np.ndarray) -> np.ndarray:
        return images.mean((-1, -2))[..., None]


def test_a_constant_decoder_scores_nothing():
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
    scores = score_run(frames, reconstructions, pairs, [FixedJudge(0)])
    assert scores["score"].abs().max() < 1e-12
    assert scores["evenness"].between(0, 0.25).all()


def test_score_is_the_difference_of_qualities():
    """A moving dot beats the fade between its ends; both judges count."""
    frames = np.zeros((1, 9, 28, 28), np.uint8)
    for k in range(9):
        frames[0, k, 10:14, 4 + 2 * k : 8 + 2 * k] = 180
    pairs = pd.DataFrame(
        {"set": ["score"], "kind": ["same"], "row": [0], "digit_a": [0], "digit_b": [0]}
    )
    scores = score_run(frames, frames[:, [0, -1]], pairs, [FixedJudge(0), FixedJudge(7)]).iloc[0]
    assert scores["evenness"] == pytest.approx(1, abs=0.02)
    assert scores["ghost_free"] == 1
    # The fade is over 99 in 6 of 7 frames: not in the one of half and half, 90.
    assert scores["crossfade_ghost_free"] == pytest.approx(6 / 7)
    assert scores["score"] == pytest.approx(scores["quality"] - scores["crossfade_quality"])
    assert scores["score"] > 0.2
    assert scores["score_judge_0"] == scores["score_judge_7"] == scores["score"]
