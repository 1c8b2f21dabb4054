"""The pairs: one draw for all runs, and no image twice where that would bias a score."""

import numpy as np
import pytest

from vaesweep.data.pairs import display_rows, draw_pairs
from vaesweep.errors import UserError

LABELS = np.repeat(np.arange(10, dtype=np.uint8), 40)


@pytest.fixture(scope="module")
def pairs():
    return draw_pairs(LABELS, classes=10, pair_seed=3, pairs_per_kind=50)


def test_there_are_as_many_pairs_as_asked_for(pairs):
    counts = pairs.groupby(["set", "kind"]).size().to_dict()
    assert counts == {
        ("display", "same"): 10,
        ("display", "different"): 10,
        ("score", "same"): 50,
        ("score", "different"): 50,
    }


def test_digits_are_the_labels_of_the_images(pairs):
    assert (LABELS[pairs["index_a"]] == pairs["digit_a"]).all()
    assert (LABELS[pairs["index_b"]] == pairs["digit_b"]).all()


def test_pairs_are_of_their_kind(pairs):
    same = pairs["kind"] == "same"
    assert (pairs["digit_a"] == pairs["digit_b"]).equals(same)
    assert (pairs["index_a"] != pairs["index_b"]).all()


def test_display_row_is_its_digit(pairs):
    display = pairs[pairs["set"] == "display"]
    assert (display["digit_a"] == display["row"]).all()
    different = display[display["kind"] == "different"]
    assert sorted(different["digit_b"]) == list(range(10))


def test_no_image_twice_in_a_kind_and_none_displayed_and_scored(pairs):
    for kind in ("same", "different"):
        used = pairs.loc[pairs["kind"] == kind, ["index_a", "index_b"]].to_numpy().ravel()
        assert len(set(used)) == len(used)
    display = pairs["set"] == "display"
    shown = set(pairs.loc[display, ["index_a", "index_b"]].to_numpy().ravel())
    scored = set(pairs.loc[~display, ["index_a", "index_b"]].to_numpy().ravel())
    assert not shown & scored


def test_the_seed_decides(pairs):
    assert draw_pairs(LABELS, 10, 3, 50).equals(pairs)
    assert not draw_pairs(LABELS, 10, 4, 50).equals(pairs)


def test_too_few_images_of_a_digit():
    labels = LABELS[6:]  # 34 zeros: 4 are displayed and 30 left, for 15 pairs
    assert len(draw_pairs(labels, 10, 0, 150)) == 320
    with pytest.raises(UserError, match=r"34 of class 0; lower it to at most 150"):
        draw_pairs(labels, 10, 0, 151)


@pytest.mark.parametrize("classes", [2, 3, 11, 62])
def test_fewer_than_ten_classes_are_repeated_and_of_more_ten_are_shown(classes):
    labels = np.repeat(np.arange(classes, dtype=np.uint8), 80)
    pairs = draw_pairs(labels, classes, 0, 20)
    test_pairs_are_of_their_kind(pairs)
    test_no_image_twice_in_a_kind_and_none_displayed_and_scored(pairs)
    shown = [r * classes // 10 if classes > 10 else r % classes for r in range(10)]
    for kind in ("same", "different"):
        rows = display_rows(pairs, kind)
        assert rows["digit_a"].tolist() == shown and sorted(rows["digit_b"]) == sorted(shown)
    scored = pairs[(pairs["set"] == "score") & (pairs["kind"] == "same")]
    assert scored["digit_a"].tolist() == [row % classes for row in range(20)]


@pytest.mark.parametrize(
    ("images", "most"), [([100, 100, 45], 50), ([40] * 10 + [20], 120), ([31] * 62, 806)]
)
def test_the_error_names_the_largest_number_of_pairs(images, most):
    labels = np.repeat(np.arange(len(images), dtype=np.uint8), images)
    assert len(draw_pairs(labels, len(images), 0, most)) == 20 + 2 * most
    with pytest.raises(UserError, match=f"; lower it to at most {most}, or add images"):
        draw_pairs(labels, len(images), 0, most + 1)
    with pytest.raises(UserError, match="there are 4 of class 0; add images"):
        draw_pairs(labels[images[0] - 4 :], len(images), 0, 100 * len(images))
