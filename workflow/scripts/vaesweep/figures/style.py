"""The look of the comparison's figures: fonts, lines, colours, and how they are saved.

Colours run from dark to light with the latent size, or are Okabe and Ito's if there are several
variants. Readers with any colour vision can tell them apart. Orange marks the chosen run and real
images.
"""

import math
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

from vaesweep.figures.tiles import DEFAULTS, QUIET_COLOUR, REAL_COLOUR
from vaesweep.files import workflow_path, write_whole
from vaesweep.runs import Names, Setting

STYLE = (
    DEFAULTS
    | sns.axes_style("ticks")
    | mpl.rc_params_from_file(
        workflow_path("templates/figures.mplstyle"), use_default_template=False
    )
)
# Colours of up to seven variants, after Okabe and Ito 2008, without their oranges.
VARIANT_COLOURS = ("#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#333333", "#B8A800", "#7A4FA0")
MARKERS = "osD^vPX"  # of variants, for readers who see no colours
WIDTH = 7.0  # inches: the text width of a letter page
MAX_LABELS = 9  # numbers next to each other, or legend entries beside a figure two inches high

# In legends: a run, a mean, and the chosen run.
SMALL: dict[str, Any] = {"ms": 4}
LARGE: dict[str, Any] = {"ms": 8}
RING = LARGE | {"mfc": "none", "mec": REAL_COLOUR}

MAX_FLATTENED = 2.5  # how many times longer a few values may make the axis of the others


@mpl.rc_context(STYLE)
def save_svg(figure: Figure, path: str | Path) -> None:
    """Write `figure` as SVG with text as outlines, so that it looks the same everywhere."""
    figure.savefig(text := StringIO(), format="svg", metadata={"Date": None, "Creator": None})
    write_whole(path, text.getvalue().encode())


def palette(settings: Iterable[Setting]) -> dict[Setting, str]:
    """Return a colour for each setting: by variant if there are several, else by latent size."""
    settings = list(settings)
    by_variant = Names.of(settings).variants
    keys = [setting.variant if by_variant else setting.latent_size for setting in settings]
    ordered = list(dict.fromkeys(keys)) if by_variant else sorted(set(keys))
    if by_variant and len(ordered) <= len(VARIANT_COLOURS):
        shades = list(VARIANT_COLOURS)
    else:
        viridis = sns.color_palette("viridis", as_cmap=True)
        shades = [to_hex(viridis(place)) for place in np.linspace(0, 0.78, len(ordered))]
    colours = dict(zip(ordered, shades, strict=False))
    return {setting: colours[key] for setting, key in zip(settings, keys, strict=True)}


def markers(settings: Iterable[Setting]) -> dict[Setting, str]:
    """Return a marker for each setting, by its variant."""
    settings = list(settings)
    variants = list(dict.fromkeys(setting.variant for setting in settings))
    places = {variant: place % len(MARKERS) for place, variant in enumerate(variants)}
    return {setting: MARKERS[places[setting.variant]] for setting in settings}


def name_colours(figure: Figure, colours: Mapping[Setting, str]) -> None:
    """Add a legend of colours and markers beside a figure some two inches high."""
    key, shapes = Names.of(colours).keys[0], markers(colours)
    entries = {str(getattr(setting, key)): setting for setting in colours}
    marks = [
        Line2D(
            [], [], color=colours[setting], marker=shapes[setting], ls="", markersize=5, label=label
        )
        for label, setting in entries.items()
    ]
    figure.legend(
        handles=marks,
        title=key.replace("_", " "),
        loc="outside right center",
        ncols=math.ceil(len(marks) / MAX_LABELS),
        handletextpad=0.1,
        columnspacing=0.6,
    )


def draw_scale(axes: Axes, floor: float) -> None:
    """Draw the score's 0 and 1 on an axis of scores from `floor`, whatever scores it shows."""
    top = max(axes.get_ylim()[1], 1.05)
    axes.set_ylim(min(floor, -0.1) - 0.08 * (top - floor), top)
    look: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    look |= {"ha": "right", "va": "top", "fontsize": 8, "color": REAL_COLOUR}
    for value, words in enumerate(("0: cross-fade", "1: optimal transport")):
        axes.axhline(value, color=REAL_COLOUR, lw=1, ls=":")
        axes.annotate(words, (1, value), (-2, -2), **look)


def lowest_shown(values: Iterable[float], at_most: float = math.inf) -> float:
    """Return the lowest value to draw, `at_most` or less.

    It is the lowest of all, unless it would make the axis MAX_FLATTENED times as long as more than
    half of the values need. Then it is the lowest that does not; `mark_beyond` writes the others.
    """
    known = sorted(value for value in values if math.isfinite(value))
    top = max(known[-1], at_most) if math.isfinite(at_most) else known[-1]
    for value in known[: (len(known) + 1) // 2]:
        floor = min(value, at_most)
        if 0 < MAX_FLATTENED * (top - floor) < top - known[0]:
            return floor
    return min(known[0], at_most)


def mark_beyond(axes: Axes, place: float, text: str, side: str, lines_down: int = 0) -> Annotation:
    """Write what lies beyond an edge of the axes, with an arrow towards it.

    `side` is left, right, bottom or top, and `place` is in data coordinates along that side.
    """
    is_beside = side in ("left", "right")
    at = {"left": 0.01, "right": 0.99, "bottom": 0.02, "top": 0.98}[side]
    arrow = {"left": "◂ {}", "right": "{} ▸", "bottom": "▾ {}", "top": "▴ {}"}[side]
    return axes.annotate(
        arrow.format(text),
        (at, place) if is_beside else (place, at),
        (0, -11 * lines_down),
        xycoords=axes.get_yaxis_transform() if is_beside else axes.get_xaxis_transform(),
        textcoords="offset points",
        ha=side if is_beside else "center",
        va="center" if is_beside else side,
        fontsize=8.5,
        color=QUIET_COLOUR,
    )


def legend_above(axes: Axes, looks: Mapping[str, dict[str, Any]]) -> None:
    """Add a legend in a line above the axes, at the right: the looks of marks by their labels."""
    quiet: dict[str, Any] = {"color": QUIET_COLOUR, "marker": "o", "ls": ""}
    marks = [Line2D([], [], label=label, **quiet | look) for label, look in looks.items()]
    spaces = {"handlelength": 1.4, "handletextpad": 0.5, "columnspacing": 1.6, "borderaxespad": 0.2}
    axes.legend(handles=marks, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(marks), **spaces)


def wide_figure(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the text's width and `height` inches, and its axes."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def note(text: str) -> Figure:
    """Return a line of text in place of a figure that would be empty."""
    figure, axes = wide_figure(0.5)
    axes.set_axis_off()
    axes.text(0, 0.5, text, va="center")
    return figure
