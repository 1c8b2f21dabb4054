"""Diagnostics, against closed forms."""

import numpy as np
import pytest

from vaesweep.scoring.axes import blurred_distance
from vaesweep.scoring.diagnostics import frechet_distance, known_path_errors
from vaesweep.scoring.references import known_paths
from vaesweep.scoring.transport import wasserstein_distance


class Atlas:
    """Encodes each frame of known paths as its path's number and a place from 0 to 1 on it.

    A code decodes to the frame of `shown` that is nearest to its place.
    """

    def __init__(self, paths, shown, places):
        self.codes = {
            frame.tobytes(): (number, place)
            for number, path in enumerate(paths)
            for frame, place in zip(path, places, strict=True)
        }
        self.shown = shown

    def encode_images(self, images):
        codes = [self.codes[image.tobytes()] for image in images.reshape(-1, 28, 28)]
        return np.array(codes, np.float32).reshape(*images.shape[:2], 2)

    def decode_images(self, codes):
        path, place = np.rint(codes * [1, self.shown.shape[1] - 1]).astype(int).transpose(2, 0, 1)
        return self.shown[path, place]


EVEN = np.linspace(0, 1, 9)


@pytest.fixture(scope="module")
def paths(mnist):
    return known_paths(mnist["test"][0], 7, 5)


def test_a_model_that_knows_the_paths_has_no_error(paths):
    errors = known_path_errors(Atlas(paths, paths, EVEN), paths, "straight")
    assert list(errors.values()) == pytest.approx([0, 0, 0], abs=1e-4)


def test_what_is_lost_in_encoding_is_no_error_of_interpolation(paths):
    shown = np.concatenate([np.repeat(paths[:, :1], 8, axis=1), paths[:, -1:]], axis=1)
    errors = known_path_errors(Atlas(paths, shown, EVEN), paths, "straight")
    expected = wasserstein_distance(shown[:, 1:-1], paths[:, 1:-1]).mean()
    assert errors["known_path_error"] == pytest.approx(expected)
    assert errors["known_path_reconstruction"] == pytest.approx(expected)
    assert expected > 0.5
    assert errors["known_path_interpolation"] == 0


def test_interpolation_is_judged_by_the_true_images_encoded_and_decoded(paths):
    """Here these are the ends alone, so that the true path is wrong by its distance from them."""
    errors = known_path_errors(Atlas(paths, paths, EVEN > 0.5), paths, "straight")
    assert errors["known_path_error"] == pytest.approx(0, abs=1e-4)
    ends = paths[:, [0, 0, 0, 0, -1, -1, -1]]
    expected = blurred_distance(paths[:, 1:-1], ends).mean()
    expected /= blurred_distance(paths[:, 0], paths[:, -1]).mean()
    assert errors["known_path_interpolation"] == pytest.approx(expected)
    assert 0.1 < expected < 0.5


def test_a_collapsed_model_has_no_interpolation(paths):
    shown = np.broadcast_to(paths[0, 4], paths.shape)
    errors = known_path_errors(Atlas(paths, shown, EVEN), paths, "straight")
    assert errors["known_path_interpolation"] is None
    assert errors["known_path_reconstruction"] == errors["known_path_error"] > 0.5


def test_frechet_distance_of_known_moments():
    generator = np.random.default_rng(0)
    a = generator.normal(0, 1, (50000, 3))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(a, a + np.array([3.0, 0, 0])) == pytest.approx(9)
    # Equal means: sum over axes of (standard deviation a - standard deviation b)^2.
    assert frechet_distance(a, a * [1.0, 2.0, 3.0]) == pytest.approx(0 + 1 + 4, rel=0.02)
