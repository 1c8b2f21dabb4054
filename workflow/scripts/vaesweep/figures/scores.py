"""Figures that compare runs and latent sizes by their scores.

All functions take the tables of `results/comparison` and return figures without using pyplot.
"""

import math
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from vaesweep.data.pairs import KINDS
from vaesweep.documents.html_tables import signed
from vaesweep.figures.style import (
    NEG_ELBO_LABEL,
    STYLE,
    WIDTH,
    palette,
    spaced,
    wide_figure,
)
from vaesweep.figures.tiles import QUIET_COLOUR, REAL_COLOUR
from vaesweep.words import paths_title

PARTS = {
    "evenness": "evenness W",
    "ghost_free": "ghost-free G",
    "class_path": "class path C",
    "quality": "quality Q",
}
# How far −ELBO may lie above the best for a run to be shown in the closer look, nats.
CLOSE_NATS = 10.0
# Of numbers beside each other, and of lines of text beside a figure of two inches.
MOST_LABELS = 9


@mpl.rc_context(STYLE)
def gain_by_latent_size(
    runs: pd.DataFrame, latent_sizes: pd.DataFrame, chosen: Mapping[str, object]
) -> Figure:
    """Draw the gain of each run as a point, and each size's mean with its interval."""
    figure, axes = wide_figure(3.4)
    labelled = len(latent_sizes) <= MOST_LABELS
    _draw_by_size(axes, runs, latent_sizes, "gain", labelled=labelled)
    axes.axhline(0, color=QUIET_COLOUR, linewidth=1)
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    axes.set_ylabel("gain over the cross-fade")
    order = sorted(latent_sizes["latent_size"])
    best = runs[(runs.latent_size == chosen["latent_size"]) & (runs.seed == chosen["seed"])]
    place = order.index(chosen["latent_size"]) + _offsets(runs)[best.index]
    axes.scatter(place, best["gain"], s=75, facecolors="none", edgecolors=REAL_COLOUR, lw=1.5)
    _explain_marks(axes)
    return figure


def _explain_marks(axes: Axes) -> None:
    ring: dict[str, Any] = {
        "markerfacecolor": "none",
        "markeredgecolor": REAL_COLOUR,
        "markersize": 8,
    }
    marks = [
        Line2D([], [], color=QUIET_COLOUR, marker="o", linestyle="", markersize=4),
        Line2D([], [], color=QUIET_COLOUR, marker="P", linestyle="", markersize=8),
        Line2D([], [], marker="o", linestyle="", **ring),
        Line2D([], [], color=QUIET_COLOUR, linewidth=1),
    ]
    words = ["a run", "mean, 95 % interval", "chosen run", "0: no better than the cross-fade"]
    axes.legend(
        marks,
        words,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=len(marks),
        handlelength=1.4,
        handletextpad=0.5,
        columnspacing=1.6,
        borderaxespad=0.2,
    )


@mpl.rc_context(STYLE)
def neg_elbo_and_gain(runs: pd.DataFrame) -> Figure:
    """Draw gain against the negative ELBO, each run a point; the best likelihoods once more."""
    known = runs.dropna(subset=["gain", "neg_elbo"])
    close = known[known["neg_elbo"] <= known["neg_elbo"].min() + CLOSE_NATS]
    views = {"all runs": known}
    if len(close) < len(known):
        views[f"runs within {CLOSE_NATS:.0f} nats of the best"] = close
    figure = Figure(figsize=(WIDTH, 2.4), layout="constrained")
    colours = palette(runs["latent_size"])
    for axes, (title, shown) in zip(
        figure.subplots(1, len(views), squeeze=False)[0], views.items(), strict=True
    ):
        sns.scatterplot(
            shown,
            x="neg_elbo",
            y="gain",
            hue="latent_size",
            palette=colours,
            s=26,
            linewidth=0,
            legend=False,
            ax=axes,
        )
        axes.set_title(title)
        axes.set_xlabel(f"{NEG_ELBO_LABEL}, ← better")
        axes.set_ylabel("gain")
        axes.margins(0.08)
    _name_colours(figure, colours)
    return figure


