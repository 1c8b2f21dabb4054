"""Optimal-transport paths that are known by hand, and those of an exact solver."""

import numpy as np
import ot
import pytest

from vaesweep.interpolation import fractions
from vaesweep.scoring.barycentres import barycentres
from vaesweep.scoring.transport import wasserstein_distance


def bar(row: int, column: int, level: int = 200) -> np.ndarray:
    image = np.zeros((28, 28), np.uint8)
    image[row : row + 6, column : column + 4] = level
    return image


def centre(images: np.ndarray) -> np.ndarray:
    grid, total = np.arange(28), images.sum((-1, -2), dtype=float)
    return np.stack([images.sum(axis) @ grid / total for axis in (-1, -2)], -1)


def test_a_shape_moves_evenly_and_stays_sharp():
    start, end = bar(4, 4), bar(12, 16)
    path = barycentres(start[None], end[None], 3)[0]
    assert centre(path) == pytest.approx(
        np.array([[8.5, 8.5], [10.5, 11.5], [12.5, 14.5]]), abs=0.1
    )
    assert wasserstein_distance(path[1], bar(8, 10)) < 0.3


def test_the_total_grey_changes_evenly():
    path = barycentres(bar(4, 4, 60)[None], bar(6, 6, 120)[None], 3)[0]
    assert path.sum((1, 2), dtype=float) / 24 == pytest.approx([75, 90, 105], rel=0.01)


def test_a_path_is_symmetric_and_independent_of_other_paths(mnist):
    images, _ = mnist["test"]
    a, b = images[:3], images[3:6]
    forward, backward = barycentres(a, b, 7), barycentres(b, a, 7)
    assert np.abs(forward.astype(int) - backward[:, ::-1]).max() <= 1
    assert (forward[:1] == barycentres(a[:1], b[:1], 7)).all()


def test_it_lies_where_exact_transport_puts_it(mnist):
    """Against McCann's interpolation of POT's exact plan, with its mass rounded to pixels."""
    images, _ = mnist["test"]
    grid = np.stack(np.meshgrid(range(28), range(28), indexing="ij"), -1).reshape(-1, 2)
    for a, b in zip(images[10:14], images[20:24], strict=True):
        masses = [image.ravel() / image.sum() for image in (a, b)]
        inked = [grid[mass > 0] for mass in masses]
        cost = ((inked[0][:, None] - inked[1]) ** 2).sum(-1).astype(float)
        plan = ot.emd(*(mass[mass > 0] for mass in masses), cost)
        for t, found in zip(fractions(3), barycentres(a[None], b[None], 3)[0], strict=True):
            places = (1 - t) * inked[0][:, None] + t * inked[1]
            exact = np.zeros((28, 28))
            np.add.at(exact, tuple(np.rint(places).astype(int).reshape(-1, 2).T), plan.ravel())
            exact = np.rint(255 * exact / exact.max()).astype(np.uint8)
            assert wasserstein_distance(found, exact) < 0.2 * wasserstein_distance(a, b)
