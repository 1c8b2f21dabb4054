"""Controls: paths that a score must not be fooled by."""

import numpy as np
import pytest

from vaesweep.scoring.controls import control_paths, nearest_images


@pytest.fixture(scope="module")
def paths():
    generator = np.random.default_rng(0)
    frames = generator.integers(0, 256, (3, 9, 6, 6), dtype=np.uint8)
    reconstructions = generator.integers(0, 256, (3, 2, 6, 6), dtype=np.uint8)
    train = generator.integers(0, 256, (20, 6, 6), dtype=np.uint8)
    train[7] = frames[1, 4]
    return frames, train, control_paths(frames, reconstructions, train)


def test_every_control_keeps_the_real_ends(paths):
    frames, _, controls = paths
    assert len(controls) == 4
    for path, own in controls.values():
        assert path.shape == frames.shape and path.dtype == np.uint8
        assert (path[:, [0, -1]] == frames[:, [0, -1]]).all()
        assert own.shape == (3, 2, 6, 6)


def test_hard_switch_jumps_once_half_way(paths):
    frames, _, controls = paths
    path, own = controls["hard_switch"]
    assert (path[:, 1:5] == frames[:, :1]).all() and (path[:, 5:8] == frames[:, 8:]).all()
    assert (own == frames[:, [0, 8]]).all()


def test_nearest_training_image(paths):
    frames, train, controls = paths
    assert (controls["nearest_training_image"][0][1, 4] == frames[1, 4]).all()
    brute = [
        min(train, key=lambda t: ((t.astype(int) - q) ** 2).sum())
        for q in frames[0, 1:4].astype(int)
    ]
    assert (nearest_images(frames[0, 1:4], train) == np.stack(brute)).all()


def test_constant_image_is_the_mean_training_image(paths):
    _, train, controls = paths
    path, own = controls["constant_image"]
    assert (path[:, 1:8] == np.rint(train.mean(axis=0))).all() and (own == path[:, 1:3]).all()
