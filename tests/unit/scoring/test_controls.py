"""Control paths, which a score must not be fooled by, and other paths through the codes."""

import numpy as np
import pytest
import torch

from vaesweep.comparison.columns import OTHER_PATHS, RECORDS
from vaesweep.interpolation import spherical, straight
from vaesweep.scoring.controls import control_paths, geodesic, nearest_images, other_paths
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


def test_every_control_has_a_frame_for_each_step(paths):
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


def small_model(hidden, latent_size, seed):
    model = VAE(Architecture("mlp", (hidden,), latent_size))
    model.initialise(0, torch.Generator().manual_seed(seed), torch.full((784,), 0.3))
    return model


@pytest.mark.parametrize(("path", "other"), [("straight", "spherical"), ("spherical", "straight")])
def test_other_paths_are_all_but_that_of_the_runs(path, other):
    model = small_model(16, 3, 0)
    ends = np.random.default_rng(0).integers(0, 256, (2, 2, 28, 28), np.uint8)
    found = other_paths(model, ends, 5, path, Judge(0, 10))
    assert list(found) == [other, "geodesic_pixels", "geodesic_features"]
    assert set(found) < set(OTHER_PATHS)
    assert all(frames.shape == (2, 5, 28, 28) for frames in found.values())
    if other == "spherical":
        codes = model.encode_images(ends)
        arc = model.decode_images(spherical(codes[:, 0], codes[:, 1], 5))
        assert (found[other] == arc).all()


def energy(model, codes, inner, features):
    whole = np.concatenate([codes[:, :1], inner, codes[:, 1:]], axis=1)
    decoded = features(model.decode_images(whole) / 255.0)
    return (np.diff(decoded, axis=1) ** 2).reshape(len(codes), -1).sum(1)


@pytest.mark.parametrize("rows", [slice(28), slice(14)])
def test_along_a_geodesic_images_change_less_than_on_the_straight_line(rows):
    model = small_model(32, 2, 1)
    codes = np.random.default_rng(0).normal(0, 3, (6, 2, 2)).astype(np.float32)
    line = straight(codes[:, 0], codes[:, 1], 5)
    if rows == slice(28):
        found = geodesic(model, codes, 5)
    else:
        found = geodesic(model, codes, 5, lambda images: images[:, 0, rows].flatten(1))
    before = energy(model, codes, line, lambda x: x[..., rows, :])
    after = energy(model, codes, found, lambda x: x[..., rows, :])
    assert found.shape == line.shape and (after < before).all()
