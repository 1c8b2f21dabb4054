"""Images as sharp tiles on axes in inches, real ones framed: what all figures of paths are made of.

Nothing here imports pyplot: the figures are plain `matplotlib.figure.Figure` objects, which start
faster and keep no global state.
"""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from vaesweep.data.splits import Images

REAL_COLOUR = "#B84E00"  # Okabe and Ito's vermillion, dark enough for text; see `style.ink`
QUIET_COLOUR = "#666666"
# Width of a letter of DejaVu Sans over its size, in the mean.
LETTER = 0.6


def inch_axes(figure: Figure) -> Axes:
    """Return axes without frame over the whole figure, in inches from its upper left corner."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(autoscale_on=False, xlim=(0, width), ylim=(height, 0))
    return axes


def tile_image(
    axes: Axes, image: Images, left: float, top: float, side: float, repeat: int
) -> None:
    """Place a grey-level image as dark ink on white paper, each pixel a sharp square.

    Each pixel is written as `repeat` by `repeat` equal ones, because viewers smooth an image of
    28 by 28 pixels when they enlarge it, whatever the file asks for.
    """
    ink = 255 - np.kron(image, np.ones((repeat, repeat), dtype=np.uint8))
    # As RGB, since a colour map is one level off here and there. From the bottom up, since
    # the PDF then holds it upright.
    picture = np.stack([ink[::-1]] * 3, axis=-1)
    extent = (left, left + side, top + side, top)
    axes.imshow(picture, origin="lower", interpolation="none", extent=extent)


def frame_real(axes: Axes, left: float, top: float, side: float, line: float) -> None:
    """Frame a tile that holds a real image; `line` is the frame's width in points."""
    pad = (line / 2 + 0.35) / 72  # clear of the tile: the line must not hide pixels
    corner, outer = (left - pad, top - pad), side + 2 * pad
    axes.add_patch(Rectangle(corner, outer, outer, fill=False, ec=REAL_COLOUR, lw=line))


def step_labels(columns: int) -> list[str]:
    """Return the value of t of each column, as fractions, with 0 and 1 at the ends.

    >>> step_labels(5)
    ['0', '1/4', '2/4', '3/4', '1']
    """
    last = columns - 1
    return ["0", *(f"{k}/{last}" for k in range(1, last)), "1"]


def text_inches(text: str, size: float) -> float:
    """Return about how wide a text is, set in `size` points."""
    return len(text) * size * LETTER / 72


def readable(labels: list[str], size: float, pitch: float) -> list[str]:
    """Return the labels of columns `pitch` inches apart, those blank that would touch another.

    >>> readable(["0", "1/4", "2/4", "3/4", "1"], 9, 0.2)
    ['0', '', '2/4', '', '1']
    """
    every = math.ceil(text_inches(max(labels, key=len) + " ", size) / pitch)
    last = len(labels) - 1
    kept = {last, *range(0, last - every + 1, every)}
    return [label if k in kept else "" for k, label in enumerate(labels)]
