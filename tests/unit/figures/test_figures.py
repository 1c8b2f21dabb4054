import re
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pymupdf
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from vaesweep.figures import evidence as evidence_figures
from vaesweep.figures import paths as path_figures
from vaesweep.figures import scores as comparison
from vaesweep.figures import style as house_style
from vaesweep.figures import tiles as figures
from vaesweep.figures.paper import PAPER_INCHES
from vaesweep.words import paths_title

STEPS = 7
DIGITS = [(row, 9 - row) for row in range(10)]
POINT = 72


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(0).integers(0, 256, (10, STEPS + 2, 28, 28), dtype=np.uint8)


def drawn_page(frames, paper="us-letter"):
    figure = figures.draw_page(frames, DIGITS[: len(frames)], "Same digit", "seed 1", paper)
    figures.save_pdf(figure, pdf := BytesIO())
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


def test_step_labels_are_the_fractions_of_the_assignment():
    assert figures.step_labels(9)[1:-1] == [f"{k}/8" for k in range(1, 8)]


def test_page_shows_every_frame_in_its_place_without_smoothing(frames, letter):
    tiles = tiles_of(letter)
    assert len(tiles) == 90
    for (_, pixels), frame in zip(tiles, frames.reshape(-1, 28, 28), strict=True):
        repeat = pixels.shape[0] // 28
        # Dark ink on white paper, every pixel a square of equal ones.
        np.testing.assert_array_equal(pixels, 255 - np.kron(frame, np.ones((repeat, repeat))))


def test_rendered_page_shows_the_test_images_at_both_ends(frames, letter):
    page = pymupdf.open(stream=letter)[0]
    boxes = [box for box, _ in tiles_of(letter)]
    for row in range(10):
        for column in (0, STEPS + 1):
            box = boxes[row * (STEPS + 2) + column]
            scale = 28 * 8 / box.width
            pixels = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), clip=box, alpha=False)
            seen = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
            # The middle of each of the 28 by 28 squares; clipping rounds to whole pixels.
            middle = seen[4::8, 4::8, 0][1:27, 1:27]
            expected = 255 - frames[row, column][1:27, 1:27]
            assert np.abs(middle.astype(int) - expected).max() <= 2


@pytest.mark.parametrize("paper", ["us-letter", "a4"])
def test_figure_fills_the_page_inside_half_inch_margins(frames, paper):
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


def test_pixels_are_at_least_300_to_the_inch(letter):
    for box, pixels in tiles_of(letter):
        assert pixels.shape[1] / (box.width / POINT) >= 300


