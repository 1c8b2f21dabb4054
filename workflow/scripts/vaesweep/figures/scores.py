"""Figures that compare runs and latent sizes by their scores, with each other and with controls.

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
from vaesweep.figures.style import MOST_LABELS, STYLE, WIDTH, note, palette, wide_figure
from vaesweep.figures.tiles import QUIET_COLOUR, REAL_COLOUR, readable, text_inches
from vaesweep.words import paths_title, signed

SCALE = "0: fading the images, 1: optimal transport"
LEAST_SCORE = -1.0  # in the figure of controls: what is below is written at its edge
INTERVAL_SIZES = (5.5, 7.5)  # points: least, for a cell to hold the interval too, and most


@mpl.rc_context(STYLE)
def score_by_latent_size(
    runs: pd.DataFrame, latent_sizes: pd.DataFrame, chosen: Mapping[str, object]
) -> Figure:
    """Draw the score of each run as a point, and each size's mean with its interval."""
    figure, axes = wide_figure(3.4)
    labelled = len(latent_sizes) <= MOST_LABELS
    _draw_by_size(axes, runs, latent_sizes, "score", WIDTH - 0.7, labelled=labelled)
    axes.axhline(0, color=QUIET_COLOUR, linewidth=1)
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    axes.set_ylabel("score")
    order = sorted(latent_sizes["latent_size"])
    best = runs[(runs.latent_size == chosen["latent_size"]) & (runs.seed == chosen["seed"])]
    place = order.index(chosen["latent_size"]) + _offsets(runs)[best.index]
    axes.scatter(place, best["score"], s=75, facecolors="none", edgecolors=REAL_COLOUR, lw=1.5)
    _explain_marks(axes)
    return figure


def _explain_marks(axes: Axes) -> None:
    quiet: dict[str, Any] = {"color": QUIET_COLOUR, "linestyle": ""}
    ring: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": REAL_COLOUR}
    marks = [
        Line2D([], [], marker="o", markersize=4, label="a run", **quiet),
        Line2D([], [], marker="P", markersize=8, label="mean, 95 % interval", **quiet),
        Line2D([], [], marker="o", markersize=8, label="chosen run", linestyle="", **ring),
        Line2D([], [], color=QUIET_COLOUR, lw=1, label=SCALE),
    ]
    spaces = {"handlelength": 1.4, "handletextpad": 0.5, "columnspacing": 1.6, "borderaxespad": 0.2}
    axes.legend(handles=marks, loc="lower right", bbox_to_anchor=(1, 1), ncols=4, **spaces)


@mpl.rc_context(STYLE)
def quality_parts(
    runs: pd.DataFrame,
    latent_sizes: pd.DataFrame,
    references: pd.DataFrame,
    parts: Mapping[str, str],
    noun: str,
) -> Figure:
    """Draw the parts of quality by kind: each run a point, each latent size's mean a bar.

    Args:
        runs: `runs.csv`.
        latent_sizes: `latent_sizes.csv`.
        references: Mean quality by reference (rows) and kind (columns).
        parts: A title for each part, by its column; quality is drawn last.
        noun: What a class is called.
    """
    titles = {**parts, "quality": "quality Q"}
    style = {"textcoords": "offset points", "ha": "right", "fontsize": 8, "color": REAL_COLOUR}
    figure = Figure(figsize=(WIDTH, 3.1), layout="constrained")
    grid = figure.subplots(len(KINDS), len(titles), sharex=True, sharey="col")
    for row, kind in zip(grid, KINDS, strict=True):
        for axes, (part, title) in zip(row, titles.items(), strict=True):
            _draw_by_size(axes, runs, latent_sizes, f"{part}_{kind}", WIDTH / len(titles) - 0.5)
            axes.set_xlabel("")
            if kind == "same":
                axes.set_title(title)
        row[0].set_ylabel(paths_title(kind, noun).lower())
        for reference, row_of in references.iterrows():
            row[-1].axhline(row_of[kind], color=REAL_COLOUR, lw=1, ls=":")
            above = row_of[kind] == references[kind].max()
            at = {"xy": (1, row_of[kind]), "xycoords": ("axes fraction", "data")}
            beside = {"xytext": (-2, 2 if above else -2), "va": "bottom" if above else "top"}
            row[-1].annotate(reference.replace("_", "-"), **at, **beside, **style)
    figure.supxlabel("latent size", fontsize=9)
    return figure


def _offsets(runs: pd.DataFrame) -> pd.Series:
    """Return where each run's point lies beside its latent size's tick: spread by seed."""
    seeds = sorted(runs["seed"].unique())
    spread = np.linspace(-0.16, 0.16, len(seeds)) if len(seeds) > 1 else [0.0]
    return runs["seed"].map(dict(zip(seeds, spread, strict=True))) - 0.18


