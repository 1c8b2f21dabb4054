"""Figures of scores and their parts: by run, by setting, and next to the controls.

All functions take tables of `results/comparison`.
"""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from vaesweep.data.pairs import KINDS
from vaesweep.figures import style
from vaesweep.figures.style import STYLE, WIDTH, markers, palette
from vaesweep.figures.tiles import LABEL_COLOUR, QUIET_COLOUR, REAL_COLOUR, readable
from vaesweep.runs import Names, Setting, settings_of
from vaesweep.words import paths_title, signed

MIN_SCORE = -1.0  # of the controls' score axis; lower scores are written at its edge


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
def score_by_latent_size(
    runs: pd.DataFrame, settings: pd.DataFrame, chosen: Mapping[str, Any]
) -> Figure:
    """Draw the score of each run as a point, and the mean of each setting with its interval."""
    figure, axes = style.wide_figure(3.4)
    places = _draw_by_setting(axes, runs, settings, "score", WIDTH - 0.7)
    if len(settings) <= style.MAX_LABELS:
        _write_means(axes, settings, places)
    style.draw_scale(axes)
    axes.set_ylabel("score")
    setting = Setting(chosen["variant"], chosen["latent_size"])
    same = runs[[other == setting for other in settings_of(runs)]]
    is_chosen = (same["seed"] == chosen["seed"]).to_numpy()
    x = places.of_runs(setting, len(same))[is_chosen]
    axes.scatter(x, same["score"][is_chosen], s=75, fc="none", ec=REAL_COLOUR, lw=1.5)
    _explain_marks(axes)
    _name_variants(figure, settings)
    return figure


def _write_means(axes: Axes, settings: pd.DataFrame, places: _Places) -> None:
    """Write each mean score above its interval."""
    look: dict[str, Any] = {"fontsize": 8.5, "fontweight": "bold", "color": LABEL_COLOUR}
    look |= {"ha": "center", "va": "bottom"}
    tops = settings[["score", "score_high"]].max(axis=1)
    for setting, score, top in zip(settings_of(settings), settings["score"], tops, strict=True):
        if pd.notna(score):
            at = (places.of_mean(setting), top)
            axes.annotate(signed(score, 3), at, (0, 3), textcoords="offset points", **look)


def _explain_marks(axes: Axes) -> None:
    quiet: dict[str, Any] = {"color": QUIET_COLOUR, "linestyle": ""}
    ring: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": REAL_COLOUR}
    marks = [
        Line2D([], [], marker="o", markersize=4, label="a run", **quiet),
        Line2D([], [], marker="P", markersize=8, label="mean, 95 % interval", **quiet),
        Line2D([], [], marker="o", markersize=8, label="chosen run", linestyle="", **ring),
    ]
    spaces = {"handlelength": 1.4, "handletextpad": 0.5, "columnspacing": 1.6, "borderaxespad": 0.2}
    axes.legend(handles=marks, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, **spaces)


@mpl.rc_context(STYLE)
def quality_parts(
    runs: pd.DataFrame,
    settings: pd.DataFrame,
    references: pd.DataFrame,
    parts: Mapping[str, str],
    noun: str,
) -> Figure:
    """Draw quality and its parts by kind of pair: runs as points, means of settings as bars.

    `references` has the mean quality by reference (rows) and kind (columns), `parts` the title of
    each part by its column, and `noun` is what a class is called.
    """
    titles = {**parts, "quality": "quality Q"}
    figure = Figure(figsize=(WIDTH, 2.9), layout="constrained")
    grid = figure.subplots(len(KINDS), len(titles), sharex=True, sharey="col")
    for row, kind in zip(grid, KINDS, strict=True):
        for axes, (part, title) in zip(row, titles.items(), strict=True):
            places = _draw_by_setting(
                axes, runs, settings, f"{part}_{kind}", WIDTH / len(titles) - 0.5
            )
            axes.set_xlabel("")
            if kind == KINDS[0]:
                axes.set_title(title)
        row[0].set_ylabel(paths_title(kind, noun).lower())
        for reference, qualities in references.iterrows():
            is_highest = qualities[kind] == references[kind].max()
            style.draw_reference(
                row[-1], qualities[kind], reference.replace("_", "-"), above=is_highest
            )
    low, high = grid[0][-1].get_ylim()
    grid[0][-1].set_ylim(low - 0.15 * (high - low), high)  # room for the name of the lower line
    figure.supxlabel(places.title, fontsize=9)
    _name_variants(figure, settings)
    return figure


def _name_variants(figure: Figure, settings: pd.DataFrame) -> None:
    """Name the colours of variants, unless the ticks name every variant."""
    ticks = {label.get_text() for label in figure.axes[-1].get_xticklabels()}
    variants = set(settings["variant"])
    if len(variants) > 1 and not variants <= ticks:
        style.name_colours(figure, palette(settings_of(settings)))


def _draw_by_setting(
    axes: Axes, runs: pd.DataFrame, settings: pd.DataFrame, column: str, width: float
) -> _Places:
    """Draw `column` by setting: runs as points, means as bars, intervals if the table has them.

    `width` is the width of the axes in inches; ticks without room for a label have none.
    """
    order = settings_of(settings)
    places, colours, shapes = _Places(order), palette(order), markers(order)
    values = {setting: table[column] for setting, table in runs.groupby(list(Setting._fields))}
    for setting, row in zip(order, settings.to_dict("records"), strict=True):
        of_runs, colour = values[setting], colours[setting]
        x = places.of_runs(setting, len(of_runs))
        axes.scatter(x, of_runs, s=16, lw=0, alpha=0.75, color=colour, marker=shapes[setting])
        middle, half, mean = places.of_mean(setting), 0.09 * places.width, row[column]
        axes.plot([middle - half, middle + half], [mean, mean], color=colour, lw=2.6)
        ends = row.get(f"{column}_low", mean), row.get(f"{column}_high", mean)
        axes.plot([middle, middle], ends, color=colour, lw=1.6, solid_capstyle="butt")
    if Names.of(order).noun == "setting":
        means = settings.assign(x=[places.of_mean(setting) for setting in order])
        for _, line in means.groupby("variant", sort=False):
            colour = colours[settings_of(line)[0]]
            axes.plot(line["x"], line[column], color=colour, lw=0.8, alpha=0.6)
    labels = [str(tick) for tick in places.ticks]
    axes.set_xticks(range(len(labels)), readable(labels, 8.5, width / len(labels)))
    axes.set_xlim(-0.55, len(labels) - 0.45)
    axes.margins(y=0.12)
    axes.set_xlabel(places.title)
    return places


@mpl.rc_context(STYLE)
def controls(
    settings: pd.DataFrame, table: pd.DataFrame, words: Mapping[str, str], noun: str
) -> Figure:
    """Draw quality and score of the controls below those of the settings.

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
    for y, ((_, colour), row) in enumerate(zip(lines, rows, strict=True)):
        left.plot(row["quality_same"], y, "o", color=colour, ms=6)
        left.plot(row["quality_different"], y, "o", mfc="white", color=colour, ms=6)
        if row["score"] < MIN_SCORE:
            at = right.get_yaxis_transform()
            text = f"◂ {signed(row['score'], 3)}"
            right.text(0.02, y, text, transform=at, va="center", color=QUIET_COLOUR)
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
    right.set(xlim=(max(MIN_SCORE, right.get_xlim()[0]), None), xlabel="score, 95 % interval")
    return figure
