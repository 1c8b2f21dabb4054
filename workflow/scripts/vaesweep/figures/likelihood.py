"""Figures of the likelihood: against the scores, and as it grew in training."""

import math
from collections.abc import Mapping

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vaesweep.figures import style
from vaesweep.runs import Run, Setting, settings_of

# How far −ELBO may lie above the best for a run to be shown in the closer look, nats.
CLOSE_NATS = 10.0


@mpl.rc_context(style.STYLE)
def neg_elbo_and_score(runs: pd.DataFrame) -> Figure:
    """Draw score against the negative ELBO, each run a point; the best likelihoods once more."""
    known = runs.dropna(subset=["score", "neg_elbo"])
    if known.empty:
        return style.note("No run has a likelihood: plain autoencoders have no posterior.")
    close = known[known["neg_elbo"] <= known["neg_elbo"].min() + CLOSE_NATS]
    views = {"all runs": known}
    if len(close) < len(known):
        views[f"runs within {CLOSE_NATS:.0f} nats of the best"] = close
    figure = Figure(figsize=(style.WIDTH, 2.2), layout="constrained")
    colours, shapes = style.palette(settings_of(runs)), style.markers(settings_of(runs))
    grid = figure.subplots(1, len(views), squeeze=False, sharey=True)[0]
    for axes, (title, shown) in zip(grid, views.items(), strict=True):
        for row, own in shown.groupby(list(Setting._fields), sort=False):
            setting = Setting(*row)
            look = {"color": colours[setting], "marker": shapes[setting]}
            axes.scatter(own["neg_elbo"], own["score"], s=26, linewidth=0, **look)
        axes.set_title(title)
        style.draw_scale(axes)
        axes.margins(0.08)
    grid[0].set_ylabel("score")
    figure.supxlabel("\N{MINUS SIGN}ELBO, test set (nats per image), ← better", fontsize=9)
    style.name_colours(figure, colours)
    return figure


@mpl.rc_context(style.STYLE)
def training_curves(histories: Mapping[Run, pd.DataFrame]) -> Figure:
    """Draw the negative ELBO on the training set by epoch, a line a run, from its history.csv."""
    figure, axes = style.wide_figure(1.95)
    colours = style.palette(run.setting for run in histories)
    firsts: list[float] = []
    for run, history in histories.items():
        known = history.astype(float).dropna(subset="neg_elbo")
        firsts += known["neg_elbo"].head(1).tolist()
        marker = "o" if len(known) == 1 else ""  # one epoch makes no line
        line, colour = (known["epoch"], known["neg_elbo"]), colours[run.setting]
        axes.plot(*line, marker=marker, markersize=3.5, color=colour, lw=0.9, alpha=0.7)
    # Where one leaps up, the others are still to be read.
    axes.set_ylim(top=min(axes.get_ylim()[1], 1.5 * max(firsts, default=math.inf)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set(xlabel="epoch", ylabel="\N{MINUS SIGN}ELBO, training set\n(nats per image)")
    style.name_colours(figure, colours)
    return figure
