"""The figures that compare: every run is there, names are those that vary, and no text overlaps."""

from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from made_up_results import write_results
from made_up_sweep import choose, sweep
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from vaesweep.documents.comparison_figures import FIGURES
from vaesweep.figures import likelihood, paths, scores, style
from vaesweep.runs import Names, Run, Setting, runs_of, settings_of


def compared(sizes=(2, 8, 32), variants=("vae",), seeds=3):
    rng = np.random.default_rng(1)
    return sweep({key: rng.random() for key in product(variants, sizes, range(seeds))})


CONTROLS = pd.DataFrame(
    {
        "control": ["hard_switch", "another"],
        "quality_same": [0.5, 0.0],
        "quality_different": [0.4, 0.0],
        "score": [-0.1, -4.5],
        "score_low": [-0.12, -4.6],
        "score_high": [-0.08, -4.4],
    }
)
PAIRS = pd.DataFrame(
    [
        {"set": which, "kind": kind, "row": row, "digit_a": row, "digit_b": row}
        for which in ("display", "score")
        for kind in ("same", "different")
        for row in range(10)
    ]
)
HISTORY = pd.DataFrame({"epoch": [1, 2], "neg_elbo": [150.0, 120.0]})


def test_the_palette_gets_lighter_with_the_latent_size():
    colours = style.palette(Setting("vae", size) for size in (64, 2, 16, 8))
    ordered = [colours["vae", size] for size in (2, 8, 16, 64)]
    lightness = [np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722]) for colour in ordered]
    assert (np.diff(lightness) > 0.05).all()


def test_the_score_figure_has_a_point_per_run_and_a_ring_at_the_chosen_one():
    made = compared()
    chosen = runs_of(made.runs)[4]
    (axes,) = scores.score_by_latent_size(made.runs, made.settings, chosen).axes
    *points, ring = (collection.get_offsets() for collection in axes.collections)
    assert sorted(np.concatenate(points)[:, 1]) == pytest.approx(sorted(made.runs["score"]))
    assert ring.tolist() == [[pytest.approx(points[1][1][0]), pytest.approx(made.runs["score"][4])]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "8", "32"]
    means = {text.get_text() for text in axes.texts}
    assert {f"+{mean:.3f}" for mean in made.settings["score"]} <= means


def test_scores_far_below_the_others_are_written_at_the_edge():
    made = sweep({(2, 0): -1.3, (2, 1): -1.2, (8, 0): 0.1, (16, 0): 0.3, (32, 0): 0.35})
    (axes,) = scores.score_by_latent_size(made.runs, made.settings, runs_of(made.runs)[4]).axes
    texts = {text.get_text(): text.xy for text in axes.texts}
    assert texts["▾ −1.250"][0] == pytest.approx(0.26) and "−1.250" not in texts
    assert -0.4 < axes.get_ylim()[0] < -0.1


@pytest.mark.parametrize(
    ("values", "at_most", "lowest"),
    [
        ([0.1, 0.3, 0.35, 0.36, -1.3], 0, 0),
        ([0.0, -0.05, -0.1, -1.0], np.inf, -0.1),
        ([0.3, -0.6], 0, -0.6),
        ([-1.2, -1.3, -1.8], 0, -1.8),  # 0 is on the axis
        ([0.1, 0.5], np.inf, 0.1),  # neither is the rule
        ([0.2, 0.2, np.nan], np.inf, 0.2),
    ],
)
def test_an_axis_ends_where_few_values_would_flatten_the_others(values, at_most, lowest):
    assert style.lowest_shown(values, at_most) == lowest


def test_display_rows_are_the_same_pairs_for_every_setting():
    frames = {}
    for size in (2, 16):
        values = (np.arange(len(PAIRS), dtype=np.uint8) + size)[:, None, None, None]
        frames[Setting("vae", size)] = np.broadcast_to(values, (len(PAIRS), 9, 28, 28))
    figure = paths.display_rows(PAIRS, frames, Names.of(frames), "digit", "0123456789")
    shown = [255 - int(image.get_array()[0, 0, 0]) for image in figure.axes[0].get_images()[::9]]
    expected = [2, 4, 10, 11]  # the places of the four display pairs in pairs.csv
    assert shown == [place + size for place in expected for size in (2, 16)]


