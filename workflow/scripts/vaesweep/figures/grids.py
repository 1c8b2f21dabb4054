"""The figures of the assignment: each row is a pair of test images and their interpolates."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from vaesweep.data.splits import Images
from vaesweep.figures import tiles
from vaesweep.figures.tiles import DEFAULTS, QUIET_COLOUR, REAL_COLOUR, text_inches
from vaesweep.files import write_whole
from vaesweep.runs import Names, Run
from vaesweep.words import counted

PAPER_INCHES = {"us-letter": (8.5, 11.0), "a4": (210 / 25.4, 297 / 25.4)}
PAGE_MARGIN = 0.5

PREVIEW_DPI = 120
PREVIEW_TILE = 84 / PREVIEW_DPI  # exactly three screen pixels for each of the 28 pixels
PREVIEW_MARGIN = 0.1
PREVIEW_COLOURS = 48

# Smallest gaps between tiles, in tiles.
GAP_IN_ROW = 0.04
GAP_BESIDE_REAL = 0.14
GAP_BETWEEN_ROWS = 0.09

TITLE_HEIGHT = 0.32
HEADER_HEIGHT = 0.22
LABEL_WIDTH = 0.26
TITLE_SIZE = 13
NOTE_SIZE = 8.5

RowNames = Sequence[tuple[str, str]]  # classes of the first and the last image of each row


@dataclass(frozen=True)
class Layout:
    """Positions of the tiles of a grid, in inches from the figure's upper left corner."""

    width: float
    height: float
    margin: float
    tile: float
    repeat: int
    lefts: NDArray[np.float64]
    tops: NDArray[np.float64]


def paths_note(columns: int, dataset: str, run: Run, variants: bool) -> str:
    """Return the note next to the title; it names the run, with its variant if `variants`."""
    interpolates = counted(columns - 2, "interpolate")
    name = Names(variants, sizes=True).run(run)
    return f"{interpolates} between {dataset} test images  ·  {name}"


def draw_page(frames: Images, names: RowNames, title: str, note: str, paper: str) -> Figure:
    """Draw paths as large as fits on a page of `paper` with half-inch margins.

    `frames` are (rows, columns, height, width). The first and the last column are real images,
    labelled with `names`. The note is written to the right of the title.
    """
    width, height = PAPER_INCHES[paper]
    return _draw(frames, names, title, note, _fill(frames.shape, width, height, PAGE_MARGIN, 10))


def draw_preview(frames: Images, names: RowNames, title: str, note: str) -> Figure:
    """Draw paths for a screen, as small as is sharp; the arguments are those of `draw_page`."""
    rows, columns = frames.shape[:2]
    headings = text_inches(title, 1.15 * TITLE_SIZE) + text_inches(note, NOTE_SIZE)
    width = max(PREVIEW_TILE * _tiles_across(columns), headings)
    width += 2 * (PREVIEW_MARGIN + LABEL_WIDTH)
    height = 2 * PREVIEW_MARGIN + TITLE_HEIGHT + HEADER_HEIGHT + PREVIEW_TILE * _tiles_down(rows)
    layout = _fill(frames.shape, width, height, PREVIEW_MARGIN, 3)
    return _draw(frames, names, title, note, layout)


@mpl.rc_context(DEFAULTS)
def save_png(figure: Figure, path: str | Path) -> None:
    """Write `figure` as a small PNG whose bytes depend on nothing but the figure.

    With few colours it takes a third of the bytes: the HTML report has two such pictures per run.
    Pillow's other methods are off by 14 to 58 of 255 grey levels; this one by at most 8.
    """
    figure.savefig(whole := BytesIO(), format="png", dpi=PREVIEW_DPI)
    picture = Image.open(whole).convert("RGB")
    method = Image.Quantize.MAXCOVERAGE
    picture = picture.quantize(PREVIEW_COLOURS, method=method, dither=Image.Dither.NONE)
    picture.save(packed := BytesIO(), format="png", optimize=True)
    write_whole(path, packed.getvalue())


@mpl.rc_context(DEFAULTS | {"pdf.fonttype": 42})
def save_pdf(figure: Figure, path: BytesIO) -> None:
    """Write `figure` as a vector PDF with embedded fonts and no creation time."""
    figure.savefig(path, format="pdf", metadata={"CreationDate": None})


