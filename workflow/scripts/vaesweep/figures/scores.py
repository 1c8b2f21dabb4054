"""Figures that compare runs and settings by their scores, with each other and with controls.

All functions take the tables of `results/comparison`.
"""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vaesweep.data.pairs import KINDS
from vaesweep.figures import style
from vaesweep.figures.style import STYLE, WIDTH, ink, markers, palette
from vaesweep.figures.tiles import QUIET_COLOUR, REAL_COLOUR, readable, text_inches
from vaesweep.runs import Names, Run, Setting, settings_of
from vaesweep.words import paths_title, signed

MIN_SCORE = -1.0  # in the figure of controls: what is below is written at its edge
INTERVAL_SIZES = (5.5, 7.5)  # points: least, for a cell to hold the interval too, and most


class _Places:
    """Where settings lie on an axis: sizes beside each other, at each size the variants."""

    def __init__(self, settings: list[Setting]) -> None:
        names = Names.of(settings)
        self.title = "latent size" if names.sizes else "variant"
        key = self.title.replace(" ", "_")
        groups = [getattr(setting, key) for setting in settings]
        self.ticks = sorted(set(groups)) if names.sizes else list(dict.fromkeys(groups))
        variants = list(dict.fromkeys(setting.variant for setting in settings))
        beside = len(variants) if names.noun == "setting" else 1
        self.width = 0.84 / beside if beside > 1 else 1.0  # of a setting; 1 is from tick to tick
        self.of = {
            setting: self.ticks.index(group)
            + (variants.index(setting.variant) % beside - (beside - 1) / 2) * self.width
            for setting, group in zip(settings, groups, strict=True)
        }
        self.lines = [[each for each in settings if each.variant == name] for name in variants]
        self.lines = self.lines if beside > 1 else []

    def offsets(self, runs: pd.DataFrame) -> pd.Series:
        """Where each run's point lies beside its setting's place: spread by seed."""
        seeds = sorted(runs["seed"].unique())
        spread = np.linspace(-0.16, 0.16, len(seeds)) if len(seeds) > 1 else [0.0]
        beside = runs["seed"].map(dict(zip(seeds, spread, strict=True)))
        return (beside - 0.18) * self.width


@mpl.rc_context(STYLE)
def score_by_latent_size(
    runs: pd.DataFrame, settings: pd.DataFrame, chosen: Mapping[str, object]
) -> Figure:
    """Draw the score of each run as a point, and each setting's mean with its interval."""
    figure, axes = style.wide_figure(3.4)
    labelled = len(settings) <= style.MAX_LABELS
    _draw_by_setting(axes, runs, settings, "score", WIDTH - 0.7, labelled=labelled)
    style.draw_scale(axes)
    axes.set_ylabel("score")
    places = _Places(settings_of(settings))
    best = runs[(runs[list(Run._fields)] == [chosen[key] for key in Run._fields]).all(axis=1)]
    place = places.of[settings_of(best)[0]] + places.offsets(runs)[best.index]
    axes.scatter(place, best["score"], s=75, facecolors="none", edgecolors=REAL_COLOUR, lw=1.5)
    _explain_marks(axes)
    _name_variants(figure, settings)
    return figure


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
    """Draw the parts of quality by kind: each run a point, each setting's mean a bar.

    `references` has the mean quality by reference (rows) and kind (columns), `parts` a title for
    each part, by its column. Quality is drawn last. `noun` is what a class is called.
    """
    titles = {**parts, "quality": "quality Q"}
    figure = Figure(figsize=(WIDTH, 2.9), layout="constrained")
    grid = figure.subplots(len(KINDS), len(titles), sharex=True, sharey="col")
    for row, kind in zip(grid, KINDS, strict=True):
        for axes, (part, title) in zip(row, titles.items(), strict=True):
            _draw_by_setting(axes, runs, settings, f"{part}_{kind}", WIDTH / len(titles) - 0.5)
            axes.set_xlabel("")
            if kind == "same":
                axes.set_title(title)
        row[0].set_ylabel(paths_title(kind, noun).lower())
        for reference, row_of in references.iterrows():
            above = row_of[kind] == references[kind].max()
            style.draw_reference(row[-1], row_of[kind], reference.replace("_", "-"), above)
    low, high = grid[0][-1].get_ylim()
    grid[0][-1].set_ylim(low - 0.15 * (high - low), high)  # room for the name of the lower line
    figure.supxlabel(_Places(settings_of(settings)).title, fontsize=9)
    _name_variants(figure, settings)
    return figure


