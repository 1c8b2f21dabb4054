"""Figures of the likelihood: next to the score, and over the epochs of training."""

import math
from collections.abc import Mapping

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vaesweep.figures import style
from vaesweep.runs import Run, Setting, settings_of

CLOSE_NATS = 10.0  # the second panel shows runs whose −ELBO is within this distance of the best


@mpl.rc_context(style.STYLE)
def neg_elbo_and_score(runs: pd.DataFrame) -> Figure:
    """Draw score against the negative ELBO, a point per run.

    If some runs are far from the best likelihood, a second panel shows those close to it.
    """
    known = runs.dropna(subset=["score", "neg_elbo"])
    if known.empty:
        return style.note("No run has a likelihood: only variational autoencoders have.")
    close = known[known["neg_elbo"] <= known["neg_elbo"].min() + CLOSE_NATS]
    panels = {"all runs": known}
    if len(close) < len(known):
        panels[f"runs within {CLOSE_NATS:.0f} nats of the best"] = close
    figure = Figure(figsize=(style.WIDTH, 2.2), layout="constrained")
    colours, shapes = style.palette(settings_of(runs)), style.markers(settings_of(runs))
    grid = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, (title, shown) in zip(grid, panels.items(), strict=True):
        for key, points in shown.groupby(list(Setting._fields), sort=False):
            setting = Setting(*key)
            look = {"color": colours[setting], "marker": shapes[setting]}
            axes.scatter(points["neg_elbo"], points["score"], s=26, linewidth=0, **look)
        axes.set_title(title)
        style.draw_scale(axes)
        axes.margins(0.08)
    grid[0].set_ylabel("score")
    figure.supxlabel("\N{MINUS SIGN}ELBO, test set (nats per image), ← better", fontsize=9)
    style.name_colours(figure, colours)
    return figure


@mpl.rc_context(style.STYLE)
def training_curves(histories: Mapping[Run, pd.DataFrame]) -> Figure:
    """Draw the negative ELBO on the training set by epoch, a line per run, from its history.csv."""
    figure, axes = style.wide_figure(1.95)
    colours = style.palette(run.setting for run in histories)
    firsts: list[float] = []
    for run, history in histories.items():
        known = history.astype(float).dropna(subset="neg_elbo")
        firsts += known["neg_elbo"].head(1).tolist()
        marker = "o" if len(known) == 1 else ""  # a single epoch has no line
        (line,) = axes.plot(known["epoch"], known["neg_elbo"], color=colours[run.setting])
        line.set(marker=marker, markersize=3.5, linewidth=0.9, alpha=0.7)
    # If one run explodes, the others must stay readable.
    axes.set_ylim(top=min(axes.get_ylim()[1], 1.5 * max(firsts, default=math.inf)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set(xlabel="epoch", ylabel="\N{MINUS SIGN}ELBO, training set\n(nats per image)")
    style.name_colours(figure, colours)
    return figure
