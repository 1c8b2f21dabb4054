import re
from io import BytesIO
from itertools import pairwise

import numpy as np
import pymupdf
import pytest
from matplotlib.image import imread

from vaesweep.figures import grids
from vaesweep.figures.grids import PAPER_INCHES
from vaesweep.runs import Run

STEPS = 7
DIGITS = [(str(row), str(9 - row)) for row in range(10)]
POINT = 72


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(0).integers(0, 256, (10, STEPS + 2, 28, 28), dtype=np.uint8)


def drawn_page(frames, paper="us-letter"):
    figure = grids.draw_page(frames, DIGITS[: len(frames)], "Same digit", "seed 1", paper)
    grids.save_pdf(figure, pdf := BytesIO())
    return pdf.getvalue()


@pytest.fixture(scope="module")
def letter(frames):
    return drawn_page(frames)


def tiles_of(pdf):
    """Return the images of a page as (box, grey levels), row by row."""
    document = pymupdf.open(stream=pdf)
    page = document[0]
    found = []
    for info in page.get_image_info(xrefs=True):
        pixels = pymupdf.Pixmap(document, info["xref"])
        grey = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, -1)
        found.append((pymupdf.Rect(info["bbox"]), grey[:, :, 0]))
    return sorted(found, key=lambda tile: (round(tile[0].y0), tile[0].x0))


def test_a_page_has_every_frame_in_its_place_with_sharp_pixels(frames, letter):
    tiles = tiles_of(letter)
    assert len(tiles) == 90
    for (box, pixels), frame in zip(tiles, frames.reshape(-1, 28, 28), strict=True):
        repeat = pixels.shape[0] // 28
        assert pixels.shape[1] / (box.width / POINT) >= 300, "pixels an inch"
        # Dark ink on white paper, every pixel a square of equal ones.
        np.testing.assert_array_equal(pixels, 255 - np.kron(frame, np.ones((repeat, repeat))))


@pytest.mark.parametrize("paper", ["us-letter", "a4"])
def test_the_figure_fills_the_page_inside_half_inch_margins(frames, paper):
    pdf = drawn_page(frames, paper)
    page = pymupdf.open(stream=pdf)[0]
    width, height = (inches * POINT for inches in PAPER_INCHES[paper])
    assert (page.rect.width, page.rect.height) == pytest.approx((width, height), abs=0.1)
    boxes = [box for box, _ in tiles_of(pdf)]
    grid = pymupdf.Rect(boxes[0].tl, boxes[-1].br)
    printable = pymupdf.Rect(36, 36, width - 36, height - 36)
    ink = pymupdf.Rect(grid)
    for block in page.get_text("blocks"):
        ink |= pymupdf.Rect(block[:4])
    assert ink in pymupdf.Rect(35, 35, width - 35, height - 35)
    assert grid.get_area() >= 0.8 * printable.get_area()
    assert all(box.width == pytest.approx(box.height, abs=0.1) for box in boxes)


def test_rows_columns_and_the_real_images_are_labelled(letter):
    text = pymupdf.open(stream=letter)[0].get_text().split("\n")
    assert "Same digit" in text and "seed 1" in text
    assert text.count("test image") == 2
    assert [f"t = {k}/8" in text for k in range(1, 8)] == [True] * 7
    assert sorted(line for line in text if re.fullmatch(r"\d", line)) == sorted(
        digit for pair in DIGITS for digit in pair
    )


def test_only_the_end_columns_are_framed(letter):
    page = pymupdf.open(stream=letter)[0]
    lines = [drawing["rect"] for drawing in page.get_drawings() if drawing["type"] == "s"]
    boxes = [box for box, _ in tiles_of(letter)]
    framed = [any(line.contains(box) for line in lines) for box in boxes]
    expected = [column in (0, STEPS + 1) for _ in range(10) for column in range(STEPS + 2)]
    assert framed == expected


@pytest.mark.parametrize("shape", [(10, 4), (3, 9), (5, 19)])
def test_other_numbers_of_steps_and_rows_fit_the_page(shape):
    frames = np.zeros((*shape, 28, 28), dtype=np.uint8)
    boxes = [box for box, _ in tiles_of(drawn_page(frames))]
    assert len(boxes) == shape[0] * shape[1]
    assert max(box.x1 for box in boxes) <= 576 and max(box.y1 for box in boxes) <= 756.5
    gaps = [after.x0 - before.x1 for before, after in pairwise(boxes[: shape[1]])]
    assert min(gaps) > 0


def test_a_preview_has_whole_pixels_and_a_moderate_size(frames, tmp_path):
    smooth = np.zeros_like(frames) + np.linspace(0, 255, 28).astype(np.uint8)
    figure = grids.draw_preview(smooth, DIGITS, "Same digit", "seed 1")
    grids.save_png(figure, tmp_path / "a.png")
    picture = np.round(imread(tmp_path / "a.png")[:, :, 0] * 255).astype(np.uint8)
    height, width = picture.shape
    assert 0.8 < width / height < 1
    assert max(width, height) <= 1000
    # The middle row crosses tiles, in which each pixel is three pixels wide.
    tile = np.repeat(255 - np.linspace(0, 255, 28).astype(np.uint8), 3)
    windows = np.lib.stride_tricks.sliding_window_view(picture[height // 2 - 20], 84)
    assert (np.abs(windows.astype(int) - tile) <= 8).all(axis=1).sum() == STEPS + 2


def test_the_note_counts_interpolates_and_names_the_run():
    run = Run("vae", 16, 3)
    note = grids.paths_note(9, "MNIST", run, variants=False)
    assert note == "7 interpolates between MNIST test images  ·  latent size 16, seed 3"
    assert "1 interpolate between" in grids.paths_note(3, "MNIST", run, variants=False)
    assert "vae, latent size 16" in grids.paths_note(3, "MNIST", run, variants=True)


def test_long_names_of_classes_run_along_their_tiles(frames):
    names = [("ankle boot", "bag")] * 10
    figure = grids.draw_page(frames, names, "Same class", "seed 1", "us-letter")
    boot = {text.get_text(): text for text in figure.axes[0].texts}["ankle boot"]
    assert boot.get_rotation() == 90 and boot.get_fontsize() < 9
    figure.canvas.draw()
    box = boot.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    assert box.height < 0.8 and box.x0 > 0.45


@pytest.mark.parametrize("steps", [1, 2, 4, 7, 40])
def test_headings_of_a_preview_do_not_touch(steps):
    frames = np.zeros((10, steps + 2, 28, 28), np.uint8)
    run = Run("a-name-as-long-as-it-may-be-here", 1024, 4294967295)
    note = grids.paths_note(steps + 2, "FashionMNIST", run, variants=True)
    figure = grids.draw_preview(frames, DIGITS, "Different classes", note)
    figure.canvas.draw()
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    headings = [text for text in texts if text.get_text() in ("Different classes", note)]
    labels = [text for text in texts if text.get_text().startswith("t")]
    for row in ([text.get_window_extent() for text in part] for part in (headings, labels)):
        row.sort(key=lambda box: box.x0)
        assert all(left.x1 < right.x0 for left, right in pairwise(row))
