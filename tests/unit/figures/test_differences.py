"""The forest plot of differences from the first setting."""

import pandas as pd
import pytest
from made_up_sweep import sweep

from vaesweep.figures import differences as forest
from vaesweep.figures.differences import differences, differences_from_first
from vaesweep.runs import Run, Setting

SETTINGS = pd.DataFrame(
    {
        "variant": "vae",
        "latent_size": [2, 8, 16, 32],
        "score": [-0.6, 0.3, 0.4, 0.35],
        "rank": [4, 3, 1, 2],
        "tied_with_first": [False, None, True, True],
    }
)
# The first setting, latent size 16, comes second in some rows and first in others.
TABLE = pd.DataFrame(
    {
        "variant_a": "vae",
        "latent_size_a": [2, 2, 8, 16],
        "variant_b": "vae",
        "latent_size_b": [8, 16, 16, 32],
        "difference": [-0.9, -1.0, -0.1, 0.05],
        "low": [-1.0, -1.1, None, -0.01],
        "high": [-0.8, -0.9, None, 0.11],
        "tied": [False, False, None, False],
    }
)
CHOSEN = Run("vae", 8, 0)


@pytest.fixture(scope="module")
def axes():
    return differences(TABLE, SETTINGS, CHOSEN).axes[0]


def row_labels(axes):
    (right,) = axes.child_axes
    return [
        (left.get_text(), text.get_text())
        for left, text in zip(axes.get_yticklabels(), right.get_yticklabels(), strict=True)
    ]


def test_differences_are_the_others_minus_the_first_whatever_the_order_in_the_table():
    found = differences_from_first(TABLE, SETTINGS)
    assert [difference.setting.latent_size for difference in found] == [16, 32, 8, 2]
    assert found[1] == (Setting("vae", 32), -0.05, -0.11, 0.01, True)
    assert found[2].value == -0.1 and found[2].tied is None
    assert found[3] == (Setting("vae", 2), -1.0, -1.1, -0.9, False)


def test_each_row_has_its_difference_and_interval(axes):
    assert row_labels(axes) == [
        ("16", "first"),
        ("32", "−0.050 (−0.110 to 0.010)"),
        ("8", "−0.100"),
        ("2", "−1.000 (−1.100 to −0.900)"),
    ]
    assert axes.get_xlabel() == "difference in mean score from latent size 16"


def test_marks_show_ties_missing_seeds_and_differences_beyond_the_axis(axes):
    marks = {line.get_ydata()[0]: line for line in axes.lines if line.get_marker() != "None"}
    assert {y: mark.get_marker() for y, mark in marks.items()} == {1: "o", 2: "x"}
    assert marks[1].get_markerfacecolor() == "white"
    assert [text.xy[1] for text in axes.texts if "◂" in text.get_text()] == [3]
    assert axes.get_xlim()[0] > -1, "it would flatten the others"
    meanings = [text.get_text() for text in axes.get_legend().get_texts()]
    assert meanings == ["tied with the first", "worse than the first", "too few seeds to tell"]


def test_the_chosen_setting_is_highlighted(axes):
    weights = [label.get_fontweight() for label in axes.get_yticklabels()]
    assert weights == ["normal", "normal", "bold", "normal"]


def test_of_many_settings_the_closest_and_the_chosen_one_are_shown(monkeypatch):
    monkeypatch.setattr(forest, "MAX_ROWS", 3)
    made = sweep({(f"v{place}", 8, 0): -place / 100 for place in range(7)})
    labels = row_labels(differences(made.differences, made.settings, Run("v5", 8, 0)).axes[0])
    assert [left for left, _ in labels] == ["v0", "v1", "v2", "v5", "3 more"]
    assert labels[-1][1] == "in differences.csv"


def test_a_single_setting_has_nothing_to_compare():
    figure = differences(TABLE[:0], SETTINGS[2:3], CHOSEN)
    assert "There is nothing to compare" in figure.axes[0].texts[0].get_text()
