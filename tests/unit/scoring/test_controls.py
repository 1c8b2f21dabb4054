"""Controls: paths that a score must not be fooled by, and other ways through the codes."""

import numpy as np
import pytest
import torch

from vaesweep.comparison.columns import OTHER_PATHS, RECORDS
from vaesweep.interpolation import spherical
from vaesweep.scoring.controls import control_paths, nearest_images, other_paths
from vaesweep.scoring.judges import Judge
from vaesweep.training.model import VAE, Architecture


@pytest.fixture(scope="module")
def paths():
    generator = np.random.default_rng(0)
    frames = generator.integers(0, 256, (3, 9, 6, 6), dtype=np.uint8)
    train = generator.integers(0, 256, (20, 6, 6), dtype=np.uint8)
    train[7] = frames[1, 4]
    references = {"cross_fade": frames[:, 2:], "transport": frames[:, :7]}
    return frames, train, control_paths(frames, references, train)


def test_every_control_has_a_frame_for_each_mark(paths):
    frames, _, controls = paths
    assert list(controls) == list(RECORDS["controls"])
    assert all(path.shape == (3, 7, 6, 6) and path.dtype == np.uint8 for path in controls.values())
    assert (controls["transport"] == frames[:, :7]).all()


def test_hard_switch_jumps_once_half_way(paths):
    frames, _, controls = paths
    path = controls["hard_switch"]
    assert (path[:, :4] == frames[:, :1]).all() and (path[:, 4:] == frames[:, 8:]).all()


def test_nearest_training_image(paths):
    frames, train, controls = paths
    assert (controls["nearest_training_image"][1, 3] == frames[1, 4]).all()
    brute = [
        min(train, key=lambda t: ((t.astype(int) - q) ** 2).sum())
        for q in frames[0, 1:4].astype(int)
    ]
    assert (nearest_images(frames[0, 1:4], train) == np.stack(brute)).all()


def test_constant_image_is_the_mean_training_image(paths):
    _, train, controls = paths
    assert (controls["constant_image"] == np.rint(train.mean(axis=0))).all()


@pytest.mark.parametrize(("path", "other"), [("straight", "spherical"), ("spherical", "straight")])
def test_other_ways_are_all_but_the_runs_own(path, other):
    model = VAE(Architecture("mlp", (16,), 3))
    model.initialise(0, torch.Generator().manual_seed(0), torch.full((784,), 0.3))
    ends = np.random.default_rng(0).integers(0, 256, (2, 2, 28, 28), np.uint8)
    ways = other_paths(model, ends, 5, path, Judge(0, 10))
    assert list(ways) == [other, "geodesic_pixels", "geodesic_features"] and set(ways) < set(
        OTHER_PATHS
    )
    assert all(way.shape == (2, 5, 28, 28) for way in ways.values())
    if other == "spherical":
        codes = model.encode_images(ends)
        arc = model.decode_images(spherical(codes[:, 0], codes[:, 1], 5))
        assert (ways[other] == arc).all()