def _name_variants(figure: Figure, settings: pd.DataFrame) -> None:
    """Name what variants' colours are, unless every one is named below the axes."""
    named, variants = figure.axes[-1].get_xticklabels(), set(settings["variant"])
    if len(variants) > 1 and variants - {label.get_text() for label in named}:
        style.name_colours(figure, palette(settings_of(settings)))


def _draw_by_setting(
    axes: Axes,
    runs: pd.DataFrame,
    settings: pd.DataFrame,
    column: str,
    width: float,
    labelled: bool = False,
) -> None:
    """Draw `column` by setting: runs as points, means as bars, intervals if known.

    `width` is that of the axes in inches: ticks are named as far as there is room.
    """
    text: dict[str, Any] = {"fontsize": 8.5, "fontweight": "bold", "ha": "center", "va": "bottom"}
    every = settings_of(settings)
    places, colours, of_runs = _Places(every), palette(every), pd.Series(settings_of(runs))
    offsets, beside, shapes = places.offsets(runs), {}, markers(every)
    for setting, (_, mean) in zip(every, settings.iterrows(), strict=True):
        place, colour = places.of[setting], colours[setting]
        own = runs[[each == setting for each in of_runs]]
        look: dict[str, Any] = {"color": colour, "marker": shapes[setting], "alpha": 0.75}
        axes.scatter(place + offsets[own.index], own[column], s=16, lw=0, **look)
        low, high = mean.get(f"{column}_low", np.nan), mean.get(f"{column}_high", np.nan)
        x, half = place + 0.26 * places.width, 0.09 * places.width
        beside[setting] = (x, mean[column])
        axes.plot([x] * 2, [low, high], color=colour, lw=1.6, solid_capstyle="butt")
        axes.plot([x - half, x + half], [mean[column]] * 2, color=colour, lw=2.6)
        top = np.nanmax([mean[column], high]) if mean.notna()[column] else np.nan
        if labelled and np.isfinite(top):
            text |= {"color": ink(colour), "textcoords": "offset points"}
            axes.annotate(signed(mean[column], 3), (x, top), (0, 3), **text)
    for line in places.lines:
        points = [beside[setting] for setting in line]
        axes.plot(*zip(*points, strict=True), color=colours[line[0]], lw=0.8, alpha=0.6)
    names = [str(tick) for tick in places.ticks]
    axes.set_xticks(range(len(names)), readable(names, 8.5, width / len(names)))
    axes.set_xlim(-0.55, len(names) - 0.45)
    axes.margins(y=0.12)
    axes.set_xlabel(places.title)


@mpl.rc_context(STYLE)
def differences(table: pd.DataFrame, chosen: Mapping[str, Any]) -> Figure:
    """Draw the differences of differences.csv as matrices, row less column.

    Drawn are the sizes of the chosen variant, and the variants at its size; where there is nothing
    to draw, the figure says so. With many settings a cell has the difference alone, in brackets if
    the two are tied, with a question mark if that is not known.
    """
    if table.empty:
        return style.note("There is nothing to compare: one alone has a run to rank.")
    panels = _panels(table, chosen)
    if not panels:
        return style.note("Nothing else has the variant or the latent size of the chosen run.")
    both = pd.concat(own for _, own in panels)
    sides = [own[title].nunique() - 1 for title, own in panels]
    # At least as far as the intervals reach, so that a tie is pale.
    reach = max(0.02, np.nanmax(np.abs(both[["difference", "low", "high"]].astype(float))))
    room = (WIDTH - 1.5 - 1.1 * (len(panels) - 1)) / sum(sides)
    fitting = room / text_inches("+0.000 to +0.000 ", 1)
    brief = fitting < INTERVAL_SIZES[0]
    size = min(INTERVAL_SIZES[1], room / text_inches("(+0.000) ", 1) if brief else fitting)
    height = 0.6 + (0.24 if brief else 0.43) * max(sides)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False, width_ratios=sides)[0]
    for axes, (title, own) in zip(grid, panels, strict=True):
        cells = own.assign(text=_difference_texts(own, brief)).pivot(index=title, columns="than")
        order = list(dict.fromkeys(own[title])) if title == "variant" else cells.index
        cells = cells.reindex(order).reindex(order, axis=1, level=1)
        later = np.triu(np.ones((len(order) - 1,) * 2, dtype=bool), 1)  # each two once
        sns.heatmap(
            cells["difference"].iloc[1:, :-1].mask(later),
            annot=cells["text"].iloc[1:, :-1],
            mask=later,
            fmt="",
            cmap="PuOr_r",
            center=0,
            vmax=reach,
            linewidths=1.5,
            annot_kws={"fontsize": size, "linespacing": 1.3},
            cbar=axes is grid[-1],
            cbar_kws={"label": "difference"},
            ax=axes,
        )
        axes.tick_params(axis="y", rotation=0)
        axes.grid(visible=False)
        axes.set(ylabel=title, xlabel=f"minus {title}")
    return figure


