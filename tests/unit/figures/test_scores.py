"""The figures that compare: every run is there, and nothing overprints."""

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from vaesweep.comparison.tables import family_of
from vaesweep.figures import likelihood, paths, scores, style
from vaesweep.runs import Run, Setting, runs_of, settings_of

PARTS = {"transport": "transport T", "ghost_free": "ghost-free G"}
SCALE = pd.DataFrame({"same": [0.5, 0.9], "different": [0.4, 0.8]}, ["cross_fade", "transport"])
WORDS = {"hard_switch": "switch halfway", "another": "another"}


def tables(sizes=(2, 8, 32), seeds=3, variants=("vae",)):
    parts = ("transport", "ghost_free", "class_path", "quality", "score")
    columns = [f"{part}_{kind}" for part in parts for kind in ("same", "different")]
    rng = np.random.default_rng(1)
    runs = pd.DataFrame(
        [
            Run(variant, size, seed)._asdict()
            | {"score": rng.random(), "neg_elbo": 100 + size}
            | {column: rng.random() for column in columns}
            for variant in variants
            for size in sizes
            for seed in range(seeds)
        ]
    )
    means = runs.groupby(["variant", "latent_size"], sort=False).mean().drop(columns="seed")
    means = means.reset_index()
    return runs, means.assign(score_low=means["score"] - 0.1, score_high=means["score"] + 0.1)


CONTROLS = pd.DataFrame(
    {
        "control": ["hard_switch", "another"],
        "quality_same": [0.5, 0.0],
        "quality_different": [0.4, 0.0],
        "score": [-0.1, 0.0],
        "score_low": [-0.12, -0.01],
        "score_high": [-0.08, 0.01],
    }
)
PAIRS = pd.DataFrame(
    [
        {"set": which, "kind": kind, "row": row, "digit_a": row % 10, "digit_b": row % 10}
        for which in ("display", "score")
        for kind in ("same", "different")
        for row in range(10)
    ]
)
CHOSEN = Run("vae", 8, 0)._asdict()
DIFFERENCES = pd.DataFrame(
    {
        "variant_a": "vae",
        "latent_size_a": [2, 2, 8],
        "variant_b": "vae",
        "latent_size_b": [8, 16, 16],
        "family": "latent_size",
        "difference": [-0.05, -0.06, -0.01],
        "low": [-0.06, np.nan, -0.02],
        "high": [-0.04, np.nan, 0.01],
        "p_holm": [0.0001, np.nan, 0.3],
        "tied": [False, None, True],
    }
)


def svg(figure, folder):
    style.save_svg(figure, folder / "figure.svg")
    return (folder / "figure.svg").read_text(encoding="utf-8")


def test_palette_gets_lighter_with_the_latent_size():
    colours = style.palette(Setting("vae", size) for size in (64, 2, 16, 8))
    ordered = [colours["vae", size] for size in (2, 8, 16, 64)]
    lightness = [np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722]) for colour in ordered]
    assert (np.diff(lightness) > 0.05).all()


def test_score_figure_has_each_run_as_a_point_and_marks_the_chosen_one():
    runs, sizes = tables()
    chosen = runs.iloc[4]
    figure = scores.score_by_latent_size(runs, sizes, chosen)
    (axes,) = figure.axes
    *points, ring = (collection.get_offsets() for collection in axes.collections)
    assert sorted(np.concatenate(points)[:, 1]) == pytest.approx(sorted(runs["score"]))
    assert ring.tolist() == [[pytest.approx(points[1][1][0]), pytest.approx(chosen["score"])]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "8", "32"]


def test_figures_stand_runs_that_diverged_and_sizes_without_interval(tmp_path):
    runs, sizes = tables(sizes=(2, 8), seeds=1)
    runs.loc[0, runs.columns[3:]] = np.nan
    sizes.loc[0, sizes.columns[2:]] = np.nan
    sizes["score_low"] = np.nan
    for figure in (
        scores.score_by_latent_size(runs, sizes, CHOSEN),
        likelihood.neg_elbo_and_score(runs),
        scores.quality_parts(runs, sizes, SCALE, PARTS, "digit"),
        scores.controls(sizes, CONTROLS, WORDS, "digit"),
    ):
        assert "<svg" in svg(figure, tmp_path)


