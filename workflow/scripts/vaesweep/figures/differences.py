"""The forest plot: how far the other settings score from the first one."""

import math
from collections.abc import Collection
from typing import Any, NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vaesweep.figures.style import STYLE, lowest_shown, mark_beyond, note, wide_figure
from vaesweep.figures.tiles import QUIET_COLOUR, REAL_COLOUR
from vaesweep.runs import Names, Run, Setting, settings_of
from vaesweep.words import MISSING, interval, signed

MAX_ROWS = 21  # settings, with the first one
ROW_HEIGHT = 0.21  # inches
COLOUR = "#333333"
# Marker, its face, and its meaning, by whether a setting is tied with the first.
MARKS = {
    True: ("o", "white", "tied with the first"),
    False: ("o", COLOUR, "worse than the first"),
    None: ("x", COLOUR, "too few seeds to tell"),
}


class Difference(NamedTuple):
    """The mean score of a setting minus that of the first setting."""

    setting: Setting
    value: float
    low: float
    high: float
    tied: bool | None  # None: too few seeds to tell


def differences_from_first(table: pd.DataFrame, settings: pd.DataFrame) -> list[Difference]:
    """Return the differences from the first setting: of the first itself, then closest first.

    `table` is differences.csv, which has each pair of settings in one order, and `settings` is
    settings.csv.
    """
    ranked = settings.dropna(subset="score").sort_values("rank", kind="stable")
    first, ties = settings_of(ranked)[0], {}
    for setting, tied in zip(settings_of(settings), settings["tied_with_first"], strict=True):
        ties[setting] = None if pd.isna(tied) else bool(tied)
    others = []
    for row in table.itertuples():
        a = Setting(row.variant_a, row.latent_size_a)
        b = Setting(row.variant_b, row.latent_size_b)
        if b == first:
            others.append(Difference(a, row.difference, row.low, row.high, ties[a]))
        elif a == first:
            others.append(Difference(b, -row.difference, -row.high, -row.low, ties[b]))
    others.sort(key=lambda difference: -difference.value)
    return [Difference(first, 0, math.nan, math.nan, True), *others]


@mpl.rc_context(STYLE)
def differences(table: pd.DataFrame, settings: pd.DataFrame, chosen: Run) -> Figure:
    """Draw the difference of each setting from the first one, with its 95 % interval.

    Of many settings, the closest ones and the chosen one are shown.
    """
    found = differences_from_first(table, settings)
    if len(found) == 1:
        return note("There is nothing to compare: only one has a score.")
    shown = found[:MAX_ROWS] + [each for each in found[MAX_ROWS:] if each.setting == chosen.setting]
    names, order = Names.of(settings_of(settings)), [difference.setting for difference in shown]
    labels = [names.label(setting) for setting in order]
    texts = ["first", *(_text(difference) for difference in shown[1:])]
    if len(found) > len(shown):
        labels.append(f"{len(found) - len(shown)} more")
        texts.append("in differences.csv")
    figure, axes = wide_figure(0.85 + ROW_HEIGHT * len(labels))
    axes.axvline(0, color=QUIET_COLOUR, lw=1)
    floor = lowest_shown(difference.value for difference in shown)
    for y, difference in enumerate(shown[1:], start=1):
        if difference.value < floor:
            mark_beyond(axes, y, "", "left")
            continue
        marker, face, _ = MARKS[difference.tied]
        axes.plot([difference.low, difference.high], [y, y], color=COLOUR, lw=1.4)
        axes.plot(difference.value, y, marker, color=COLOUR, mfc=face, ms=6)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.set_xlabel(f"difference in mean score from {names.phrase(order[:1])}")
    _label_rows(axes, labels, texts, names.noun)
    if chosen.setting in order:
        axes.get_yticklabels()[order.index(chosen.setting)].set(
            color=REAL_COLOUR, fontweight="bold"
        )
    _explain_marks(axes, {difference.tied for difference in shown[1:]})
    return figure


def _text(difference: Difference) -> str:
    """Write a difference and its interval."""
    value, reach = signed(difference.value, 3), interval(difference.low, difference.high, 3)
    return value if reach == MISSING else f"{value} ({reach})"


def _label_rows(axes: Axes, labels: list[str], texts: list[str], noun: str) -> None:
    """Write labels at the left and texts at the right, each below a heading."""
    axes.set_yticks(range(len(labels)), labels)
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(labels)), texts)
    right.spines["right"].set_visible(False)
    look: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    look |= {"fontsize": 8.5, "fontweight": "bold", "va": "bottom"}
    axes.annotate(noun, (0, 1), (-4, 5), ha="right", **look)
    axes.annotate("difference (95 % interval)", (1, 1), (4, 5), ha="left", **look)


def _explain_marks(axes: Axes, ties: Collection[bool | None]) -> None:
    marks = [
        Line2D([], [], marker=marker, color=COLOUR, mfc=face, ms=6, ls="", label=meaning)
        for tied, (marker, face, meaning) in MARKS.items()
        if tied in ties
    ]
    spaces = {"handletextpad": 0.3, "columnspacing": 1.6, "borderaxespad": 0.2}
    axes.legend(handles=marks, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, **spaces)