def _draw_by_size(
    axes: Axes,
    runs: pd.DataFrame,
    latent_sizes: pd.DataFrame,
    column: str,
    width: float,
    labelled: bool = False,
) -> None:
    """Draw `column` against latent size: runs as points, means as bars, intervals if known.

    `width` is that of the axes in inches: sizes are named as far as there is room.
    """
    style: dict[str, Any] = {"fontsize": 8.5, "fontweight": "bold", "ha": "center", "va": "bottom"}
    colours = palette(latent_sizes["latent_size"])
    table = latent_sizes.sort_values("latent_size").reset_index(drop=True)
    offsets = _offsets(runs)
    for place, mean in table.iterrows():
        colour = colours[mean["latent_size"]]
        own = runs[runs["latent_size"] == mean["latent_size"]]
        axes.scatter(place + offsets[own.index], own[column], s=16, color=colour, alpha=0.75, lw=0)
        low, high = mean.get(f"{column}_low", np.nan), mean.get(f"{column}_high", np.nan)
        beside = place + 0.26
        axes.plot([beside] * 2, [low, high], color=colour, lw=1.6, solid_capstyle="butt")
        axes.plot([beside - 0.09, beside + 0.09], [mean[column]] * 2, color=colour, lw=2.6)
        top = np.nanmax([mean[column], high]) if mean.notna()[column] else np.nan
        if labelled and np.isfinite(top):
            style |= {"color": colour, "textcoords": "offset points"}
            axes.annotate(signed(mean[column], 3), (beside, top), (0, 3), **style)
    names = [str(int(size)) for size in table["latent_size"]]
    axes.set_xticks(range(len(table)), readable(names, 8.5, width / len(table)))
    axes.set_xlim(-0.55, len(table) - 0.45)
    axes.margins(y=0.12)
    axes.set_xlabel("latent size")


@mpl.rc_context(STYLE)
def differences(table: pd.DataFrame) -> Figure:
    """Draw the paired differences between latent sizes as a matrix, row less column.

    Args:
        table: `differences.csv`: latent_size_a, latent_size_b, difference, low, high, p_holm, tied.
            Without a row, as of a sweep of one latent size, the figure says so. With many sizes a
            cell has the difference alone, in brackets if the two are tied, with a question mark
            if that is not known.
    """
    if table.empty:
        return note("There is one latent size with a run to rank: no other to compare it with.")
    both = pd.concat([table, _mirrored(table)])
    side = both["latent_size_a"].nunique() - 1
    fitting = (WIDTH - 1.5) / side / text_inches("+0.000 to +0.000 ", 1)
    brief = fitting < INTERVAL_SIZES[0]
    both["text"] = _difference_texts(both, brief)
    cells = both.pivot(index="latent_size_a", columns="latent_size_b")
    later = np.triu(np.ones((side, side), dtype=bool), 1)  # each two sizes once
    # At least as far as the intervals reach, so that a tie is pale.
    reach = max(0.02, np.nanmax(np.abs(both[["difference", "low", "high"]].astype(float))))
    size = min(INTERVAL_SIZES[1], 95 / side if brief else fitting)
    figure, axes = wide_figure(0.75 + (0.3 if brief else 0.52) * side)
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
        cbar_kws={"label": "difference in mean score", "shrink": 0.9},
        ax=axes,
    )
    axes.tick_params(axis="y", rotation=0)
    axes.grid(visible=False)
    axes.set(ylabel="latent size", xlabel="minus latent size")
    return figure


def _mirrored(table: pd.DataFrame) -> pd.DataFrame:
    """Return the same differences the other way round."""
    a, b = table["latent_size_a"], table["latent_size_b"]
    turned = table.assign(difference=-table["difference"], low=-table["high"], high=-table["low"])
    return turned.assign(latent_size_a=b, latent_size_b=a)


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
    latent_sizes: pd.DataFrame, table: pd.DataFrame, words: Mapping[str, str], noun: str
) -> Figure:
    """Draw quality and score of paths that no VAE made beside those of the latent sizes.

    Args:
        latent_sizes: `latent_sizes.csv`.
        table: `controls.csv`.
        words: What each control is called, by its name.
        noun: What a class is called.
    """
    colours = palette(latent_sizes["latent_size"])
    sizes = latent_sizes.sort_values("latent_size").dropna(subset="score")
    lines = [(f"latent size {size:g}", colours[size]) for size in sizes["latent_size"]]
    lines += [(words[control], QUIET_COLOUR) for control in table["control"]]
    names, shades = zip(*lines, strict=True)
    figure = Figure(figsize=(WIDTH, 0.7 + 0.2 * len(lines)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    rows = pd.concat([sizes, table]).to_dict("records")
    for y, (colour, row) in enumerate(zip(shades, rows, strict=True)):
        left.plot(row["quality_same"], y, "o", color=colour, ms=6)
        left.plot(row["quality_different"], y, "o", mfc="white", color=colour, ms=6)
        if row["score"] < LEAST_SCORE:
            text, at = f"◂ {signed(row['score'], 3)}", right.get_yaxis_transform()
            right.text(0.02, y, text, transform=at, va="center", color=colour)
            continue
        right.plot([row["score_low"], row["score_high"]], [y, y], color=colour, lw=1.6)
        right.plot(row["score"], y, "|", color=colour, ms=10, mew=2.4)
    left.set_yticks(range(len(names)), names)
    left.invert_yaxis()
    for axes in (left, right):
        axes.grid(axis="x")
        axes.axhline(len(sizes) - 0.5, color="#999999", linewidth=0.8, linestyle=":")
    same, different = (paths_title(kind, noun).lower() for kind in KINDS)
    left.set_xlabel(f"quality: ● {same}, ○ {different}")
    for scale in (0, 1):
        right.axvline(scale, color=QUIET_COLOUR, linewidth=1)
    right.set(xlim=(max(LEAST_SCORE, right.get_xlim()[0]), None), xlabel="score, 95 % interval")
    return figure