def _panels(table: pd.DataFrame, chosen: Mapping[str, Any]) -> list[tuple[str, pd.DataFrame]]:
    """What each matrix compares, and its differences, either way round."""
    panels = []
    for family, held in (("latent_size", "variant"), ("variant", "latent_size")):
        own = table[(table["family"] == family) & (table[f"{held}_a"] == chosen[held])]
        if len(own):
            title = family.replace("_", " ")
            forth = own.rename(columns={f"{family}_a": title, f"{family}_b": "than"})
            back = own.rename(columns={f"{family}_b": title, f"{family}_a": "than"})
            turned = {"difference": -own["difference"], "low": -own["high"], "high": -own["low"]}
            columns = [title, "than", "difference", "low", "high", "p_holm", "tied"]
            panels.append((title, pd.concat([forth, back.assign(**turned)])[columns]))
    return panels


def _difference_texts(table: pd.DataFrame, brief: bool) -> list[str]:
    texts = []
    for row in table.itertuples():
        text, unknown = signed(row.difference, 3), pd.isna(row.tied)
        tied = not unknown and row.tied
        if brief:
            texts.append(f"({text})" if tied else text + "?" * unknown)
            continue
        if pd.notna(row.low):
            text += f"\n{signed(row.low, 3)} to {signed(row.high, 3)}"
        if pd.notna(row.p_holm):
            text += "\np < 0.001" if row.p_holm < 0.001 else f"\np = {row.p_holm:.3f}"
        texts.append(text + (", tied" if tied else ""))
    return texts


@mpl.rc_context(STYLE)
def controls(
    settings: pd.DataFrame, table: pd.DataFrame, words: Mapping[str, str], noun: str
) -> Figure:
    """Draw quality and score of paths that no VAE made beside those of the settings.

    `words` has what each control of `table` is called, `noun` is what a class is called.
    """
    colours, names = palette(settings_of(settings)), Names.of(settings_of(settings))
    scored = settings.dropna(subset="score")
    lines = [(names.phrase([setting]), colours[setting]) for setting in settings_of(scored)]
    lines += [(words[control], QUIET_COLOUR) for control in table["control"]]
    labels, shades = zip(*lines, strict=True)
    figure = Figure(figsize=(WIDTH, 0.7 + 0.2 * len(lines)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    rows = pd.concat([scored, table]).to_dict("records")
    for y, (colour, row) in enumerate(zip(shades, rows, strict=True)):
        left.plot(row["quality_same"], y, "o", color=colour, ms=6)
        left.plot(row["quality_different"], y, "o", mfc="white", color=colour, ms=6)
        if row["score"] < MIN_SCORE:
            text, at = f"◂ {signed(row['score'], 3)}", right.get_yaxis_transform()
            right.text(0.02, y, text, transform=at, va="center", color=ink(colour))
            continue
        right.plot([row["score_low"], row["score_high"]], [y, y], color=colour, lw=1.6)
        right.plot(row["score"], y, "|", color=colour, ms=10, mew=2.4)
    left.set_yticks(range(len(labels)), labels)
    left.invert_yaxis()
    for axes in (left, right):
        axes.grid(axis="x")
        axes.axhline(len(scored) - 0.5, color="#999999", linewidth=0.8, linestyle=":")
    same, different = (paths_title(kind, noun).lower() for kind in KINDS)
    left.set_xlabel(f"quality: ● {same}, ○ {different}")
    for scale in (0, 1):
        right.axvline(scale, color=QUIET_COLOUR, linewidth=1)
    right.set(xlim=(max(MIN_SCORE, right.get_xlim()[0]), None), xlabel="score, 95 % interval")
    return figure
