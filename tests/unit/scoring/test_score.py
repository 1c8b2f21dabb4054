"""Scores of paths that are known by hand."""

import numpy as np
import pandas as pd
import pytest

from vaesweep.errors import UserError
from vaesweep.files import write_table
from vaesweep.interpolation import cross_fade
from vaesweep.scoring.judges import Assessment
from vaesweep.scoring.score import (
    assess_paths,
    read_reference_scores,
    relative_scores,
    score_references,
)
from vaesweep.scoring.transport import wasserstein_distance


class FixedJudge:
    """Finds no ghost in frames brighter than `least` and is sure of digit 0."""

    def __init__(self, seed: int, least: int = 99) -> None:
        self.seed, self.least = seed, least

    def assess(self, images: np.ndarray) -> Assessment:
        classes = np.zeros((*images.shape[:-2], 10))
        classes[..., 0] = 1
        ghosts = (images.max((-1, -2)) <= self.least).astype(float)
        return Assessment(self.seed, ghosts, classes, np.zeros((*images.shape[:-2], 2, 1)))


JUDGES = [FixedJudge(0), FixedJudge(7, 120)]


@pytest.fixture(scope="module")
def frames():
    """Four squares that move by 16 pixels, each in its row."""
    frames = np.zeros((4, 9, 28, 28), np.uint8)
    for row, k in np.ndindex(4, 9):
        frames[row, k, 10 - row : 14 - row, 4 + 2 * k : 8 + 2 * k] = 180
    return frames


@pytest.fixture(scope="module")
def pairs():
    kinds = {"kind": ["same", "same", "different", "different"], "row": [0, 1, 0, 1]}
    return pd.DataFrame({"set": "score", **kinds, "digit_a": 0, "digit_b": 0})


@pytest.fixture(scope="module")
def references(frames, pairs):
    fade = cross_fade(frames[:, 0], frames[:, -1], 7)
    paths = {"cross_fade": fade, "transport": frames[:, 1:-1], "separation": separation(frames)}
    return score_references(paths, pairs, JUDGES)


def assessed(frames, inner, pairs):
    references = {"transport": frames[:, 1:-1], "separation": separation(frames)}
    return assess_paths(inner, references, pairs, [judge.assess(inner) for judge in JUDGES])


def separation(frames):
    return wasserstein_distance(frames[:, 0], frames[:, -1])


def test_parts_are_means_over_judges(frames, pairs):
    fade = assessed(frames, cross_fade(frames[:, 0], frames[:, -1], 7), pairs)
    # Half way, transport moves the columns of the square by 8, 7, 7 and 6 of 16 pixels.
    deviation = ((64 + 49 + 49 + 36) / 4) ** 0.5 / 16
    assert fade["transport"].tolist() == pytest.approx([1 - deviation] * 4, abs=0.001)
    # Above 99 in all frames except the middle one, 90; above 120 in 4 of 7: 158, 135, 135, 158.
    assert fade["ghost_free"].tolist() == pytest.approx([(6 / 7 + 4 / 7) / 2] * 4)
    assert fade["quality_judge_7"][0] == pytest.approx(
        ((1 - deviation) ** 2 * 4 / 7) ** (1 / 4), abs=0.01
    )
    moved = assessed(frames, frames[:, 1:-1], pairs)
    assert moved["quality"].tolist() == pytest.approx([1.0] * 4)


def test_a_deviation_counts_alike_in_near_and_in_far_pairs(frames, pairs):
    near = frames.copy()
    near[1] = frames[1, :1]  # the separations of the same pairs are 16 and 0, mean 8
    inner = near[:, 1:-1].copy()
    inner[0, 3], inner[1, 3] = frames[0, 5], frames[1, 1]  # 2 pixels from their places
    found = assessed(near, inner, pairs)["transport"]
    assert found.tolist() == pytest.approx([1 - 2 / 8] * 2 + [1] * 2, abs=0.01)


def test_the_references_are_the_zero_and_the_one(frames, pairs, references):
    fade = assessed(frames, cross_fade(frames[:, 0], frames[:, -1], 7), pairs)
    zero = relative_scores(fade, references)
    one = relative_scores(assessed(frames, frames[:, 1:-1], pairs), references)
    for column in ("score", "score_judge_0", "score_judge_7"):
        assert zero[column].tolist() == pytest.approx([0.0] * 4)
        assert one.groupby("kind")[column].mean().tolist() == pytest.approx([1.0] * 2)


def test_the_scale_is_the_mean_lead_over_the_score_pairs_of_a_kind():
    labels = pd.DataFrame(
        {"set": ["display", "score", "score", "score"], "row": range(4)}
        | {"kind": ["same", "same", "same", "different"]}
    )
    filled = dict.fromkeys(("transport", "ghost_free", "class_path"), 0.5)

    def table(reference, *qualities):
        table = labels.assign(**filled, quality=qualities, reference=reference)
        return table.assign(quality_judge_0=table["quality"])

    references = pd.concat(
        [table("cross_fade", 0.1, 0.2, 0.4, 0.5), table("transport", *[0.7] * 4)]
    )
    scores = relative_scores(table("", 0.5, 0.2, 0.6, 0.4), references)
    # Leads of transport, same: .5 and .3, mean .4; different: .2.
    assert scores["score"].tolist() == pytest.approx([1.0, 0.0, 0.5, -0.5])
    assert list(scores) == ["set", "kind", "row", *filled, "quality", "score", "score_judge_0"]


def test_a_constant_decoder_is_below_the_cross_fade(frames, pairs, references):
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    constant = np.broadcast_to(noise, (4, 7, 28, 28))
    scores = relative_scores(assessed(frames, constant, pairs), references)
    assert scores["score"].max() < -0.2


def test_judges_that_find_transport_no_better_leave_no_scale(frames, pairs):
    fade = cross_fade(frames[:, 0], frames[:, -1], 7)
    with pytest.raises(UserError, match=r"optimal-transport paths of the same pairs.*no better"):
        alike = {"cross_fade": fade, "transport": fade, "separation": separation(frames)}
        score_references(alike, pairs, JUDGES)


def test_reference_scores_of_other_pairs_or_judges_are_refused(tmp_path, pairs, references):
    path = str(tmp_path / "reference_scores.csv")
    write_table(path, references)
    read = read_reference_scores(path, pairs, JUDGES)
    assert read["quality"].tolist() == pytest.approx(references["quality"].tolist())
    with pytest.raises(UserError, match=r"reference_scores\.csv: .*not those of results/pairs"):
        read_reference_scores(path, pairs[:3], JUDGES)
    with pytest.raises(UserError, match="it lacks quality_judge_3"):
        read_reference_scores(path, pairs, [FixedJudge(3)])
