"""The pairs: one draw for all runs, and no image twice where that would bias a score."""

import numpy as np
import pytest

from vaesweep.data.pairs import display_rows, draw_pairs
from vaesweep.errors import UserError

LABELS = np.repeat(np.arange(10, dtype=np.uint8), 40)


@pytest.mark.parametrize("classes", [2, 3, 10, 11, 62])
def test_pairs_are_of_their_kind_and_no_image_is_used_twice(classes):
    """Fewer than ten classes are repeated on display, and of more ten are shown."""
    labels = np.repeat(np.arange(classes, dtype=np.uint8), 80)
    pairs = draw_pairs(labels, classes, pair_seed=0, pairs_per_kind=20)
    assert (labels[pairs["index_a"]] == pairs["digit_a"]).all()
    assert (labels[pairs["index_b"]] == pairs["digit_b"]).all()
    assert (pairs["digit_a"] == pairs["digit_b"]).equals(pairs["kind"] == "same")
    used = {}
    shown = [r * classes // 10 if classes > 10 else r % classes for r in range(10)]
    for kind in ("same", "different"):
        for name, count in (("display", 10), ("score", 20)):
            rows = pairs[(pairs["kind"] == kind) & (pairs["set"] == name)]
            used[kind, name] = {*rows["index_a"], *rows["index_b"]}
            assert len(rows) == count and len(used[kind, name]) == 2 * count
        rows = display_rows(pairs, kind)
        assert rows["digit_a"].tolist() == shown and sorted(rows["digit_b"]) == sorted(shown)
        assert not used[kind, "score"] & (used["same", "display"] | used[kind, "display"])
    assert not used["same", "score"] & used["different", "display"]
    scored = pairs[(pairs["set"] == "score") & (pairs["kind"] == "same")]
    assert scored["digit_a"].tolist() == [row % classes for row in range(20)]


def test_the_seed_decides():
    pairs = draw_pairs(LABELS, 10, 3, 50)
    assert draw_pairs(LABELS, 10, 3, 50).equals(pairs)
    assert not draw_pairs(LABELS, 10, 4, 50).equals(pairs)


def test_too_few_images_of_a_digit():
    labels = LABELS[6:]  # 34 zeros: 4 are displayed and 30 left, for 15 pairs
    assert len(draw_pairs(labels, 10, 0, 150)) == 320
    with pytest.raises(UserError, match=r"34 of class 0; lower it to at most 150"):
        draw_pairs(labels, 10, 0, 151)


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