def _tiles_across(columns: int) -> float:
    return columns + GAP_IN_ROW * (columns - 3) + 2 * GAP_BESIDE_REAL


def _tiles_down(rows: int) -> float:
    return rows + GAP_BETWEEN_ROWS * (rows - 1)


def _fill(
    shape: tuple[int, ...], width: float, height: float, margin: float, repeat: int
) -> Layout:
    """Lay out the largest tiles that fit; spare room goes into the gaps."""
    rows, columns = shape[:2]
    left, top = margin + LABEL_WIDTH, margin + TITLE_HEIGHT + HEADER_HEIGHT
    grid_width, grid_height = width - 2 * left, height - top - margin
    tile = min(grid_width / _tiles_across(columns), grid_height / _tiles_down(rows))
    spare = (grid_width - tile * _tiles_across(columns)) / (columns - 1)
    gaps = np.full(columns - 1, GAP_IN_ROW * tile + spare)
    gaps[[0, -1]] = GAP_BESIDE_REAL * tile + spare
    lefts = left + np.concatenate([[0], np.cumsum(tile + gaps)])
    tops = top + np.linspace(0, grid_height - tile, rows)
    # At whole pixels of the screen.
    lefts = np.round(lefts * PREVIEW_DPI) / PREVIEW_DPI
    tops = np.round(tops * PREVIEW_DPI) / PREVIEW_DPI
    return Layout(width, height, margin, tile, repeat, lefts, tops)


@mpl.rc_context(DEFAULTS)
def _draw(frames: Images, names: RowNames, title: str, note: str, layout: Layout) -> Figure:
    figure = Figure(figsize=(layout.width, layout.height))
    axes = tiles.inch_axes(figure)
    _write_headings(axes, title, note, frames.shape[1], layout)
    for row, top in zip(frames, layout.tops, strict=True):
        for image, left in zip(row, layout.lefts, strict=True):
            tiles.tile_image(axes, image, left, top, layout.tile, layout.repeat)
        for left in (layout.lefts[0], layout.lefts[-1]):
            tiles.frame_real(axes, left, top, layout.tile, line=1.5)
    for (first, last), top in zip(names, layout.tops, strict=True):
        middle = top + layout.tile / 2
        _write_name(axes, first, layout.margin + 0.02, middle, "left", layout.tile)
        _write_name(axes, last, layout.width - layout.margin - 0.02, middle, "right", layout.tile)
    return figure


def _write_name(axes: Axes, name: str, x: float, y: float, side: str, tile: float) -> None:
    """Write a class next to its image: upright if short, else along the tile's side."""
    style: dict[str, Any] = {"va": "center", "ha": side, "color": REAL_COLOUR}
    size = 13.0 if len(name) == 1 else 9.5  # must not touch the frame
    if len(name) > 2:
        size = min(8.5, size * tile / text_inches(name, 1.15 * size))
        style |= {"rotation": 90, "rotation_mode": "default"}
    axes.text(x, y, name, fontsize=size, fontweight="bold", **style)


def _write_headings(axes: Axes, title: str, note: str, columns: int, layout: Layout) -> None:
    top = layout.margin + 0.13
    axes.text(layout.lefts[0], top, title, va="center", fontsize=TITLE_SIZE, fontweight="bold")
    right = layout.lefts[-1] + layout.tile
    room = right - layout.lefts[0] - text_inches(title, 1.15 * TITLE_SIZE)
    note_size = min(NOTE_SIZE, NOTE_SIZE * room / text_inches(note, NOTE_SIZE))
    axes.text(right, top, note, va="center", ha="right", fontsize=note_size, color=QUIET_COLOUR)
    size = min(NOTE_SIZE, max(5.0, 13 * layout.tile))
    base = layout.tops[0] - 0.07
    inner = [f"t = {label}" for label in tiles.step_labels(columns)[1:-1]]
    pitch = layout.lefts[-1] / max(1, columns - 1)
    labels = ["test image", *tiles.readable(inner, size, pitch), "test image"]
    if text_inches(labels[0], 1.2 * size) > 1.5 * pitch:  # would touch its neighbours
        labels = ["t = 0", *([""] * len(inner)), "1"]
    for k, (label, left) in enumerate(zip(labels, layout.lefts, strict=True)):
        text = axes.text(left + layout.tile / 2, base, label, ha="center", fontsize=size)
        if k in (0, columns - 1):
            text.set(color=REAL_COLOUR, fontweight="bold")
