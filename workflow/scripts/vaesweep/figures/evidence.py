"""Figures on how far the scores can be trusted: paired differences, and paths no VAE made."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from vaesweep.data.pairs import KINDS
from vaesweep.documents.html_tables import signed
from vaesweep.figures.style import STYLE, WIDTH, palette, wide_figure
from vaesweep.figures.tiles import QUIET_COLOUR
from vaesweep.words import paths_title

CONTROLS = {
    "image_cross_fade": "cross-fade of the test images",
    "hard_switch": "switch halfway",
    "constant_image": "one constant image",
    "nearest_training_image": "nearest training images",
}


MOST_WITH_INTERVALS = 7  # with more columns, a cell holds the difference alone


@mpl.rc_context(STYLE)
def differences(table: pd.DataFrame) -> Figure:
    """Draw the paired differences between latent sizes as a matrix, row less column.

    Args:
        table: `differences.csv`: latent_size_a, latent_size_b, difference, low, high, p_holm, tied.
            Without a row, as of a sweep of one latent size, the figure says so. With many sizes a
            cell has the difference alone, in brackets if the two are tied.
    """
    if table.empty:
        figure, axes = wide_figure(0.5)
        axes.set_axis_off()
        axes.text(0, 0.5, "One latent size: there is no other to compare it with.", va="center")
        return figure
    both = pd.concat([table, _mirrored(table)])
    by_size = {"index": "latent_size_a", "columns": "latent_size_b"}
    values = both.pivot(**by_size, values="difference").sort_index().sort_index(axis=1)
    side = len(values) - 1
    brief = side > MOST_WITH_INTERVALS
    texts = both.assign(text=_difference_texts(both, brief)).pivot(**by_size, values="text")
    texts = texts.reindex_like(values)
    beside = np.triu(np.ones(values.shape, dtype=bool))  # each two sizes once
    figure, axes = wide_figure(0.75 + (0.3 if brief else 0.52) * side)
    sns.heatmap(
        values.mask(beside).iloc[1:, :-1],
        annot=texts.iloc[1:, :-1],
        mask=beside[1:, :-1],
        fmt="",
        cmap="PuOr_r",
        center=0,
        linewidths=1.5,
        annot_kws={"fontsize": min(7.5, 95 / side), "linespacing": 1.3},
        cbar_kws={"label": "difference in mean gain", "shrink": 0.9},
        ax=axes,
    )
    axes.tick_params(axis="y", rotation=0)
    axes.grid(visible=False)
    axes.set_ylabel("latent size")
    axes.set_xlabel("minus latent size")
    return figure


def _mirrored(table: pd.DataFrame) -> pd.DataFrame:
    """Return the same differences the other way round."""
    turned = table.rename(
        columns={"latent_size_a": "latent_size_b", "latent_size_b": "latent_size_a"}
    )
    return turned.assign(difference=-table["difference"], low=-table["high"], high=-table["low"])


def _difference_texts(table: pd.DataFrame, brief: bool) -> list[str]:
    texts = []
    for row in table.itertuples():
        text = signed(row.difference, 3)
        if brief:
            texts.append(f"({text})" if row.tied else text)
            continue
        if pd.notna(row.low):
            text += f"\n{signed(row.low, 3)} to {signed(row.high, 3)}"
        if pd.notna(row.p_holm):
            text += "\np < 0.001" if row.p_holm < 0.001 else f"\np = {row.p_holm:.3f}"
        texts.append(text + (", tied" if row.tied else ""))
    return texts


@mpl.rc_context(STYLE)
def controls(latent_sizes: pd.DataFrame, table: pd.DataFrame, dataset: str) -> Figure:
    """Draw quality and gain of paths that no VAE made beside those of the latent sizes.

    Args:
        latent_sizes: `latent_sizes.csv`.
        table: `controls.csv`.
        dataset: The data set's name.
    """
    colours = palette(latent_sizes["latent_size"])
    sizes = latent_sizes.sort_values("latent_size").dropna(subset="gain")
    lines = [(f"latent size {row['latent_size']:g}", colours[row["latent_size"]], row)
             for _, row in sizes.iterrows()]  # fmt: skip
    lines += [(CONTROLS.get(row["control"], row["control"]), QUIET_COLOUR, row)
              for _, row in table.iterrows()]  # fmt: skip
    figure = Figure(figsize=(WIDTH, 0.7 + 0.2 * len(lines)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for y, (_, colour, row) in enumerate(lines):
        left.plot(row["quality_same"], y, "o", color=colour, ms=6)
        left.plot(row["quality_different"], y, "o", mfc="white", color=colour, ms=6)
        right.plot([row["gain_low"], row["gain_high"]], [y, y], color=colour, lw=1.6)
        right.plot(row["gain"], y, "|", color=colour, ms=10, mew=2.4)
    left.set_yticks(range(len(lines)), [name for name, _, _ in lines])
    left.invert_yaxis()
    for axes in (left, right):
        axes.grid(axis="x")
        axes.axhline(len(sizes) - 0.5, color="#999999", linewidth=0.8, linestyle=":")
    same, different = (paths_title(kind, dataset).lower() for kind in KINDS)
    left.set_xlabel(f"quality: ● {same}, ○ {different}")
    right.axvline(0, color=QUIET_COLOUR, linewidth=1)
    right.set_xlabel("gain, 95 % interval")
    return figure
