"""Figures of paths for the comparison: the same pairs by several settings, and rows by score."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vaesweep.data.pairs import display_rows as display_rows_of
from vaesweep.data.splits import Images
from vaesweep.figures import tiles
from vaesweep.figures.style import STYLE, WIDTH
from vaesweep.figures.tiles import LABEL_COLOUR, text_inches
from vaesweep.runs import Names, Setting
from vaesweep.words import paths_title, signed

DISPLAY_ROWS = (("same", 2), ("same", 4), ("different", 0), ("different", 1))
PANEL_GAP = 0.22
PANEL_WIDTH = (WIDTH - PANEL_GAP) / 2
LINE_PITCH = 1.08  # from one line of tiles to the next, in tiles
REAL_GAP = 0.15  # between a real image and its neighbour, in tiles
TOP = 0.38  # inches above a panel's tiles, for the title and the values of t
STEP_SIZE = 6.5  # font size of the values of t
LABEL_SIZE = 9  # largest font size of the names of settings
MAX_LABEL = 0.8  # inches, the widest name of a setting
MAX_COLUMNS = 17  # longer paths are thinned out evenly
REPEAT = 4  # makes more than 300 pixels per inch at this size


class _Panel:
    """Lines of tiles under a title, with the values of t above the columns.

    Lengths are in inches; `label` is the width of the labels at the left of the tiles.
    """

    def __init__(
        self, axes: Axes, place: int, columns: int, lines: int, label: float, title: str
    ) -> None:
        self.axes = axes
        self.columns = _shown_columns(columns)
        self.tile = _tile_side(columns, label)
        self.left = (PANEL_WIDTH + PANEL_GAP) * (place % 2) + label
        self.top = _panel_height(columns, lines, label) * (place // 2)
        axes.text(self.left, self.top + 0.1, title, fontsize=9, fontweight="bold", va="center")
        steps = [tiles.step_labels(columns)[column] for column in self.columns]
        labels = tiles.readable(steps, STEP_SIZE, self.tile)
        for x, text in zip(self._lefts(), labels, strict=True):
            y = self.top + TOP - 0.06
            axes.text(x + self.tile / 2, y, text, fontsize=STEP_SIZE, ha="center")

    def draw(self, line: int, frames: Images) -> float:
        """Draw the frames (columns, height, width) of one path; return the y of its middle."""
        y = self.top + TOP + self.tile * LINE_PITCH * line
        lefts = self._lefts()
        for image, x in zip(frames[self.columns], lefts, strict=True):
            tiles.tile_image(self.axes, image, x, y, self.tile, REPEAT)
        for x in (lefts[0], lefts[-1]):
            tiles.frame_real(self.axes, x, y, self.tile, line=0.8)
        return y + self.tile / 2

    def _lefts(self) -> NDArray[np.float64]:
        """The left edges of the columns, with gaps after the first and before the last one."""
        places = np.arange(len(self.columns), dtype=float)
        places[1:] += REAL_GAP
        places[-1] += REAL_GAP
        return self.left + self.tile * places


@mpl.rc_context(STYLE)
def display_rows(
    pairs: pd.DataFrame,
    frames: Mapping[Setting, Images],
    names: Names,
    noun: str,
    classes: Sequence[str],
    rows: Sequence[tuple[str, int]] = DISPLAY_ROWS,
) -> Figure:
    """Draw the same display pairs of pairs.csv for several settings, below each other.

    `frames` (pairs, columns, height, width) come from the best run of each setting, and `names` are
    the display names of the sweep's settings. `classes` names the classes, `noun` is what a class
    is called. `rows` are the kind and row of each pair; two panels share a line.
    """
    columns = next(iter(frames.values())).shape[1]
    longest = max((names.short(setting) for setting in frames), key=len)
    size = min(LABEL_SIZE, LABEL_SIZE * MAX_LABEL / text_inches(longest, 1.15 * LABEL_SIZE))
    label = 0.12 + text_inches(longest, 1.15 * size)
    figure, axes = _blank(columns, len(frames), panels=len(rows), label=label)
    for place, (kind, row) in enumerate(rows):
        at = _position(pairs, kind, row)
        ends = [classes[pairs[end][at]] for end in ("digit_a", "digit_b")]
        title = f"{paths_title(kind, noun)}: {' → '.join(ends)}"
        panel = _Panel(axes, place, columns, len(frames), label, title)
        for line, (setting, paths) in enumerate(frames.items()):
            middle = panel.draw(line, paths[at])
            text = axes.text(panel.left - 0.07, middle, names.short(setting), color=LABEL_COLOUR)
            text.set(fontsize=size, fontweight="bold", ha="right", va="center")
    return figure


def ranked_rows(pair_scores: pd.DataFrame, kind: str) -> dict[str, pd.Series]:
    """Return the "best", "median" and "worst" display row of a kind in pair_scores.csv.

    With an even number of rows, the median is the better of the two in the middle.
    """
    rows = display_rows_of(pair_scores, kind)
    ordered = rows.sort_values("score", ascending=False, kind="stable")
    places = {"best": 0, "median": (len(ordered) - 1) // 2, "worst": len(ordered) - 1}
    return {name: ordered.iloc[place] for name, place in places.items()}


@mpl.rc_context(STYLE)
def best_and_worst(
    pairs: pd.DataFrame, pair_scores: pd.DataFrame, frames: Images, noun: str
) -> Figure:
    """Draw the display rows of a run with the highest, the median and the lowest score.

    `frames` are (pairs, columns, height, width); `noun` is what a class is called.
    """
    columns, label = frames.shape[1], 0.55
    figure, axes = _blank(columns, lines=3, panels=2, label=label)
    for place, kind in enumerate(("same", "different")):
        panel = _Panel(axes, place, columns, 3, label, paths_title(kind, noun))
        for line, (name, score) in enumerate(ranked_rows(pair_scores, kind).items()):
            middle = panel.draw(line, frames[_position(pairs, kind, int(score["row"]))])
            left = panel.left - 0.07
            text = signed(score["score"], 3)
            axes.text(left, middle - 0.01, name, fontsize=8, ha="right", fontweight="bold")
            axes.text(left, middle + 0.01, text, fontsize=8, ha="right", va="top")
    return figure


def _blank(columns: int, lines: int, panels: int, label: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, _panel_height(columns, lines, label) * (panels // 2)))
    return figure, tiles.inch_axes(figure)


def _shown_columns(columns: int) -> NDArray[np.int64]:
    return np.linspace(0, columns - 1, min(columns, MAX_COLUMNS)).round().astype(int)


def _tile_side(columns: int, label: float) -> float:
    half_frame = 0.02
    return (PANEL_WIDTH - label - half_frame) / (len(_shown_columns(columns)) + 2 * REAL_GAP)


def _panel_height(columns: int, lines: int, label: float) -> float:
    return TOP + _tile_side(columns, label) * LINE_PITCH * lines + 0.12


def _position(pairs: pd.DataFrame, kind: str, row: int) -> int:
    """The place of a display pair in pairs.csv."""
    rows = display_rows_of(pairs, kind)
    return int(rows.index[rows["row"] == row][0])