def test_best_median_and_worst_are_display_rows_by_score():
    same = pd.DataFrame(
        {
            "set": ["display"] * 4 + ["score"],
            "kind": ["same"] * 5,
            "row": [0, 1, 2, 3, 0],
            "score": [0.1, 0.4, -0.2, 0.3, 0.9],
        }
    )
    rows = paths.ranked_rows(same, "same")
    assert {name: row["row"] for name, row in rows.items()} == {"best": 1, "median": 3, "worst": 2}
    both = pd.concat([same, same.assign(kind="different")], ignore_index=True)
    values = np.arange(10, dtype=np.uint8)[:, None, None, None]
    frames = np.broadcast_to(values, (10, 9, 28, 28))
    figure = paths.best_and_worst(both, both, frames, "digit")
    shown = [255 - int(image.get_array()[0, 0, 0]) for image in figure.axes[0].get_images()[::9]]
    assert shown == [1, 3, 2, 6, 8, 7]


def test_controls_are_below_the_settings_and_low_scores_at_the_edge():
    words = {"hard_switch": "switch halfway", "another": "another"}
    left, right = scores.controls(compared().settings, CONTROLS, words, "digit").axes
    names = [label.get_text() for label in left.get_yticklabels()]
    sizes = ["latent size 2", "latent size 8", "latent size 32"]
    assert names == [*sizes, "switch halfway", "another"]
    assert [text.get_text() for text in right.texts] == ["◂ −4.500"]


@pytest.mark.parametrize(
    ("variants", "sizes"),
    [
        (("vae", "conv.b", "beta-0.5"), (8, 16)),
        ([f"net-{k}" for k in range(8)], (8,)),
        (["vae"], range(2, 18)),
    ],
)
def test_figures_name_what_varies_and_nothing_else(variants, sizes, tmp_path):
    made = compared(sizes, variants, seeds=1)
    results = write_results(tmp_path, made, choose(made))
    colours = style.palette(settings_of(made.settings))
    several = len(variants) > 1
    assert len(set(colours.values())) == (len(variants) if several else len(sizes))
    for name, draw in FIGURES.items():
        if name in ("verdict", "best_and_worst", "score_scale"):  # do not name all settings
            continue
        figure = draw(results)
        figure.canvas.draw()
        texts = " ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())
        assert all(variant in texts for variant in variants) == several, name
        assert several or ("variant" not in texts and "setting" not in texts), name
        for axes in figure.axes:
            labels = [label for label in axes.get_xticklabels() if label.get_text()]
            boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.x0)
            assert all(left.x1 < right.x0 for left, right in pairwise(boxes)), name
        if name == "training_curves":
            title = figure.legends[0].get_title().get_text()
            assert title == ("variant" if several else "latent size")


def test_training_curves_have_a_line_per_run():
    runs = (Run("vae", 2, 0), Run("vae", 2, 1), Run("vae", 8, 0))
    histories = dict(zip(runs, (HISTORY, HISTORY, HISTORY[:1]), strict=True))
    figure = likelihood.training_curves(histories)
    (axes,) = figure.axes
    assert [line.get_marker() for line in axes.lines] == ["", "", "o"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["2", "8"]


def test_training_curves_leave_out_epochs_that_diverged():
    diverged = HISTORY.assign(neg_elbo=[150.0, np.nan])
    histories = {Run("vae", 2, 0): diverged, Run("vae", 8, 0): diverged[:0]}
    figure = likelihood.training_curves(histories)
    assert [line.get_xdata().tolist() for line in figure.axes[0].lines] == [[1], []]


def test_training_curves_stay_readable_if_a_run_explodes():
    exploded = HISTORY.assign(neg_elbo=[160.0, 3e8])
    figure = likelihood.training_curves({Run("vae", 2, 0): HISTORY, Run("vae", 2, 1): exploded})
    assert figure.axes[0].get_ylim()[1] == 240