@mpl.rc_context(STYLE)
def quality_parts(runs: pd.DataFrame, latent_sizes: pd.DataFrame, dataset: str) -> Figure:
    """Draw the parts of quality by kind: each run a point, each latent size's mean a bar."""
    figure = Figure(figsize=(WIDTH, 3.1), layout="constrained")
    grid = figure.subplots(len(KINDS), len(PARTS), sharex=True, sharey="col")
    for row, kind in zip(grid, KINDS, strict=True):
        for axes, (part, title) in zip(row, PARTS.items(), strict=True):
            _draw_by_size(axes, runs, latent_sizes, f"{part}_{kind}")
            axes.set_xlabel("")
            if kind == "same":
                axes.set_title(title)
        row[0].set_ylabel(paths_title(kind, dataset).lower())
        fade = latent_sizes.sort_values("latent_size")[f"crossfade_quality_{kind}"]
        row[-1].plot(np.arange(len(fade)) + 0.26, fade, "_", color=REAL_COLOUR, ms=9, mew=2)
        row[-1].margins(y=0.3)  # room for the words under the lowest line
        row[-1].annotate(
            "cross-fade",
            (-0.5, fade.min()),
            (0, -5),
            textcoords="offset points",
            va="top",
            fontsize=8,
            color=REAL_COLOUR,
        )
    figure.supxlabel("latent size", fontsize=9)
    return figure


@mpl.rc_context(STYLE)
def training_curves(histories: Mapping[tuple[int, int], pd.DataFrame]) -> Figure:
    """Draw the negative ELBO on the training set by epoch.

    Args:
        histories: For each (latent_size, seed) the table of its `history.csv`.
    """
    figure, axes = wide_figure(2.2)
    colours = palette(size for size, _ in histories)
    last: dict[int, list[float]] = {}
    end = 1
    for (size, _), history in histories.items():
        known = history[np.isfinite(history["neg_elbo"])]
        if known.empty:  # diverged in its first epoch
            continue
        marker = "o" if len(known) == 1 else ""  # one epoch makes no line
        line: dict[str, Any] = {"color": colours[size], "lw": 0.9, "alpha": 0.7}
        axes.plot(known["epoch"], known["neg_elbo"], marker=marker, markersize=3.5, **line)
        last.setdefault(size, []).append(float(known["neg_elbo"].iloc[-1]))
        end = max(end, int(known["epoch"].iloc[-1]))
    axes.set_xlim(0.8, end * 1.12)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("epoch")
    axes.set_ylabel("\N{MINUS SIGN}ELBO, training set\n(nats per image)")
    if len(last) > MOST_LABELS:
        _name_colours(figure, colours)
    else:
        _label_ends(axes, end, {size: float(np.mean(v)) for size, v in last.items()}, colours)
    return figure


def _name_colours(figure: Figure, colours: Mapping[int, str]) -> None:
    """Name the latent sizes beside a figure some two inches high."""
    marks = [
        Line2D([], [], color=colour, marker="o", linestyle="", markersize=5, label=str(size))
        for size, colour in colours.items()
    ]
    columns = math.ceil(len(marks) / MOST_LABELS)
    spaces = {"handletextpad": 0.1, "columnspacing": 0.6}
    figure.legend(
        handles=marks, title="latent size", loc="outside right center", ncols=columns, **spaces
    )


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
    labelled: bool = False,
) -> None:
    """Draw `column` against latent size: runs as points, means as bars, intervals if known."""
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
            axes.annotate(
                signed(mean[column], 3),
                (beside, top),
                (0, 3),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=8.5,
                color=colour,
                fontweight="bold",
            )
    axes.set_xticks(range(len(table)), [str(int(size)) for size in table["latent_size"]])
    axes.set_xlim(-0.55, len(table) - 0.45)
    axes.margins(y=0.12)
    axes.set_xlabel("latent size")


def _label_ends(
    axes: Axes, x: float, ends: Mapping[int, float], colours: Mapping[int, str]
) -> None:
    """Name each line at its right end, pushed apart where the ends lie too close to read."""
    low, high = axes.get_ylim()
    for size, y in spaced(dict(ends), (high - low) * 0.09).items():
        axes.text(
            x * 1.01,
            y,
            f"latent size {size}",
            va="center",
            fontsize=8.5,
            color=colours[size],
            fontweight="bold",
        )
