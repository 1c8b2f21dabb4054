"""Figures are the same each time, whatever style the user's Matplotlib has."""

from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from made_up_results import write_results
from made_up_sweep import choose, sweep

from vaesweep.documents.comparison_figures import FIGURES
from vaesweep.figures import grids
from vaesweep.figures.style import save_svg

# Each changes the figures, or stops them, where it is not overridden.
MATPLOTLIBRC = {
    "axes.facecolor": "black",
    "axes.unicode_minus": False,
    "font.family": "serif",
    "font.size": 20,
    "lines.linewidth": 5,
    "pdf.compression": 0,
    "savefig.bbox": "tight",
    "savefig.facecolor": "red",
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "text.color": "white",
    "text.usetex": True,
}


def drawn(folder: Path) -> dict[str, bytes]:
    """All figures of a made-up sweep, and the grids of a run, as files."""
    compared = sweep({(size, seed): size / 10 for size in (2, 8) for seed in range(3)})
    results = write_results(folder, compared, choose(compared), "MNIST")
    files = {}
    for name, draw in FIGURES.items():
        save_svg(draw(results), folder / name)
        files[name] = (folder / name).read_bytes()
        assert b"dc:date" not in files[name]
    frames = np.zeros((10, 9, 28, 28), np.uint8)
    names = [("1", "2")] * 10
    grids.save_pdf(grids.draw_page(frames, names, "Title", "note", "a4"), pdf := BytesIO())
    grids.save_png(grids.draw_preview(frames, names, "Title", "note"), folder / "png")
    return files | {"pdf": pdf.getvalue(), "png": (folder / "png").read_bytes()}


def test_a_matplotlibrc_changes_no_figure(tmp_path: Path) -> None:
    expected = drawn(tmp_path / "plain")
    with mpl.rc_context(MATPLOTLIBRC):
        assert drawn(tmp_path / "styled") == expected
