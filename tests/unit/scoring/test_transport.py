"""The Wasserstein distance on images whose distance is known."""

import numpy as np
import ot
import pytest

from vaesweep.scoring import transport
from vaesweep.scoring.transport import step_lengths, wasserstein_distance


def dot(row: int, column: int) -> np.ndarray:
    image = np.zeros((28, 28), np.uint8)
    image[row, column] = 255
    return image


@pytest.mark.parametrize(
    ("end", "distance"), [((5, 8), 3), ((8, 9), 5), ((27, 5), 22), ((27, 27), 22 * 2**0.5)]
)
def test_a_dot_moves_by_its_distance(end, distance):
    assert wasserstein_distance(dot(5, 5)[None], dot(*end)[None])[0] == pytest.approx(
        distance, rel=0.01
    )


def test_a_shifted_picture_moves_by_the_shift():
    blob = np.zeros((28, 28), np.uint8)
    blob[6:14, 8:12] = 200
    blob[9:11, 12:18] = 90
    shifted = np.roll(blob, (4, 3), (0, 1))
    assert wasserstein_distance(blob[None], shifted[None])[0] == pytest.approx(5, rel=0.01)


def test_equal_symmetric_and_finite():
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (4, 28, 28), dtype=np.uint8)
    blank = np.zeros((28, 28), np.uint8)
    a = np.stack([*images, blank, dot(0, 0), blank])
    b = np.stack([*images[::-1], dot(3, 3), dot(27, 27), np.full((28, 28), 255, np.uint8)])
    assert wasserstein_distance(a, a).max() < 1e-6
    forward, backward = wasserstein_distance(a, b), wasserstein_distance(b, a)
    assert np.allclose(forward, backward, atol=1e-9)
    assert np.isfinite(forward).all()
    # A blank image counts as evenly spread mass, like a white one.
    assert forward[-1] < 1e-6


def test_distances_have_the_leading_shape():
    frames = np.stack([[dot(4, 4 + 2 * k) for k in range(9)], [dot(4 + k, 9) for k in range(9)]])
    steps = wasserstein_distance(frames[:, :-1], frames[:, 1:])
    assert steps == pytest.approx(np.array([[2.0] * 8, [1.0] * 8]), rel=0.02)
    assert step_lengths(frames) == pytest.approx(steps, abs=1e-5)


def test_a_distance_does_not_depend_on_what_is_measured_beside_it(mnist):
    """Each pair decides how it is cropped; a pair with a blank image is not cropped."""
    images, _ = mnist["test"]
    a, b = images[:40].copy(), images[200:240]
    a[3] = a[7] = 0
    together = wasserstein_distance(a, b)
    for k in range(40):
        alone = wasserstein_distance(a[k], b[k])
        assert together[k] == pytest.approx(alone, abs=1e-5)


def test_costs_of_images_with_themselves_are_remembered_by_content(monkeypatch, mnist):
    images = mnist["test"][0][:6].copy()
    measured = []

    def counted(masses):
        measured.append(len(masses))
        return self_cost(masses)

    self_cost = transport._self_cost
    monkeypatch.setattr(transport, "_remembered", {})
    monkeypatch.setattr(transport, "_self_cost", counted)
    first = wasserstein_distance(images[:3], images[3:])
    assert sum(measured) == 6
    assert (wasserstein_distance(images[:3].copy(), images[3:]) == first).all()
    assert sum(measured) == 6, "the same images are measured once"
    images[0] = dot(3, 3)
    assert wasserstein_distance(images[:3], images[3:])[0] != first[0]
    assert sum(measured) == 9, "changed images are measured again"
    monkeypatch.setattr(transport, "MAX_REMEMBERED", 3)
    wasserstein_distance(images[1:3], images[4:])
    assert len(transport._remembered) == 3


def test_a_blank_image_is_mass_spread_over_all_pixels():
    """Also beside a dot in a corner, from which it once had no distance."""
    grid = np.arange(28)
    expected = np.sqrt(2 * (grid**2).mean())
    found = wasserstein_distance(np.zeros((28, 28), np.uint8), dot(0, 0))
    assert found == pytest.approx(expected, rel=0.03)


def test_agrees_with_an_exact_solver_on_digits(mnist):
    """POT's exact solver on 50 pairs of test images: within 5 % in mean and root mean square.

    Pairs less than two pixels apart differ by more: between two rasters, the exact distance counts
    a shift by half a pixel as half of the mass moving by a whole pixel.
    """
    images, _ = mnist["test"]
    a, b = images[:50], images[50:100]
    grid = np.stack(np.meshgrid(range(28), range(28), indexing="ij"), -1).reshape(-1, 2)
    cost = ((grid[:, None] - grid) ** 2).sum(-1).astype(float)

    def exact(x, y):
        p, q = x.ravel() / x.sum(), y.ravel() / y.sum()
        return ot.emd2(p[p > 0], q[q > 0], np.ascontiguousarray(cost[np.ix_(p > 0, q > 0)])) ** 0.5

    reference = np.array([exact(x, y) for x, y in zip(a, b, strict=True)])
    found = wasserstein_distance(a, b)
    assert abs((found / reference).mean() - 1) < 0.05
    assert np.sqrt(((found - reference) ** 2).mean() / (reference**2).mean()) < 0.05
    assert np.abs(found / reference - 1)[reference > 2].max() < 0.1
