"""Interpolates: evenly spaced, nearest first, between unchanged test images."""

import numpy as np
import pandas as pd
import pytest
import torch

from vaesweep.errors import UserError
from vaesweep.files import write_arrays
from vaesweep.interpolation import (
    PATHS,
    cross_fade,
    interpolate,
    read_external,
    spherical,
    straight,
)
from vaesweep.training.model import VAE, Architecture


def codes(*values):
    return np.array(values, np.float32)


def test_seven_points_between_two_codes():
    path = straight(codes(0, 8), codes(8, 0), 7)
    assert path.tolist() == [[float(k), 8.0 - k] for k in range(1, 8)]


def test_a_spherical_path_turns_evenly_and_changes_its_length_evenly():
    path = spherical(codes([2, 0]), codes([0, 2]), 3)[0]
    assert np.linalg.norm(path, axis=1) == pytest.approx([2, 2, 2])
    assert np.degrees(np.arctan2(path[:, 1], path[:, 0])) == pytest.approx([22.5, 45, 67.5])
    lengths = np.linalg.norm(spherical(codes(1, 0), codes(0, 3), 3), axis=1)
    assert lengths == pytest.approx([1.5, 2, 2.5])


@pytest.mark.parametrize("end", [(3, 0), (-1, 0), (1, 0), (0, 0)])
def test_a_spherical_path_is_straight_where_there_is_no_arc(end):
    start = codes(1, 0)
    assert np.isfinite(spherical(start, codes(*end), 3)).all()
    assert spherical(start, codes(*end), 3) == pytest.approx(straight(start, codes(*end), 3))


@pytest.mark.parametrize("name", PATHS)
def test_every_path_is_the_same_backwards(name):
    random = np.random.default_rng(0)
    a, b = random.standard_normal((2, 5, 8), np.float32)
    forward, backward = PATHS[name].points(a, b, 6), PATHS[name].points(b, a, 6)
    assert forward.shape == (5, 6, 8) and forward.dtype == np.float32
    assert forward == pytest.approx(backward[:, ::-1], abs=1e-6)


def test_cross_fade_by_hand():
    start, end = np.full((1, 2, 2), 0, np.uint8), np.full((1, 2, 2), 200, np.uint8)
    assert cross_fade(start, end, 3)[0, :, 0, 0].tolist() == [50, 100, 150]


IMAGES = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
THREE_PAIRS = pd.DataFrame({"index_a": [0, 4, 2], "index_b": [3, 1, 2]})


def write_external(path, **changes):
    """Write a file of an external model for THREE_PAIRS, with changed arrays."""
    frames = np.zeros((3, 5, 28, 28), np.uint8)
    frames[:, 0] = IMAGES[THREE_PAIRS["index_a"]]
    frames[:, -1] = IMAGES[THREE_PAIRS["index_b"]]
    arrays = {"frames": frames, "reconstructions": frames[:, [0, -1]]} | changes
    write_arrays(path, **arrays)
    return arrays


def test_external_frames_are_taken_as_they_are(tmp_path):
    arrays = write_external(tmp_path / "pca.npz")
    frames, reconstructions = read_external(str(tmp_path / "pca.npz"), IMAGES, THREE_PAIRS, 3)
    assert (frames == arrays["frames"]).all()
    assert (reconstructions == arrays["reconstructions"]).all()


def assert_refused(path, steps, message):
    with pytest.raises(UserError) as caught:
        read_external(str(path), IMAGES, THREE_PAIRS, steps)
    text = str(caught.value)
    assert text.startswith(f"{path}: ") and message in text and "\n" not in text
    assert text.endswith("See docs/external.md for how such a file is made.")


ZEROS = np.zeros((3, 5, 28, 28), np.uint8)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"frames": ZEROS[:, :4]},
            "frames has 4 columns, expected 5: the test images and, as inter",
        ),
        ({"frames": ZEROS[:2]}, "frames is uint8 (2, 5, 28, 28), expected uint8 (3"),
        ({"frames": ZEROS / 255}, "frames is float64 (3, 5, 28, 28), expected uint8"),
        ({"reconstructions": ZEROS}, "reconstructions is uint8 (3, 5, 28, 28), exp"),
    ],
)
def test_external_arrays_of_another_shape_or_type_are_refused(tmp_path, changes, message):
    write_external(tmp_path / "pca.npz", **changes)
    assert_refused(tmp_path / "pca.npz", 3, message)


@pytest.mark.parametrize(
    ("row", "end", "message"),
    [
        (1, 0, "the first frame of row 1 is not test image 4, the index_a of that row in results"),
        (2, -1, "the last frame of row 2 is not test image 2, the index_b of that row in results"),
    ],
)
def test_external_frames_with_other_ends_are_refused(tmp_path, row, end, message):
    frames = write_external(tmp_path / "pca.npz")["frames"]
    frames[row:, end, 5, 5] ^= 1
    write_external(tmp_path / "pca.npz", frames=frames)
    assert_refused(tmp_path / "pca.npz", 3, message)


def test_frames_have_the_test_images_at_their_ends():
    model = VAE(Architecture("mlp", (8,), 2))
    model.initialise(0, torch.Generator().manual_seed(0), torch.full((784,), 0.3))
    frames, reconstructions = interpolate(model, IMAGES, THREE_PAIRS, 7)
    assert frames.shape == (3, 9, 28, 28) and frames.dtype == np.uint8
    assert reconstructions.shape == (3, 2, 28, 28)
    assert (frames[:, 0] == IMAGES[[0, 4, 2]]).all()
    assert (frames[:, 8] == IMAGES[[3, 1, 2]]).all()
    # The path from an image to itself never leaves its reconstruction.
    assert (frames[2, 1:8] == reconstructions[2, 0]).all()


def test_frames_are_the_decoded_codes():
    images = np.random.default_rng(1).integers(0, 256, (2, 28, 28), dtype=np.uint8)
    model = VAE(Architecture("mlp", (8,), 2))
    model.initialise(0, torch.Generator().manual_seed(0), torch.full((784,), 0.3))
    frames, _ = interpolate(model, images, pd.DataFrame({"index_a": [0], "index_b": [1]}), 3)
    with torch.no_grad():
        codes, _ = model.encode(torch.from_numpy(images).view(1, 2, 784) / 255)
        quarter = codes[0, 0] + 0.25 * (codes[0, 1] - codes[0, 0])
        expected = torch.sigmoid(model.decode(quarter.view(1, 1, 2))).view(28, 28)
    assert np.abs(frames[0, 1] - 255 * expected.numpy()).max() <= 0.51
