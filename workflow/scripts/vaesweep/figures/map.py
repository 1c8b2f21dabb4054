"""The map of a sweep: what paths lose at their ends against what they lose between them."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from vaesweep.figures import style
from vaesweep.figures.tiles import LABEL_COLOUR, QUIET_COLOUR, REAL_COLOUR, text_inches
from vaesweep.runs import Names, Run, Setting, rows_of, runs_of, settings_of
from vaesweep.words import number

X, Y = "lost_at_ends", "lost_between"
LABEL_SIZE = 8
# Where the label of a mean may be, from its point, the best place first.
SIDES = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)])
GAP = 5  # points between a label and the middle of its point
MAX_LINES_DOWN = 12  # at the edge
MIN_SPAN = 0.1  # of an axis, as a share of its highest value
CORNER = (0.1, 0.13)  # of the axes, for the arrow to where both are small


@mpl.rc_context(style.STYLE)
def draw_map(
    runs: pd.DataFrame, settings: pd.DataFrame, front: Sequence[Setting], chosen: Run
) -> Figure:
    """Draw what is lost at the ends (x) and between them (y): runs small, means of settings large.

    `runs` and `settings` are the tables of these names. A line joins the settings on the `front`,
    a ring marks the chosen run, and settings far from the others are written at the edge.
    """
    runs, settings = runs.dropna(subset=[X, Y]), settings.dropna(subset=[X, Y])
    if runs.empty:
        return style.note("No run has a place on the map: all of them collapsed or diverged.")
    figure, axes = style.wide_figure(3.4 if len(settings) > 1 else 2)
    order, names = settings_of(settings), Names.of(settings_of(settings))
    colours, shapes = style.palette(order), style.markers(order)
    for setting in order:
        look: dict[str, Any] = {"color": colours[setting], "marker": shapes[setting]}
        points, mean = rows_of(runs, setting), rows_of(settings, setting)
        axes.scatter(points[X], points[Y], s=13, lw=0, alpha=0.6, **look)
        axes.scatter(mean[X], mean[Y], s=60, ec="white", lw=0.8, **look)
    ring = runs[[run == chosen for run in runs_of(runs)]]
    axes.scatter(ring[X], ring[Y], s=75, fc="none", ec=REAL_COLOUR, lw=1.5)
    edge = rows_of(settings, *front).sort_values(X)
    axes.plot(edge[X], edge[Y], color=QUIET_COLOUR, lw=1, ls="--", zorder=0)
    axes.grid(axis="x")
    axes.set(xlabel="lost at the ends", ylabel="lost between the ends")
    _limit(axes, runs)
    mean = "mean, its latent size beside it" if names.sizes else "mean"
    looks = {"a run": style.SMALL, mean: style.LARGE, "chosen run": style.RING}
    line = {"front": {"marker": "", "ls": "--", "lw": 1}} if len(front) > 1 else {}
    style.legend_above(axes, looks | line)
    if names.variants:
        style.name_colours(figure, colours)
    settings = settings.assign(
        name=[names.label(key) for key in order],
        label=[str(key.latent_size) if names.sizes else "" for key in order],
        first=[key not in front for key in order],
    )
    figure.draw_without_rendering()  # lays it out
    _label_means(axes, settings.sort_values(["first", "rank"]), runs)
    return figure


def _limit(axes: Axes, runs: pd.DataFrame) -> None:
    """End the axes where runs far from the others would flatten them, and mark the good corner."""
    for name, set_limits, share in ((X, axes.set_xlim, CORNER[0]), (Y, axes.set_ylim, CORNER[1])):
        low, high = runs[name].min(), -style.lowest_shown(-runs[name])
        room = max(0, MIN_SPAN * high - (high - low)) / 2
        low, high = low - room, high + room
        span = (high - low) or 1.0
        set_limits(low - span * share / (1 - share), high + 0.06 * span)
    look: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "axes fraction"}
    look |= {"fontsize": LABEL_SIZE, "color": QUIET_COLOUR, "ha": "center"}
    arrow = {"arrowstyle": "-|>", "color": QUIET_COLOUR, "lw": 1.2}
    axes.annotate(
        "better", (0.008, 0.012), (CORNER[0] / 2, CORNER[1] / 2), arrowprops=arrow, **look
    )


def _label_means(axes: Axes, settings: pd.DataFrame, runs: pd.DataFrame) -> None:
    """Write the `label` of each mean beside it where there is room, or its `name` at the edge.

    Labels avoid each other and the means, and runs if they can.
    """
    point = axes.figure.dpi / 72  # in pixels

    def boxes(table: pd.DataFrame, half: float) -> list[Bbox]:
        middles = axes.transData.transform(table[[X, Y]].to_numpy(float))
        return [Bbox([middle - half * point, middle + half * point]) for middle in middles]

    means, small = boxes(settings, 4), boxes(runs, 1.5)
    taken = [Bbox(axes.transAxes.transform([(0, 0), CORNER])), *means]
    right, (bottom, top) = axes.get_xlim()[1], axes.get_ylim()
    look: dict[str, Any] = {"fontsize": LABEL_SIZE, "color": LABEL_COLOUR, "ha": "center"}
    look |= {"va": "center", "textcoords": "offset points"}
    for row, mean in zip(settings.to_dict("records"), means, strict=True):
        label, x, y = row["label"], row[X], row[Y]
        if x > right:
            text = f"{row['name']}: {number(x, 2)}" + (f", {number(y, 2)}" if y > top else "")
            _write_beyond(axes, text, min(y, bottom + 0.96 * (top - bottom)), "right", taken)
            continue
        if y > top:
            _write_beyond(axes, f"{row['name']}: {number(y, 2)}", x, "top", taken)
            continue
        half = np.array([text_inches(label, LABEL_SIZE) * 40, LABEL_SIZE * 0.6])  # in points
        for avoided, offset in product((taken + small, taken), SIDES * (half + GAP)):
            middle = mean.get_points().mean(axis=0) + offset * point
            box = Bbox([middle - half * point, middle + half * point])
            if not box.count_overlaps(avoided) and axes.bbox.containsx(box.x0):
                axes.annotate(label, (x, y), tuple(offset), **look)
                taken.append(box)
                break


def _write_beyond(axes: Axes, text: str, place: float, side: str, taken: list[Bbox]) -> None:
    """Write what lies beyond the edge in the first line, from `place` down, where there is room."""
    for lines_down in range(MAX_LINES_DOWN):
        written = style.mark_beyond(axes, place, text, side, lines_down)
        box = written.get_window_extent()
        if not box.count_overlaps(taken):
            taken.append(box)
            return
        written.remove()