def test_display_rows_take_the_same_pairs_for_every_latent_size():
    frames = {}
    for size in (2, 16):
        values = np.arange(len(PAIRS)) + size
        frames[Setting("vae", size)] = np.broadcast_to(
            values[:, None, None, None], (40, 9, 28, 28)
        ).astype("u1")
    colours = dict(zip(frames, ("blue", "red"), strict=True))
    figure = paths.display_rows(PAIRS, frames, colours, "digit", "0123456789")
    shown = [255 - int(image.get_array()[0, 0, 0]) for image in figure.axes[0].get_images()[::9]]
    expected = [2, 4, 10, 11]  # the places of the four display pairs in pairs.csv
    assert shown == [place + size for place in expected for size in (2, 16)]


def test_best_median_and_worst_are_display_rows_by_score(tmp_path):
    own = pd.DataFrame(
        {
            "set": ["display"] * 4 + ["score"],
            "kind": ["same"] * 5,
            "row": [0, 1, 2, 3, 0],
            "score": [0.1, 0.4, -0.2, 0.3, 0.9],
        }
    )
    rows = paths.ranked_rows(own, "same")
    assert {name: row["row"] for name, row in rows.items()} == {"best": 1, "median": 3, "worst": 2}
    both = pd.concat([own, own.assign(kind="different")], ignore_index=True)
    frames = np.arange(10, dtype=np.uint8)[:, None, None, None].repeat(9, 1)
    frames = frames.repeat(28, 2).repeat(28, 3)
    figure = paths.best_and_worst(both, both, frames, "digit")
    shown = [255 - int(image.get_array()[0, 0, 0]) for image in figure.axes[0].get_images()[::9]]
    assert shown == [1, 3, 2, 6, 8, 7]


def test_a_tie_of_two_sizes_is_pale():
    table = DIFFERENCES.iloc[2:].assign(difference=-0.001)
    mesh = scores.differences(table, CHOSEN).axes[0].collections[0]
    assert max(mesh.get_clim()) >= 0.02


