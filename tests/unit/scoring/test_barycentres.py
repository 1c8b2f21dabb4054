"""Optimal-transport paths that one can tell by hand, and one of an exact solver."""

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


def test_a_shape_moves_evenly_and_keeps_its_own():
    start, end = bar(4, 4), bar(12, 16)
    path = barycentres(start[None], end[None], 3)[0]
    assert centre(path) == pytest.approx(
        np.array([[8.5, 8.5], [10.5, 11.5], [12.5, 14.5]]), abs=0.1
    )
    # Debiased: the moved shape is as sharp as the two.
    assert wasserstein_distance(path[1], bar(8, 10)) < 0.3


def test_grey_goes_evenly_from_the_one_to_the_other():
    path = barycentres(bar(4, 4, 60)[None], bar(6, 6, 120)[None], 3)[0]
    assert path.sum((1, 2), dtype=float) / 24 == pytest.approx([75, 90, 105], rel=0.01)


def test_the_way_back_is_the_way(mnist):
    images, _ = mnist["test"]
    a, b = images[:3], images[3:6]
    forth, back = barycentres(a, b, 7), barycentres(b, a, 7)
    assert np.abs(forth.astype(int) - back[:, ::-1]).max() <= 1
    assert (forth[:1] == barycentres(a[:1], b[:1], 7)).all()  # whatever is beside it


def test_it_lies_where_exact_transport_puts_it(mnist):
    """McCann's interpolation of POT's exact plan, whose mass lies between pixels, rasterised."""
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
            apart = wasserstein_distance(a, b)
            assert wasserstein_distance(found, exact) < 0.2 * apart
