"""Views, against closed forms."""

import numpy as np
import pytest

from vaesweep.scoring.diagnostics import frechet_distance, known_path_error, linear_probe
from vaesweep.scoring.references import known_paths
from vaesweep.scoring.transport import wasserstein_distance


class Atlas:
    """A model whose codes are a path's number and a place on it, and which decodes `shown`."""

    def __init__(self, paths, shown):
        self.ends = {path[end].tobytes(): (k, -end) for k, path in enumerate(paths)
                     for end in (0, -1)}  # fmt: skip
        self.shown = shown

    def encode_images(self, images):
        flat = [self.ends[image.tobytes()] for image in images.reshape(-1, 28, 28)]
        return np.array(flat, np.float32).reshape(*images.shape[:2], 2)

    def decode_images(self, codes):
        path, place = np.rint(codes * [1, self.shown.shape[1] - 1]).astype(int).transpose(2, 0, 1)
        return self.shown[path, place]


def test_known_path_error_is_zero_for_who_knows_the_way(mnist):
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


def test_linear_probe_reads_what_lies_in_a_line_and_nothing_else():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 3000).astype(np.uint8)
    places = np.eye(3)[labels] * [1000, 1, 0.001]  # whatever the scale of a code
    noise, still = generator.normal(0, 1, (3000, 2)), np.ones((3000, 1))
    halves = slice(None, 1500), slice(1500, None)

    def accuracy(codes):
        fit, test = halves
        return linear_probe(codes[fit], labels[fit], codes[test], labels[test])

    assert accuracy(np.concatenate([places, noise, still], axis=1)) == 1
    assert accuracy(noise) == pytest.approx(1 / 3, abs=0.05)