def test_differences_show_each_two_sizes_once_as_row_less_column():
    axes = scores.differences(DIFFERENCES, CHOSEN).axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert texts == [
        "+0.050\n+0.040 to +0.060\np < 0.001",
        "+0.060",
        "+0.010\n−0.010 to +0.020\np = 0.300, tied",
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["8", "16"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "8"]


def test_many_latent_sizes_have_brief_differences():
    pairs = [(a, b) for b in range(1, 13) for a in range(1, b)]
    table = pd.DataFrame(pairs, columns=["latent_size_a", "latent_size_b"])
    table = table.assign(variant_a="vae", variant_b="vae", family="latent_size")
    table = table.assign(difference=0.01, low=0.0, high=0.02, p_holm=0.5, tied=True)
    table["tied"] = table["tied"].astype("boolean").mask(table.index == 0)
    axes = scores.differences(table, CHOSEN).axes[0]
    assert {text.get_text() for text in axes.texts} == {"(−0.010)", "−0.010?"}


def test_one_latent_size_has_no_differences_to_show():
    figure = scores.differences(DIFFERENCES.iloc[:0], CHOSEN)
    assert "There is nothing to compare" in figure.axes[0].texts[0].get_text()


def test_controls_stand_below_the_latent_sizes():
    _, sizes = tables()
    left, _ = scores.controls(sizes, CONTROLS, WORDS, "digit").axes
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
    assert len(likelihood.neg_elbo_and_score(runs).axes) == 2
    assert len(likelihood.neg_elbo_and_score(runs[runs.latent_size < 32]).axes) == 1


def differences_of(sizes):
    """differences.csv of a sweep of these rows of settings.csv."""
    rows = []
    for a, b in combinations(settings_of(sizes), 2):
        family = family_of(a, b)
        rows.append({**{f"{key}_a": value for key, value in a._asdict().items()}, "family": family})
        rows[-1] |= {f"{key}_b": value for key, value in b._asdict().items()}
    told = {"difference": 0.01, "low": 0.0, "high": 0.02, "p_holm": 0.01, "tied": False}
    return pd.DataFrame(rows).query("family != 'first'").assign(**told)


@pytest.mark.parametrize(
    ("variants", "sizes"),
    [
        (("vae", "conv.b", "beta-0.5"), (8, 16)),
        ([f"net-{k}" for k in range(8)], (8,)),
        (["vae"], range(2, 18)),
    ],
)
def test_figures_name_what_differs_and_nothing_else(variants, sizes):
    runs, settings = tables(sizes, variants=variants)
    chosen = runs.iloc[4]
    every = settings_of(settings)
    frames = dict.fromkeys(every[:10], np.zeros((len(PAIRS), 9, 28, 28), np.uint8))
    history = pd.DataFrame({"epoch": [1, 2], "neg_elbo": [150.0, 120.0]})
    colours = style.palette(every)
    drawn = {
        "score": scores.score_by_latent_size(runs, settings, chosen),
        "parts": scores.quality_parts(runs, settings, SCALE, PARTS, "digit"),
        "controls": scores.controls(settings, CONTROLS, WORDS, "digit"),
        "differences": scores.differences(differences_of(settings), chosen),
        "rows": paths.display_rows(PAIRS, frames, colours, "digit", "0123456789"),
        "likelihood": likelihood.neg_elbo_and_score(runs),
        "curves": likelihood.training_curves(dict.fromkeys(runs_of(runs), history)),
    }
    several = len(variants) > 1
    assert len(set(colours.values())) == (len(variants) if several else len(sizes))
    for name, figure in drawn.items():
        figure.canvas.draw()
        said = " ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())
        assert all(variant in said for variant in variants) == several, name
        assert (several or "variant" not in said) and "setting" not in said, name
        for axes in figure.axes:
            labels = [label for label in axes.get_xticklabels() if label.get_text()]
            boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.x0)
            assert all(left.x1 < right.x0 for left, right in pairwise(boxes)), name
    assert drawn["curves"].legends[0].get_title().get_text() == (
        "variant" if several else "latent size"
    )
    # Sizes of the chosen variant, and variants at the chosen size.
    panels = [axes.get_ylabel() for axes in drawn["differences"].axes[:-1]]
    assert panels == ["latent size"] * (len(sizes) > 1) + ["variant"] * several


def test_training_curves_take_every_run():
    history = pd.DataFrame({"epoch": [1, 2], "neg_elbo": [150.0, 120.0]})
    one = history[:1]
    runs = (Run("vae", 2, 0), Run("vae", 2, 1), Run("vae", 8, 0))
    figure = likelihood.training_curves(dict(zip(runs, (history, history, one), strict=True)))
    (axes,) = figure.axes
    assert [line.get_marker() for line in axes.lines] == ["", "", "o"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["2", "8"]


def test_training_curves_leave_out_epochs_that_diverged():
    history = pd.DataFrame({"epoch": [1, 2], "neg_elbo": [150.0, np.nan]})
    histories = {Run("vae", 2, 0): history, Run("vae", 8, 0): history[:0]}
    figure = likelihood.training_curves(histories)
    drawn = [line.get_xdata().tolist() for line in figure.axes[0].lines]
    assert drawn == [[1], []]


def test_training_curves_show_the_others_where_one_leaps_up():
    history = pd.DataFrame({"epoch": [1, 2], "neg_elbo": [150.0, 120.0]})
    leap = history.assign(neg_elbo=[160.0, 3e8])
    figure = likelihood.training_curves({Run("vae", 2, 0): history, Run("vae", 2, 1): leap})
    assert figure.axes[0].get_ylim()[1] == 240


def test_equal_tables_give_equal_svg_without_a_date(tmp_path):
    runs, _ = tables()
    first = svg(likelihood.neg_elbo_and_score(runs), tmp_path)
    assert first == svg(likelihood.neg_elbo_and_score(runs), tmp_path)
    assert "dc:date" not in first