def test_page_labels_rows_columns_and_the_real_images(letter):
    text = pymupdf.open(stream=letter)[0].get_text().split("\n")
    assert "Same digit" in text and "seed 1" in text
    assert text.count("test image") == 2
    assert [f"t = {k}/8" in text for k in range(1, 8)] == [True] * 7
    assert sorted(line for line in text if re.fullmatch(r"\d", line)) == sorted(
        str(digit) for pair in DIGITS for digit in pair
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


def test_preview_has_whole_pixels_and_a_moderate_size(frames, tmp_path):
    smooth = np.zeros_like(frames) + np.linspace(0, 255, 28).astype(np.uint8)
    figure = figures.draw_preview(smooth, DIGITS, "Same digit", "seed 1")
    figures.save_png(figure, tmp_path / "a.png")
    picture = np.round(imread(tmp_path / "a.png")[:, :, 0] * 255).astype(np.uint8)
    height, width = picture.shape
    assert 0.8 < width / height < 1
    assert max(width, height) <= 1000
    # Somewhere in the middle row there is a tile, three pixels for each of its own.
    tile = np.repeat(255 - np.linspace(0, 255, 28).astype(np.uint8), 3)
    windows = np.lib.stride_tricks.sliding_window_view(picture[height // 2 - 20], 84)
    assert (np.abs(windows.astype(int) - tile) <= 8).all(axis=1).sum() == STEPS + 2


def test_equal_frames_give_equal_files(frames, letter, tmp_path):
    for name in "ab":
        figure = figures.draw_preview(frames, DIGITS, "Same digit", "seed 1")
        figures.save_png(figure, tmp_path / f"{name}.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert drawn_page(frames) == letter


def test_headings_speak_of_digits_only_for_mnist():
    assert paths_title("same", "MNIST") == "Same digit"
    assert paths_title("different", "FashionMNIST") == "Different classes"
    assert "7 interpolates" in figures.paths_note(9, "MNIST", 16, 3)


# ------------------------------------------------------------------ comparison


def tables(sizes=(2, 8, 32), seeds=3):
    parts = ("evenness", "ghost_free", "class_path", "quality", "crossfade_quality", "gain")
    columns = [f"{part}_{kind}" for part in parts for kind in ("same", "different")]
    rng = np.random.default_rng(1)
    runs = pd.DataFrame(
        [
            {"latent_size": size, "seed": seed, "gain": rng.random(), "neg_elbo": 100 + size}
            | {column: rng.random() for column in columns}
            for size in sizes
            for seed in range(seeds)
        ]
    )
    means = runs.groupby("latent_size").mean().drop(columns="seed").reset_index()
    return runs, means.assign(gain_low=means["gain"] - 0.1, gain_high=means["gain"] + 0.1)


CONTROLS = pd.DataFrame(
    {
        "control": ["hard_switch", "another"],
        "quality_same": [0.5, 0.0],
        "quality_different": [0.4, 0.0],
        "gain": [-0.1, 0.0],
        "gain_low": [-0.12, -0.01],
        "gain_high": [-0.08, 0.01],
    }
)
DIFFERENCES = pd.DataFrame(
    {
        "latent_size_a": [2, 2, 8],
        "latent_size_b": [8, 16, 16],
        "difference": [-0.05, -0.06, -0.01],
        "low": [-0.06, np.nan, -0.02],
        "high": [-0.04, np.nan, 0.01],
        "p_holm": [0.0001, 0.04, 0.3],
        "tied": [False, False, True],
    }
)


def svg(figure, folder):
    house_style.save_svg(figure, folder / "figure.svg")
    return (folder / "figure.svg").read_text(encoding="utf-8")


def test_palette_gets_lighter_with_the_latent_size():
    colours = house_style.palette([64, 2, 16, 8])
    assert list(colours) == [2, 8, 16, 64]
    lightness = [np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722]) for colour in colours.values()]
    assert (np.diff(lightness) > 0.05).all()


def test_gain_figure_has_each_run_as_a_point_and_marks_the_chosen_one():
    runs, sizes = tables()
    chosen = runs.iloc[4]
    figure = comparison.gain_by_latent_size(
        runs, sizes, {"latent_size": chosen["latent_size"], "seed": chosen["seed"]}
    )
    (axes,) = figure.axes
    *points, ring = (collection.get_offsets() for collection in axes.collections)
    assert sorted(np.concatenate(points)[:, 1]) == pytest.approx(sorted(runs["gain"]))
    assert ring.tolist() == [[pytest.approx(points[1][1][0]), pytest.approx(chosen["gain"])]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "8", "32"]


def test_figures_stand_runs_that_diverged_and_sizes_without_interval(tmp_path):
    runs, sizes = tables(sizes=(2, 8), seeds=1)
    runs.loc[0, runs.columns[2:]] = np.nan
    sizes.loc[0, sizes.columns[1:]] = np.nan
    sizes["gain_low"] = np.nan
    chosen = {"latent_size": 8, "seed": 0}
    for figure in (
        comparison.gain_by_latent_size(runs, sizes, chosen),
        comparison.neg_elbo_and_gain(runs),
        comparison.quality_parts(runs, sizes, "MNIST"),
        evidence_figures.controls(sizes, CONTROLS, "MNIST"),
    ):
        assert "<svg" in svg(figure, tmp_path)


def test_display_rows_take_the_same_pairs_for_every_latent_size():
    pairs = pd.DataFrame(
        [
            {"set": which, "kind": kind, "row": row, "digit_a": row % 10, "digit_b": row % 10}
            for which in ("display", "score")
            for kind in ("same", "different")
            for row in range(10)
        ]
    )
    frames = {}
    for size in (16, 2):
        values = np.arange(len(pairs)) + size
        frames[size] = np.broadcast_to(values[:, None, None, None], (40, 9, 28, 28)).astype("u1")
    figure = path_figures.display_rows(pairs, frames, "MNIST")
    shown = [255 - int(image.get_array()[0, 0, 0]) for image in figure.axes[0].get_images()[::9]]
    expected = [2, 4, 10, 11]  # the places of the four display pairs in pairs.csv
    assert shown == [place + size for place in expected for size in (2, 16)]


def test_best_median_and_worst_are_display_rows_by_gain(tmp_path):
    scores = pd.DataFrame(
        {
            "set": ["display"] * 4 + ["score"],
            "kind": ["same"] * 5,
            "row": [0, 1, 2, 3, 0],
            "gain": [0.1, 0.4, -0.2, 0.3, 0.9],
        }
    )
    rows = path_figures.ranked_rows(scores, "same")
    assert {name: row["row"] for name, row in rows.items()} == {"best": 1, "median": 3, "worst": 2}
    both = pd.concat([scores, scores.assign(kind="different")], ignore_index=True)
    frames = np.arange(10, dtype=np.uint8)[:, None, None, None].repeat(9, 1)
    frames = frames.repeat(28, 2).repeat(28, 3)
    figure = path_figures.best_and_worst(both, both, frames, "MNIST")
    shown = [255 - int(image.get_array()[0, 0, 0]) for image in figure.axes[0].get_images()[::9]]
    assert shown == [1, 3, 2, 6, 8, 7]


def test_differences_show_each_two_sizes_once_as_row_less_column():
    axes = evidence_figures.differences(DIFFERENCES).axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert texts == [
        "+0.050\n+0.040 to +0.060\np < 0.001",
        "+0.060\np = 0.040",
        "+0.010\n−0.010 to +0.020\np = 0.300, tied",
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["8", "16"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "8"]


def test_many_latent_sizes_have_brief_differences():
    pairs = [(a, b) for b in range(1, 13) for a in range(1, b)]
    table = pd.DataFrame(pairs, columns=["latent_size_a", "latent_size_b"])
    table = table.assign(difference=0.01, low=0.0, high=0.02, p_holm=0.5, tied=True)
    axes = evidence_figures.differences(table).axes[0]
    assert {text.get_text() for text in axes.texts} == {"(−0.010)"}


def test_curves_of_many_latent_sizes_are_named_in_a_legend():
    history = pd.DataFrame({"epoch": [1, 2], "neg_elbo": [150.0, 120.0]})
    few, many = (
        comparison.training_curves({(size, 0): history for size in range(1, count)})
        for count in (6, 20)
    )
    assert few.axes[0].texts and not few.legends
    assert not many.axes[0].texts and len(many.legends[0].get_texts()) == 19


def test_one_latent_size_has_no_differences_to_show():
    figure = evidence_figures.differences(DIFFERENCES.iloc[:0])
    assert "One latent size" in figure.axes[0].texts[0].get_text()


def test_controls_stand_below_the_latent_sizes():
    _, sizes = tables()
    left, _ = evidence_figures.controls(sizes, CONTROLS, "MNIST").axes
    names = [label.get_text() for label in left.get_yticklabels()]
    assert names == [
        "latent size 2",
        "latent size 8",
        "latent size 32",
        "switch halfway",
        "another",
    ]


def test_a_closer_look_is_taken_where_one_size_lies_far_off():
    runs, _ = tables(sizes=(2, 8, 32))  # −ELBO 102, 108 and 132
    assert len(comparison.neg_elbo_and_gain(runs).axes) == 2
    assert len(comparison.neg_elbo_and_gain(runs[runs.latent_size < 32]).axes) == 1


def test_one_epoch_is_drawn_as_a_point():
    history = pd.DataFrame({"epoch": [1], "neg_elbo": [150.0]})
    (line,) = comparison.training_curves({(2, 0): history}).axes[0].lines
    assert line.get_marker() == "o"


def test_training_curves_take_every_run():
    history = pd.DataFrame({"epoch": [1, 2], "neg_elbo": [150.0, 120.0]})
    figure = comparison.training_curves({(2, 0): history, (2, 1): history, (8, 0): history})
    assert len(figure.axes[0].lines) == 3
    assert {text.get_text() for text in figure.axes[0].texts} == {"latent size 2", "latent size 8"}


def test_training_curves_leave_out_epochs_that_diverged():
    history = pd.DataFrame({"epoch": [1, 2], "neg_elbo": [150.0, np.nan]})
    nothing = history[:0]
    figure = comparison.training_curves({(2, 0): history, (8, 0): nothing})
    (line,) = figure.axes[0].lines
    assert line.get_xdata().tolist() == [1]


def test_equal_tables_give_equal_svg_without_a_date(tmp_path):
    runs, _ = tables()
    first = svg(comparison.neg_elbo_and_gain(runs), tmp_path)
    assert first == svg(comparison.neg_elbo_and_gain(runs), tmp_path)
    assert "dc:date" not in first


def test_pyplot_is_not_imported():
    folder = Path(figures.__file__).parent
    for path in folder.glob("*figures.py"):
        assert "pyplot" not in path.read_text("utf-8").replace("without using pyplot", "").replace(
            "Nothing here imports pyplot", ""
        )
