"""Figures of paths for the comparison: the same pairs by several settings, and rows by score."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vaesweep.data.pairs import KINDS
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
LABEL_SIZE = 9  # largest font size of the labels
MAX_LABEL = 0.8  # inches, the widest label
MAX_COLUMNS = 17  # longer paths are thinned out evenly
REPEAT = 4  # makes more than 300 pixels per inch at this size


class Line(NamedTuple):
    """A path in a panel, with its label and a note below the label."""

    frames: Images  # (columns, height, width)
    label: str
    note: str = ""


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
    is called. `rows` are the kind and row of each pair.
    """
    panels = []
    for kind, row in rows:
        at = _position(pairs, kind, row)
        first, last = classes[pairs["digit_a"][at]], classes[pairs["digit_b"][at]]
        lines = [Line(paths[at], names.label(setting)) for setting, paths in frames.items()]
        panels.append((f"{paths_title(kind, noun)}: {first} → {last}", lines))
    return _draw_panels(panels)


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
    panels = []
    for kind in KINDS:
        lines = []
        for name, row in ranked_rows(pair_scores, kind).items():
            at = _position(pairs, kind, int(row["row"]))
            lines.append(Line(frames[at], name, signed(row["score"], 3)))
        panels.append((paths_title(kind, noun), lines))
    return _draw_panels(panels)


@mpl.rc_context(STYLE)
def score_scale(rows: Sequence[tuple[float, str, Images]]) -> Figure:
    """Draw what scores look like: an even number of rows, the lower scores in the left panel.

    A row has its score, whose path it is, and the frames (columns, height, width).
    """
    lines = [Line(frames, signed(score, 2), words) for score, words, frames in rows]
    middle = len(lines) // 2
    return _draw_panels([("Lower scores", lines[:middle]), ("Higher scores", lines[middle:])])


def _position(pairs: pd.DataFrame, kind: str, row: int) -> int:
    """The place of a display pair in pairs.csv."""
    rows = display_rows_of(pairs, kind)
    return int(rows.index[rows["row"] == row][0])


def _draw_panels(panels: Sequence[tuple[str, Sequence[Line]]]) -> Figure:
    """Draw panels with a title, the values of t and lines of tiles, two next to each other."""
    lines = panels[0][1]
    longest = max((text for line in lines for text in (line.label, line.note)), key=len)
    size = min(LABEL_SIZE, LABEL_SIZE * MAX_LABEL / text_inches(longest, 1.15 * LABEL_SIZE))
    label_width = 0.12 + text_inches(longest, 1.15 * size)
    columns = len(lines[0].frames)
    shown = np.linspace(0, columns - 1, min(columns, MAX_COLUMNS)).round().astype(int)
    places = np.arange(len(shown), dtype=float)
    places[1:] += REAL_GAP
    places[-1] += REAL_GAP
    half_frame = 0.02
    tile = (PANEL_WIDTH - label_width - half_frame) / (places[-1] + 1)
    height = TOP + tile * LINE_PITCH * len(lines) + 0.12
    figure = Figure(figsize=(WIDTH, height * (len(panels) // 2)))
    axes = tiles.inch_axes(figure)
    steps = [tiles.step_labels(columns)[column] for column in shown]
    steps = tiles.readable(steps, STEP_SIZE, tile)
    for panel, (title, lines) in enumerate(panels):
        left = (PANEL_WIDTH + PANEL_GAP) * (panel % 2) + label_width
        top, lefts = height * (panel // 2), left + tile * places
        axes.text(left, top + 0.1, title, fontsize=9, fontweight="bold", va="center")
        for x, step in zip(lefts, steps, strict=True):
            axes.text(x + tile / 2, top + TOP - 0.06, step, fontsize=STEP_SIZE, ha="center")
        for place, line in enumerate(lines):
            y = top + TOP + tile * LINE_PITCH * place
            _draw_line(axes, line._replace(frames=line.frames[shown]), lefts, y, tile, size)
    return figure


def _draw_line(
    axes: Axes, line: Line, lefts: NDArray[np.float64], top: float, tile: float, size: float
) -> None:
    for left, image in zip(lefts, line.frames, strict=True):
        tiles.tile_image(axes, image, left, top, tile, REPEAT)
    for left in (lefts[0], lefts[-1]):
        tiles.frame_real(axes, left, top, tile, line=0.8)
    right, middle = lefts[0] - 0.07, top + tile / 2
    text = axes.text(right, middle, line.label, color=LABEL_COLOUR, fontsize=size, ha="right")
    text.set(fontweight="bold", va="bottom" if line.note else "center")
    axes.text(right, middle + 0.02, line.note, fontsize=0.9 * size, ha="right", va="top")
