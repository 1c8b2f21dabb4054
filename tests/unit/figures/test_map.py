"""The map: a point per run, the front, and labels that do not overlap."""

from itertools import combinations

import numpy as np
import pytest
from made_up_sweep import choose, sweep

from vaesweep.comparison.chosen import chosen_run
from vaesweep.comparison.front import front
from vaesweep.figures.map import X, Y, draw_map

AXES = {2: (0.9, 0.05), 8: (0.5, 0.2), 16: (0.3, 0.1), 32: (0.2, 0.3)}


def axes_of(compared):
    chosen = chosen_run(choose(compared))
    figure = draw_map(compared.runs, compared.settings, front(compared.settings), chosen)
    return figure.axes[0], chosen


def made(sizes, variants=("vae",), axes=None):
    scores = {(name, size, seed): 0.1 for name in variants for size in sizes for seed in range(3)}
    return sweep(scores, axes=axes)


def test_every_run_is_a_point_and_the_front_is_a_line():
    compared = made(AXES, axes=AXES)
    axes, chosen = axes_of(compared)
    *points, ring = [collection.get_offsets() for collection in axes.collections]
    runs, means = np.concatenate(points[::2]), np.concatenate(points[1::2])
    assert np.allclose(runs, compared.runs[[X, Y]]) and np.allclose(means, [*AXES.values()])
    assert ring.tolist() == [pytest.approx([*AXES[chosen.latent_size]])]
    assert axes.lines[0].get_xydata().tolist() == [pytest.approx(AXES[k]) for k in (32, 16, 2)]
    assert "better" in [text.get_text() for text in axes.texts]
    assert axes.get_xlim()[1] > 0.9 and axes.get_ylim()[1] > 0.3


def test_what_is_far_from_the_others_is_written_at_the_edge():
    axes, _ = axes_of(made([2, 4, 8, 16], axes=AXES | {2: (3.0, 0.1), 4: (0.4, 1.9)}))
    texts = [text.get_text() for text in axes.texts]
    assert {"2: 3.00 ▸", "▴ 4: 1.90"} < {*texts} and axes.get_xlim()[1] < 1 > axes.get_ylim()[1]


@pytest.mark.parametrize(
    ("sizes", "variants"),
    [([8], ["vae"]), (range(2, 22), ["vae"]), (range(4, 24, 2), ["vae", "acai", "conv"])],
)
def test_labels_do_not_overlap(sizes, variants):
    compared = made(sizes, variants)
    axes, _ = axes_of(compared)
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text() != "better"]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    assert "8" in [text.get_text() for text in axes.texts] or len(boxes) > 15


def test_collapsed_runs_have_no_place():
    compared = made([8, 16], axes={8: (0.5, np.nan), 16: (0.5, np.nan)})
    axes, _ = axes_of(compared)
    assert "No run has a place on the map" in axes.texts[0].get_text()
