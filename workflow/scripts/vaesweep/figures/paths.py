"""Figures of paths for the comparison: the same pairs by every setting, and rows by score."""

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
from vaesweep.figures.style import STYLE, WIDTH, ink
from vaesweep.figures.tiles import text_inches
from vaesweep.runs import Names, Setting
from vaesweep.words import paths_title, signed

DISPLAY_ROWS = (("same", 2), ("same", 4), ("different", 0), ("different", 1))
PANEL_GAP = 0.22
PANEL_WIDTH = (WIDTH - PANEL_GAP) / 2
LINE_PITCH = 1.08  # from one line of tiles to the next, in tiles
REAL_GAP = 0.15  # between a real image and its neighbour, in tiles
TOP = 0.38  # inches above a panel's tiles: title and values of t
T_SIZE, SIZE_SIZE = 6.5, 9  # points: values of t, settings
MAX_LABEL = 0.8  # inches: the room for the name of a setting
MAX_COLUMNS = 17  # of longer paths some frames are shown, evenly
REPEAT = 4  # at this size more than 300 pixels to the inch


class _Panel:
    """Lines of tiles under a title, with the values of t above the columns.

    Lengths are inches; `label` is the room at the left of the tiles.
    """

    def __init__(
        self, axes: Axes, place: int, columns: int, lines: int, label: float, title: str
    ) -> None:
        self.shown = _shown(columns)
        names = [tiles.step_labels(columns)[k] for k in self.shown]
        self.axes, self.columns = axes, len(self.shown)
        self.tile = _tile_side(columns, label)
        self.left = (PANEL_WIDTH + PANEL_GAP) * (place % 2) + label
        self.top = _panel_height(columns, lines, label) * (place // 2)
        axes.text(self.left, self.top + 0.1, title, fontsize=9, fontweight="bold", va="center")
        labels = tiles.readable(names, T_SIZE, self.tile)
        for x, text in zip(self._lefts(), labels, strict=True):
            at = (x + self.tile / 2, self.top + TOP - 0.06)
            axes.text(*at, text, fontsize=T_SIZE, ha="center")

    def draw(self, line: int, frames: Images) -> float:
        """Draw the frames (columns, height, width) of one path; return the middle of its line."""
        y = self.top + TOP + self.tile * LINE_PITCH * line
        for image, x in zip(frames[self.shown], lefts := self._lefts(), strict=True):
            tiles.tile_image(self.axes, image, x, y, self.tile, REPEAT)
        for x in (lefts[0], lefts[-1]):
            tiles.frame_real(self.axes, x, y, self.tile, line=0.8)
        return y + self.tile / 2

    def _lefts(self) -> list[float]:
        last = self.columns - 1
        shifts = [REAL_GAP * ((k > 0) + (k == last)) for k in range(self.columns)]
        return [self.left + self.tile * (k + shift) for k, shift in enumerate(shifts)]


@mpl.rc_context(STYLE)
def display_rows(
    pairs: pd.DataFrame,
    frames: Mapping[Setting, Images],
    colours: Mapping[Setting, str],
    noun: str,
    classes: Sequence[str],
    rows: Sequence[tuple[str, int]] = DISPLAY_ROWS,
) -> Figure:
    """Draw the same display pairs of pairs.csv for every setting, under each other.

    `frames` are those of each setting's best run, (pairs, columns, height, width), `colours` are of
    every setting of the sweep, `classes` their names and `noun` what a class is called; `rows` are
    kind and row of each pair, two beside each other.
    """
    columns = next(iter(frames.values())).shape[1]
    names = Names.of(colours)
    longest = max((names.label(setting) for setting in frames), key=len)
    size = min(SIZE_SIZE, SIZE_SIZE * MAX_LABEL / text_inches(longest, 1.15 * SIZE_SIZE))
    label = 0.12 + text_inches(longest, 1.15 * size)
    figure, axes = _blank(columns, len(frames), panels=len(rows), label=label)
    for place, (kind, row) in enumerate(rows):
        at = _position(pairs, kind, row)
        ends = [classes[pairs[end][at]] for end in ("digit_a", "digit_b")]
        title = f"{paths_title(kind, noun)}: {' → '.join(ends)}"
        panel = _Panel(axes, place, columns, len(frames), label, title)
        for line, (setting, own) in enumerate(frames.items()):
            middle = panel.draw(line, own[at])
            text = axes.text(
                panel.left - 0.07, middle, names.label(setting), ha="right", va="center"
            )
            text.set(fontsize=size, fontweight="bold", color=ink(colours[setting]))
    return figure


def ranked_rows(pair_scores: pd.DataFrame, kind: str) -> dict[str, pd.Series]:
    """Return the display rows of a kind in pair_scores.csv under "best", "median" and "worst".

    With an even number of rows the median is the better one of the two in the middle.
    """
    rows = display_rows_of(pair_scores, kind)
    ordered = rows.sort_values("score", ascending=False, kind="stable")
    places = {"best": 0, "median": (len(ordered) - 1) // 2, "worst": len(ordered) - 1}
    return {name: ordered.iloc[place] for name, place in places.items()}


@mpl.rc_context(STYLE)
def best_and_worst(
    pairs: pd.DataFrame, pair_scores: pd.DataFrame, frames: Images, noun: str
) -> Figure:
    """Draw the display rows of one run with the highest, the median and the lowest score.

    The run's frames are (pairs, columns, height, width); `noun` is what a class is called.
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


def _shown(columns: int) -> NDArray[np.int64]:
    return np.linspace(0, columns - 1, min(columns, MAX_COLUMNS)).round().astype(int)


def _tile_side(columns: int, label: float) -> float:
    half_frame = 0.02
    return (PANEL_WIDTH - label - half_frame) / (len(_shown(columns)) + 2 * REAL_GAP)


def _panel_height(columns: int, lines: int, label: float) -> float:
    return TOP + _tile_side(columns, label) * LINE_PITCH * lines + 0.12


def _position(pairs: pd.DataFrame, kind: str, row: int) -> int:
    shown = display_rows_of(pairs, kind)
    return int(shown.index[shown["row"] == row][0])
