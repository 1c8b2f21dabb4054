"""The Fréchet distance, against closed forms."""

import numpy as np
import pytest

from vaesweep.scoring.views import frechet_distance


def test_frechet_distance_of_known_moments():
    generator = np.random.default_rng(0)
    a = generator.normal(0, 1, (50000, 3))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(a, a + np.array([3.0, 0, 0])) == pytest.approx(9)
    # Equal means: sum over axes of (standard deviation a - standard deviation b)^2.
    assert frechet_distance(a, a * [1.0, 2.0, 3.0]) == pytest.approx(0 + 1 + 4, rel=0.02)
