"""The likelihood over the epochs of training."""

import math
from collections.abc import Mapping

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vaesweep.figures import style
from vaesweep.runs import Run


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
