"""The pairs: one draw for every run, no image used twice where that would bias a score."""

import re

import numpy as np
import pytest

from vaesweep.data.pairs import display_rows, draw_pairs
from vaesweep.errors import UserError

LABELS = np.repeat(np.arange(10, dtype=np.uint8), 40)


@pytest.fixture(scope="module")
def pairs():
    return draw_pairs(LABELS, classes=10, pair_seed=3, pairs_per_kind=50)


def test_counts(pairs):
    counts = pairs.groupby(["set", "kind"]).size().to_dict()
    assert counts == {
        ("display", "same"): 10,
        ("display", "different"): 10,
        ("score", "same"): 50,
        ("score", "different"): 50,
    }


def test_digits_are_those_of_the_images(pairs):
    assert (LABELS[pairs["index_a"]] == pairs["digit_a"]).all()
    assert (LABELS[pairs["index_b"]] == pairs["digit_b"]).all()


def test_kinds_keep_their_word(pairs):
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


def test_seed_decides(pairs):
    assert draw_pairs(LABELS, 10, 3, 50).equals(pairs)
    assert not draw_pairs(LABELS, 10, 4, 50).equals(pairs)


def test_too_few_images_of_a_digit():
    labels = LABELS[6:]  # 34 zeros: 4 displayed leave 30, 15 pairs
    assert len(draw_pairs(labels, 10, 0, 150)) == 320
    with pytest.raises(UserError, match=r"34 of class 0; lower it to at most 150"):
        draw_pairs(labels, 10, 0, 151)


@pytest.mark.parametrize("classes", [2, 3, 11, 62])
def test_other_than_ten_classes_go_round_or_are_spread(classes):
    labels = np.repeat(np.arange(classes, dtype=np.uint8), 80)
    pairs = draw_pairs(labels, classes, 0, 20)
    test_kinds_keep_their_word(pairs)
    test_no_image_twice_in_a_kind_and_none_displayed_and_scored(pairs)
    shown = [r * classes // 10 if classes > 10 else r % classes for r in range(10)]
    for kind in ("same", "different"):
        rows = display_rows(pairs, kind)
        assert rows["digit_a"].tolist() == shown and sorted(rows["digit_b"]) == sorted(shown)
    scored = pairs[(pairs["set"] == "score") & (pairs["kind"] == "same")]
    assert scored["digit_a"].tolist() == [row % classes for row in range(20)]


@pytest.mark.parametrize("classes", [2, 3, 10, 11, 62])
@pytest.mark.parametrize("each", [30, 31, 45])
def test_what_is_advised_is_the_most_same_pairs_there_are(classes, each):
    labels = np.repeat(np.arange(classes, dtype=np.uint8), each)

    def fault(pairs_per_kind):
        """What is said; images that pair by chance with their like may be too few as well."""
        try:
            draw_pairs(labels, classes, 0, pairs_per_kind)
        except UserError as error:
            return str(error)
        return ""

    most = int(re.search(r"lower it to at most (\d+)", fault(2000))[1])
    assert "test images of a class" not in fault(most)
    assert f"at most {most}, or add images" in fault(most + 1)
