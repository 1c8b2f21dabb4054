"""Sharp image tiles, framed where the image is real: the building blocks of all figures of paths.

Figures are plain `matplotlib.figure.Figure` objects. Without pyplot they start faster and keep no
global state.
"""

import math

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from vaesweep.data.splits import Images

REAL_COLOUR = "#B84E00"  # Okabe and Ito's vermillion, darkened until text in it is easy to read
QUIET_COLOUR = "#666666"
LABEL_COLOUR = "#444444"
# Matplotlib's own: a matplotlibrc of the user's changes no figure.
DEFAULTS = dict(mpl.rcParamsDefault)
LETTER_WIDTH = 0.6  # mean width of a letter of DejaVu Sans, in units of the font size


def inch_axes(figure: Figure) -> Axes:
    """Return frameless axes over the whole figure, in inches from its upper left corner."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(autoscale_on=False, xlim=(0, width), ylim=(height, 0))
    return axes


def tile_image(
    axes: Axes, image: Images, left: float, top: float, side: float, repeat: int
) -> None:
    """Draw a grey-level image as dark ink on white paper with sharp pixels.

    Every pixel is repeated `repeat` times in both directions. Otherwise viewers blur an image of 28
    by 28 pixels when they enlarge it, even if the file asks them not to.
    """
    ink = 255 - np.kron(image, np.ones((repeat, repeat), dtype=np.uint8))
    # RGB, because a colour map can be off by one level. Bottom row first, so that the PDF holds
    # the image upright.
    picture = np.stack([ink[::-1]] * 3, axis=-1)
    extent = (left, left + side, top + side, top)
    axes.imshow(picture, origin="lower", interpolation="none", extent=extent)


def frame_real(axes: Axes, left: float, top: float, side: float, line: float) -> None:
    """Frame the tile of a real image with a line `line` points wide."""
    pad = (line / 2 + 0.35) / 72  # the line must not cover pixels
    corner, outer = (left - pad, top - pad), side + 2 * pad
    axes.add_patch(Rectangle(corner, outer, outer, fill=False, ec=REAL_COLOUR, lw=line))


def step_labels(columns: int) -> list[str]:
    """Return the value of t of each column as a fraction, with 0 and 1 at the ends.

    >>> step_labels(5)
    ['0', '1/4', '2/4', '3/4', '1']
    """
    last = columns - 1
    return ["0", *(f"{k}/{last}" for k in range(1, last)), "1"]


def text_inches(text: str, size: float) -> float:
    """Estimate the width of a text set in `size` points."""
    return len(text) * size * LETTER_WIDTH / 72


def readable(labels: list[str], size: float, pitch: float) -> list[str]:
    """Blank the labels that would overlap when columns are `pitch` inches apart.

    The first and the last label stay.

    >>> readable(["0", "1/4", "2/4", "3/4", "1"], 9, 0.2)
    ['0', '', '2/4', '', '1']
    """
    widest = max(labels, key=len)
    step = math.ceil(text_inches(widest + " ", size) / pitch)
    last = len(labels) - 1
    kept = {last, *range(0, last - step + 1, step)}
    return [label if k in kept else "" for k, label in enumerate(labels)]
