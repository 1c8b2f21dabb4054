"""The map of a sweep: what paths lose at their ends against what they lose between them."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from vaesweep.figures import style
from vaesweep.figures.tiles import LABEL_COLOUR, QUIET_COLOUR, REAL_COLOUR, text_inches
from vaesweep.runs import Names, Run, Setting, rows_of, runs_of, settings_of
from vaesweep.words import number

X, Y = "lost_at_ends", "lost_between"
LABEL_SIZE = 8
# Where the label of a mean may be, from its point, the best place first.
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
GAP = 6  # points between a label and the middle of its point
MIN_SPAN = 0.2  # of an axis, as a share of its highest value
CORNER = (0.1, 0.13)  # of the axes, for the arrow to where both are small


@mpl.rc_context(style.STYLE)
def draw_map(
    runs: pd.DataFrame, settings: pd.DataFrame, front: Sequence[Setting], chosen: Mapping[str, Any]
) -> Figure:
    """Draw what is lost at the ends (x) and between them (y): runs small, means of settings large.

    `runs` and `settings` are the tables of these names. A line joins the settings on the `front`,
    a ring marks the chosen run, and settings far from the others are written at the edge.
    """
    runs, settings = runs.dropna(subset=[X, Y]), settings.dropna(subset=[X, Y])
    if runs.empty:
        return style.note("No run has a place on the map: all of them collapsed or diverged.")
    figure, axes = style.wide_figure(3.6)
    order, names = settings_of(settings), Names.of(settings_of(settings))
    colours, shapes = style.palette(order), style.markers(order)
    for setting in order:
        look: dict[str, Any] = {"color": colours[setting], "marker": shapes[setting]}
        points, mean = rows_of(runs, setting), rows_of(settings, setting)
        axes.scatter(points[X], points[Y], s=13, lw=0, alpha=0.6, **look)
        axes.scatter(mean[X], mean[Y], s=60, ec="white", lw=0.8, **look)
    run = Run(*(chosen[key] for key in Run._fields))
    ring = runs[[other == run for other in runs_of(runs)]]
    axes.scatter(ring[X], ring[Y], s=75, fc="none", ec=REAL_COLOUR, lw=1.5)
    edge = rows_of(settings, *front).sort_values(X)
    axes.plot(edge[X], edge[Y], color=QUIET_COLOUR, lw=1, ls="--", zorder=0)
    axes.grid(axis="x")
    axes.set(xlabel="lost at the ends", ylabel="lost between the ends")
    _limit(axes, runs)
    _explain_marks(axes, names.noun, has_front=len(front) > 1)
    if names.noun == "setting":
        style.name_colours(figure, colours)
    by_size = names.sizes and names.variants
    labels = [str(key.latent_size) if by_size else names.label(key) for key in order]
    ranked = settings.assign(label=labels, first=[key not in front for key in order])
    _label_means(axes, ranked.sort_values(["first", "rank"]), runs)
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


def _explain_marks(axes: Axes, noun: str, has_front: bool) -> None:
    quiet: dict[str, Any] = {"color": QUIET_COLOUR, "marker": "o", "ls": ""}
    ring = {"markerfacecolor": "none", "markeredgecolor": REAL_COLOUR}
    beside = "latent size" if noun == "setting" else noun
    marks = [
        Line2D([], [], markersize=3.5, label="a run", **quiet),
        Line2D([], [], markersize=8, label=f"mean, its {beside} beside it", **quiet),
        Line2D([], [], markersize=8, label="chosen run", **quiet | ring),
    ]
    if has_front:
        marks.append(Line2D([], [], color=QUIET_COLOUR, lw=1, ls="--", label="front"))
    style.legend_above(axes, marks)


def _label_means(axes: Axes, settings: pd.DataFrame, runs: pd.DataFrame) -> None:
    """Write the `label` of each mean beside it where there is room, or at the edge of the axes.

    Labels avoid each other and the means, and runs if they can.
    """
    axes.figure.draw_without_rendering()  # lays the figure out
    point = axes.figure.dpi / 72  # in pixels

    def boxes(table: pd.DataFrame, half: float) -> list[Bbox]:
        middles = axes.transData.transform(table[[X, Y]].to_numpy(float))
        return [Bbox([middle - half * point, middle + half * point]) for middle in middles]

    means, small = boxes(settings, 4), boxes(runs, 1.5)
    taken = [Bbox(axes.transAxes.transform([(0, 0), CORNER])), *means]
    right, top = axes.get_xlim()[1], axes.get_ylim()[1]
    look: dict[str, Any] = {"fontsize": LABEL_SIZE, "color": LABEL_COLOUR, "ha": "center"}
    for row, mean in zip(settings.to_dict("records"), means, strict=True):
        label, x, y = row["label"], row[X], row[Y]
        if x > right:
            style.mark_beyond(axes, min(y, top), f"{label}: {number(x, 2)}", "right")
        elif y > top:
            style.mark_beyond(axes, x, f"{label}: {number(y, 2)}", "top")
        else:
            half = np.array([text_inches(label, LABEL_SIZE) * 36, LABEL_SIZE / 2])  # in points
            for avoided, side in product((taken + small, taken), SIDES):
                offset = side * (half + GAP)
                middle = mean.min + (mean.max - mean.min) / 2 + offset * point
                box = Bbox([middle - half * point, middle + half * point])
                if not box.count_overlaps(avoided) and axes.bbox.containsx(box.x0):
                    axes.annotate(
                        label, (x, y), offset, textcoords="offset points", va="center", **look
                    )
                    taken.append(box)
                    break
