"""Known paths, compared with the images that they are made of."""

import numpy as np
import pytest

from vaesweep.errors import UserError
from vaesweep.files import write_arrays
from vaesweep.scoring.references import KNOWN_PATHS, known_paths, read_references


def test_a_known_path_passes_through_its_image_and_keeps_its_ink(mnist):
    images, _ = mnist["test"]
    paths = known_paths(images[:200], 7)
    assert paths.shape == (KNOWN_PATHS, 9, 28, 28)
    flat = {image.tobytes() for image in images[:200]}
    assert all(path[4].tobytes() in flat for path in paths)
    assert len({path[4].tobytes() for path in paths}) == KNOWN_PATHS
    ink = paths.sum((2, 3), dtype=float)
    # Images are scaled by up to 15 % from end to end, so by half of that on either side.
    assert np.abs(ink / ink[:, 4:5] - 1).max() < 0.25
    change = np.abs(np.diff(paths.astype(float), axis=1)).sum((2, 3))
    assert change.min() > 0 and (paths == known_paths(images[:200], 7)).all()


def test_few_images_give_few_known_paths(mnist):
    images, _ = mnist["test"]
    assert len(known_paths(images[:3], 2)) == 3


def test_a_disc_only_moves_by_the_shift():
    """It is turned about the centre of the picture, and shifted by at most half a pixel."""
    grid = np.arange(28) - 13.5
    disc = np.where(np.hypot(grid[:, None], grid) < 8, 255, 0).astype(np.uint8)
    [path] = known_paths(disc[None], 7)
    for frame in path:
        total = frame.sum(dtype=float)
        place = [frame.sum(axis) @ grid / total for axis in (0, 1)]
        assert np.abs(place).max() < 0.6


def test_references_of_other_pairs_are_refused(tmp_path):
    path = str(tmp_path / "references.npz")
    between = np.zeros((4, 7, 28, 28), np.uint8)
    known = np.zeros((2, 5, 28, 28), np.uint8)
    write_arrays(path, cross_fade=between, transport=between, known_paths=known)
    ends = np.zeros((5, 2, 28, 28), np.uint8)
    assert read_references(path, ends[:4], 7)["known_paths"].shape == known.shape
    for pairs, steps in ((5, 7), (4, 6)):
        with pytest.raises(UserError, match=r"references\.npz: cross_fade is .* expected"):
            read_references(path, ends[:pairs], steps)
