"""Figures of scores: by run, by setting, and next to the controls.

All functions take tables of `results/comparison`.
"""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vaesweep.data.pairs import KINDS
from vaesweep.figures import style
from vaesweep.figures.style import STYLE, WIDTH, markers, palette
from vaesweep.figures.tiles import LABEL_COLOUR, QUIET_COLOUR, REAL_COLOUR, readable
from vaesweep.runs import Names, Run, Setting, rows_of, settings_of
from vaesweep.words import paths_title, signed

MEAN_LOOK: dict[str, Any] = {"fontsize": 8.5, "fontweight": "bold", "color": LABEL_COLOUR}
MEAN_LOOK |= {"ha": "center", "va": "bottom"}


class _Places:
    """Where the settings lie on the x axis.

    Latent sizes are ticks, with the variants of a size next to each other. If only the variant
    varies, the variants are ticks.
    """

    def __init__(self, settings: list[Setting]) -> None:
        variants = list(dict.fromkeys(setting.variant for setting in settings))
        sizes = sorted({setting.latent_size for setting in settings})
        by_size = Names.of(settings).sizes
        self.title = "latent size" if by_size else "variant"
        self.ticks = sizes if by_size else variants
        self.width = 1 / len(variants) if by_size else 1.0  # of a setting; ticks are 1 apart
        self.middles: dict[Setting, float] = {}
        for setting in settings:
            place = variants.index(setting.variant)
            if by_size:
                beside = 0.84 * self.width * (place - (len(variants) - 1) / 2)
                self.middles[setting] = sizes.index(setting.latent_size) + beside
            else:
                self.middles[setting] = place

    def of_runs(self, setting: Setting, count: int) -> NDArray[np.float64]:
        """The x of the runs of a setting, side by side."""
        return self.middles[setting] + self.width * (0.4 * (np.arange(count) + 0.5) / count - 0.38)

    def of_mean(self, setting: Setting) -> float:
        """The x of the mean of a setting, to the right of its runs."""
        return self.middles[setting] + 0.26 * self.width


@mpl.rc_context(STYLE)
def score_by_latent_size(runs: pd.DataFrame, settings: pd.DataFrame, chosen: Run) -> Figure:
    """Draw the score of each run as a point, and the mean of each setting with its interval."""
    figure, axes = style.wide_figure(3.2)
    floor = style.lowest_shown(runs["score"], at_most=0)
    places = _draw_by_setting(axes, runs, settings, floor)
    style.draw_scale(axes, floor)
    same = rows_of(runs, chosen.setting)
    is_chosen = (same["seed"] == chosen.seed).to_numpy()
    x = places.of_runs(chosen.setting, len(same))[is_chosen]
    axes.scatter(x, same["score"][is_chosen], s=75, fc="none", ec=REAL_COLOUR, lw=1.5)
    looks = {"a run": style.SMALL, "mean, 95 % interval": style.LARGE | {"marker": "P"}}
    style.legend_above(axes, looks | {"chosen run": style.RING})
    ticks, variants = map(str, places.ticks), set(settings["variant"])
    if len(variants) > 1 and not variants <= set(ticks):
        style.name_colours(figure, palette(settings_of(settings)))
    return figure


def _draw_by_setting(
    axes: Axes, runs: pd.DataFrame, settings: pd.DataFrame, floor: float
) -> _Places:
    """Draw scores by setting. Ticks without room for a label have none."""
    order = settings_of(settings)
    places, colours, shapes = _Places(order), palette(order), markers(order)
    for setting, row in zip(order, settings.to_dict("records"), strict=True):
        look = {"color": colours[setting], "marker": shapes[setting]}
        _draw_setting(axes, setting, rows_of(runs, setting)["score"], row, places, look)
        if len(order) <= style.MAX_LABELS and row["score"] >= floor:
            top = (places.of_mean(setting), np.fmax(row["score"], row["score_high"]))
            text = signed(row["score"], 3)
            axes.annotate(text, top, (0, 3), textcoords="offset points", **MEAN_LOOK)
        elif row["score"] < floor:
            text = signed(row["score"], 3) if len(order) <= style.MAX_LABELS else ""
            style.mark_beyond(axes, places.of_mean(setting), text, "bottom")
    if Names.of(order).noun == "setting":
        means = settings.assign(x=[places.of_mean(setting) for setting in order])
        for _, line in means.groupby("variant", sort=False):
            colour = colours[settings_of(line)[0]]
            axes.plot(line["x"], line["score"], color=colour, lw=0.8, alpha=0.6)
    labels = [str(tick) for tick in places.ticks]
    axes.set_xticks(range(len(labels)), readable(labels, 8.5, (WIDTH - 0.7) / len(labels)))
    axes.set_xlim(-0.55, len(labels) - 0.45)
    axes.margins(y=0.12)
    axes.set(xlabel=places.title, ylabel="score")
    return places


def _draw_setting(
    axes: Axes,
    setting: Setting,
    scores: pd.Series,
    row: Mapping[str, Any],
    places: _Places,
    look: Mapping[str, Any],
) -> None:
    """Draw the `scores` of a setting's runs as points, and its mean as a bar with its interval."""
    x = places.of_runs(setting, len(scores))
    axes.scatter(x, scores, s=16, lw=0, alpha=0.75, **look)
    middle, half, mean = places.of_mean(setting), 0.09 * places.width, row["score"]
    axes.plot([middle - half, middle + half], [mean, mean], color=look["color"], lw=2.6)
    ends = row["score_low"], row["score_high"]
    axes.plot([middle, middle], ends, color=look["color"], lw=1.6, solid_capstyle="butt")


@mpl.rc_context(STYLE)
def controls(
    settings: pd.DataFrame, table: pd.DataFrame, words: Mapping[str, str], noun: str
) -> Figure:
    """Draw quality and score of the controls below those of the settings.

    Scores far below the others are written at the edge.

    `words` names the controls of `table`, and `noun` is what a class is called.
    """
    names = Names.of(settings_of(settings))
    colours = palette(settings_of(settings))
    scored = settings.dropna(subset="score")
    lines = [(names.phrase([setting]), colours[setting]) for setting in settings_of(scored)]
    lines += [(words[control], QUIET_COLOUR) for control in table["control"]]
    figure = Figure(figsize=(WIDTH, 0.7 + 0.2 * len(lines)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    rows = pd.concat([scored, table]).to_dict("records")
    floor = style.lowest_shown([row["score"] for row in rows], at_most=0)
    for y, ((_, colour), row) in enumerate(zip(lines, rows, strict=True)):
        left.plot(row["quality_same"], y, "o", color=colour, ms=6)
        left.plot(row["quality_different"], y, "o", mfc="white", color=colour, ms=6)
        if row["score"] < floor:
            style.mark_beyond(right, y, signed(row["score"], 3), "left")
            continue
        right.plot([row["score_low"], row["score_high"]], [y, y], color=colour, lw=1.6)
        right.plot(row["score"], y, "|", color=colour, ms=10, mew=2.4)
    left.set_yticks(range(len(lines)), [label for label, _ in lines])
    left.invert_yaxis()
    for axes in (left, right):
        axes.grid(axis="x")
        axes.axhline(len(scored) - 0.5, color="#999999", linewidth=0.8, linestyle=":")
    same, different = (paths_title(kind, noun).lower() for kind in KINDS)
    left.set_xlabel(f"quality: ● {same}, ○ {different}")
    for reference in (0, 1):
        right.axvline(reference, color=QUIET_COLOUR, linewidth=1)
    right.set_xlabel("score, 95 % interval")
    return figure
