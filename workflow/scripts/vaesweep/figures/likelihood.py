"""Figures of the likelihood: against the scores, and as it grew in training."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vaesweep.figures.style import (
    MOST_LABELS,
    NEG_ELBO_LABEL,
    STYLE,
    WIDTH,
    name_colours,
    note,
    palette,
    spaced,
    wide_figure,
)

# How far −ELBO may lie above the best for a run to be shown in the closer look, nats.
CLOSE_NATS = 10.0


@mpl.rc_context(STYLE)
def neg_elbo_and_gain(runs: pd.DataFrame) -> Figure:
    """Draw gain against the negative ELBO, each run a point; the best likelihoods once more."""
    known = runs.dropna(subset=["gain", "neg_elbo"])
    if known.empty:
        return note("No run has a likelihood: plain autoencoders have no posterior.")
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
    name_colours(figure, colours)
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
        name_colours(figure, colours)
    else:
        _label_ends(axes, end, {size: float(np.mean(v)) for size, v in last.items()}, colours)
    return figure


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
