"""What all figures of the comparison share: type, lines, colours, and how they are written.

The palette runs from dark to light with the latent size, or is Okabe and Ito's for variants, and is
told apart with any colour vision; orange is kept for the chosen run and for what is not decoded.
"""

import math
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from vaesweep.figures.tiles import REAL_COLOUR
from vaesweep.files import workflow_path, write_whole
from vaesweep.runs import Names, Setting

STYLE = sns.axes_style("ticks") | mpl.rc_params_from_file(
    workflow_path("templates/figures.mplstyle"), use_default_template=False
)
# Of variants, up to so many: after Okabe and Ito 2008, without their oranges.
VARIANTS = ("#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#333333", "#B8A800", "#7A4FA0")
MARKERS = "osD^vPX"  # of variants, without colours
WIDTH = 7.0  # inches: the text width of a letter page
# Of numbers beside each other, and of lines of text beside a figure of two inches.
MAX_LABELS = 9
CONTRAST = 4.5  # of text with white


@mpl.rc_context(STYLE)
def save_svg(figure: Figure, path: str | Path) -> None:
    """Write `figure` as SVG with text as outlines, so that it looks the same everywhere."""
    figure.savefig(text := StringIO(), format="svg", metadata={"Date": None, "Creator": None})
    small = re.sub(r"(data:image/png;base64,)([\w+/=\s]+)", _smaller, text.getvalue())
    write_whole(path, small.encode())


def _smaller(embedded: re.Match[str]) -> str:
    """Write a grey picture with one byte a pixel, where matplotlib writes four."""
    picture = Image.open(BytesIO(b64decode(embedded[2]))).convert("RGB")
    grey = picture.convert("L")
    smaller = grey if grey.convert("RGB") == picture else picture
    smaller.save(packed := BytesIO(), format="png", optimize=True)
    return embedded[1] + b64encode(packed.getvalue()).decode("ascii")


def palette(settings: Iterable[Setting]) -> dict[Setting, str]:
    """Return a colour for each setting: of its variant, or, of one, the larger the lighter."""
    every = list(settings)
    names = Names.of(every)
    keys = [getattr(setting, names.keys[0]) for setting in every]
    ordered = list(dict.fromkeys(keys)) if names.variants else sorted(set(keys))
    shades = sns.color_palette("viridis", as_cmap=True)
    colours = {key: shades(0.78 * k / max(len(ordered) - 1, 1)) for k, key in enumerate(ordered)}
    if names.variants and len(ordered) <= len(VARIANTS):
        colours = dict(zip(ordered, VARIANTS, strict=False))
    return {setting: to_hex(colours[key]) for setting, key in zip(every, keys, strict=True)}


def markers(settings: Iterable[Setting]) -> dict[Setting, str]:
    """Return a marker for each setting, of its variant."""
    every = list(settings)
    variants = list(dict.fromkeys(setting.variant for setting in every))
    return {each: MARKERS[variants.index(each.variant) % len(MARKERS)] for each in every}


def ink(colour: str) -> str:
    """Darken a colour until text in it is read on white: a contrast of 4.5 as in WCAG 2.2.

    >>> ink("#000000"), ink("#ffffff")
    ('#000000', '#767676')
    """
    shade = np.array(to_rgb(colour))
    while True:
        linear = np.where(shade <= 0.04045, shade / 12.92, ((shade + 0.055) / 1.055) ** 2.4)
        if 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= CONTRAST:
            return to_hex(tuple(shade))
        shade *= 0.98


def name_colours(figure: Figure, colours: Mapping[Setting, str]) -> None:
    """Name what colours and markers tell apart, beside a figure some two inches high."""
    key, shapes = Names.of(colours).keys[0], markers(colours)
    named = {str(getattr(each, key)): (colour, shapes[each]) for each, colour in colours.items()}
    marks = [
        Line2D([], [], color=colour, marker=shape, linestyle="", markersize=5, label=label)
        for label, (colour, shape) in named.items()
    ]
    columns = math.ceil(len(marks) / MAX_LABELS)
    spaces: dict[str, Any] = {"handletextpad": 0.1, "columnspacing": 0.6, "ncols": columns}
    spaces["title"] = key.replace("_", " ")
    figure.legend(handles=marks, loc="outside right center", **spaces)


def draw_reference(axes: Axes, value: float, words: str, above: bool = False) -> None:
    """Draw a level that readers compare with, named at the right end, above or below the line."""
    axes.axhline(value, color=REAL_COLOUR, lw=1, ls=":")
    style: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "fontsize": 8}
    style |= {"xytext": (-2, 2 if above else -2), "va": "bottom" if above else "top"}
    axes.annotate(words, (1, value), xycoords=("axes fraction", "data"), color=REAL_COLOUR, **style)


def draw_scale(axes: Axes) -> None:
    """Draw what a score's 0 and 1 are on an axis of scores, whatever they are."""
    bottom, top = axes.get_ylim()
    axes.set_ylim(min(bottom, -0.2), max(top, 1.05))
    draw_reference(axes, 0, "0: cross-fade")
    draw_reference(axes, 1, "1: optimal transport")


def wide_figure(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the text's width and its only axes; `height` in inches."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def note(text: str) -> Figure:
    """Return a line in place of a figure that has nothing to show."""
    figure, axes = wide_figure(0.5)
    axes.set_axis_off()
    axes.text(0, 0.5, text, va="center")
    return figure
