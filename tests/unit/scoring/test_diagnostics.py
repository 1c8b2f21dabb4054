"""Diagnostics, against closed forms."""

import numpy as np
import pytest

from vaesweep.scoring.diagnostics import frechet_distance, known_path_error, linear_probe
from vaesweep.scoring.references import known_paths
from vaesweep.scoring.transport import wasserstein_distance


class Atlas:
    """A model that encodes an end as a path's number and a place on it, and decodes `shown`."""

    def __init__(self, paths, shown):
        self.ends = {}
        for number, path in enumerate(paths):
            self.ends[path[0].tobytes()] = (number, 0)
            self.ends[path[-1].tobytes()] = (number, 1)
        self.shown = shown

    def encode_images(self, images):
        flat = [self.ends[image.tobytes()] for image in images.reshape(-1, 28, 28)]
        return np.array(flat, np.float32).reshape(*images.shape[:2], 2)

    def decode_images(self, codes):
        path, place = np.rint(codes * [1, self.shown.shape[1] - 1]).astype(int).transpose(2, 0, 1)
        return self.shown[path, place]


def test_known_path_error_is_zero_for_a_model_that_knows_the_paths(mnist):
    images, _ = mnist["test"]
    paths = known_paths(images, 7, 5)
    assert known_path_error(Atlas(paths, paths), paths, "straight") < 1e-4
    still = np.repeat(paths[:, :1], 9, axis=1)
    expected = wasserstein_distance(still[:, 1:-1], paths[:, 1:-1]).mean()
    assert known_path_error(Atlas(paths, still), paths, "straight") == pytest.approx(expected)
    assert expected > 0.5


def test_frechet_distance_of_known_moments():
    generator = np.random.default_rng(0)
    a = generator.normal(0, 1, (50000, 3))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(a, a + np.array([3.0, 0, 0])) == pytest.approx(9)
    # Equal means: sum over axes of (standard deviation a - standard deviation b)^2.
    assert frechet_distance(a, a * [1.0, 2.0, 3.0]) == pytest.approx(0 + 1 + 4, rel=0.02)


def test_linear_probe_finds_linear_classes_and_nothing_in_noise():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 3000).astype(np.uint8)
    linear = np.eye(3)[labels] * [1000, 1, 0.001]  # the scale of a code does not matter
    noise, constant = generator.normal(0, 1, (3000, 2)), np.ones((3000, 1))

    def accuracy(codes):
        return linear_probe(codes[:1500], labels[:1500], codes[1500:], labels[1500:])

    assert accuracy(np.concatenate([linear, noise, constant], axis=1)) == 1
    assert accuracy(noise) == pytest.approx(1 / 3, abs=0.05)
