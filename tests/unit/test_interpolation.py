"""Interpolates: evenly spaced, nearest first, between test images that are left as they are."""

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
    read_frames,
    spherical,
    straight,
)
from vaesweep.training.model import VAE, Architecture


def codes(*values):
    return np.array(values, np.float32)


def test_seven_points_between_two_codes():
    path = straight(codes(0, 8), codes(8, 0), 7)
    assert path.tolist() == [[float(k), 8.0 - k] for k in range(1, 8)]


def test_a_spherical_path_keeps_its_length_and_turns_evenly():
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
def test_every_path_can_be_walked_backwards(name):
    random = np.random.default_rng(0)
    a, b = random.standard_normal((2, 5, 8), np.float32)
    there, back = PATHS[name].points(a, b, 6), PATHS[name].points(b, a, 6)
    assert there.shape == (5, 6, 8) and there.dtype == np.float32
    assert there == pytest.approx(back[:, ::-1], abs=1e-6)


def test_cross_fade_by_hand():
    start, end = np.full((1, 2, 2), 0, np.uint8), np.full((1, 2, 2), 200, np.uint8)
    assert cross_fade(start, end, 3)[0, :, 0, 0].tolist() == [50, 100, 150]


def test_frames_of_other_pairs_are_refused(tmp_path):
    path = tmp_path / "interpolations.npz"
    frames, ends = np.zeros((3, 5, 28, 28), np.uint8), np.zeros((3, 2, 28, 28), np.uint8)
    write_arrays(path, frames=frames, reconstructions=ends)
    assert read_frames(path, 3)[0].shape == frames.shape
    with pytest.raises(UserError, match=r"npz: frames is uint8 \(3, 5, 28, 28\), expected"):
        read_frames(path, 4)


def adopted(folder, steps=3, changed=None, row=None, side=0, cut=None):
    """Adopt frames of three pairs, of which one test image may be another, or the file cut."""
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
    pairs = pd.DataFrame({"index_a": [0, 4, 2], "index_b": [3, 1, 2]})
    frames = np.zeros((3, 5, 28, 28), np.uint8)
    frames[:, 0], frames[:, -1] = images[pairs["index_a"]], images[pairs["index_b"]]
    if row is not None:
        frames[row:, side, 5, 5] ^= 1
    arrays = {"frames": frames, "reconstructions": frames[:, [0, -1]]} | (changed or {})
    path = folder / "pca.npz"
    write_arrays(path, **arrays)
    path.write_bytes(path.read_bytes()[:cut])
    taken = read_external(str(path), images, pairs, steps)
    return all((own == arrays[name]).all() for own, name in zip(taken, arrays, strict=True))


def test_frames_from_elsewhere_are_taken_as_they_are(tmp_path):
    assert adopted(tmp_path)


OTHERS = np.zeros((3, 5, 28, 28), np.uint8)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"changed": {"frames": OTHERS[:2]}}, "frames is uint8 (2, 5, 28, 28), expected uint8 (3"),
        ({"changed": {"frames": OTHERS / 255}}, "frames is float64 (3, 5, 28, 28), expected uint8"),
        ({"changed": {"reconstructions": OTHERS}}, "reconstructions is uint8 (3, 5, 28, 28), exp"),
        (
            {"steps": 7},
            "frames has 5 columns, expected 9: the test images and, as interpolation.st",
        ),
        (
            {"row": 1},
            "the first frame of row 1 is not test image 4, which results/pairs.csv has as",
        ),
        (
            {"row": 2, "side": -1},
            "the last frame of row 2 is not test image 2, which results/pairs",
        ),
        ({"cut": -900}, "not a readable .npz file"),
        ({"cut": 0}, "not a readable .npz file"),
    ],
)
def test_frames_from_elsewhere_that_do_not_fit_are_named(tmp_path, changes, said):
    with pytest.raises(UserError) as caught:
        adopted(tmp_path, **changes)
    text = str(caught.value)
    assert text.startswith(f"{tmp_path}/pca.npz: ") and said in text and "\n" not in text
    assert text.endswith("See docs/external.md for how such a file is made.")


def test_frames_hold_the_test_images_at_their_ends():
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
    pairs = pd.DataFrame({"index_a": [0, 4, 2], "index_b": [3, 1, 2]})
    model = VAE(Architecture("mlp", (8,), 2))
    model.initialise(0, torch.Generator().manual_seed(0), torch.full((784,), 0.3))
    frames, reconstructions = interpolate(model, images, pairs, 7)
    assert frames.shape == (3, 9, 28, 28) and frames.dtype == np.uint8
    assert reconstructions.shape == (3, 2, 28, 28)
    assert (frames[:, 0] == images[[0, 4, 2]]).all()
    assert (frames[:, 8] == images[[3, 1, 2]]).all()
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
