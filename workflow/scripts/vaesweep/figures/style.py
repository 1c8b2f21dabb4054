"""What all figures of the comparison share: type, lines, colours, and how they are written.

The palette runs from dark to light with the latent size and is told apart with any colour vision;
orange is kept for the chosen run and for what is not decoded.
"""

import math
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from vaesweep.files import write_whole

STYLE: dict[Any, Any] = sns.axes_style("ticks") | {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#999999",
    "axes.linewidth": 0.8,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 9,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "font.family": ["DejaVu Sans"],
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.7,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.labelcolor": "black",
    "ytick.labelcolor": "black",
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "font.size": 9,
    "svg.hashsalt": "vaesweep",  # else the ids inside the file are random
}
WIDTH = 7.0  # inches: the text width of a letter page
# Of numbers beside each other, and of lines of text beside a figure of two inches.
MOST_LABELS = 9


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
    if grey.convert("RGB") == picture:
        picture = grey
    picture.save(packed := BytesIO(), format="png", optimize=True)
    return embedded[1] + b64encode(packed.getvalue()).decode("ascii")


def palette(latent_sizes: Iterable[int]) -> dict[int, str]:
    """Return a colour for each latent size, the larger the lighter."""
    ordered = sorted(set(latent_sizes))
    count = max(len(ordered), 2)
    shades = sns.color_palette("viridis", as_cmap=True)
    return {size: to_hex(shades(0.78 * k / (count - 1))) for k, size in enumerate(ordered)}


def name_colours(figure: Figure, colours: Mapping[int, str]) -> None:
    """Name the latent sizes beside a figure some two inches high."""
    marks = [
        Line2D([], [], color=colour, marker="o", linestyle="", markersize=5, label=str(size))
        for size, colour in colours.items()
    ]
    columns = math.ceil(len(marks) / MOST_LABELS)
    spaces: dict[str, Any] = {"handletextpad": 0.1, "columnspacing": 0.6, "ncols": columns}
    figure.legend(handles=marks, title="latent size", loc="outside right center", **spaces)


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
