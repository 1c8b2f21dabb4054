"""The views beside the score, against closed forms."""

import math

import numpy as np
import pytest
import torch

from vaesweep.scoring.views import (
    directness,
    feature_path_length,
    frechet_distance,
    importance_sampled_nll,
    step_gini,
)
from vaesweep.training.model import VAE, Architecture


def test_directness():
    steps = np.array([[1.0, 1.0], [3.0, 1.0], [0.0, 0.0]])
    assert directness(steps, np.array([2.0, 2.0, 0.0])).tolist() == [1.0, 0.5, 0.0]


def test_gini_of_steps():
    steps = np.array([[1.0, 1, 1, 1], [0, 0, 0, 4], [1, 3, 1, 3], [0, 0, 0, 0]])
    # The third: sum of |x_i - x_j| over all pairs, 8 x 2, over 2 n^2 mean = 2 x 16 x 2.
    assert step_gini(steps).tolist() == [0.0, 0.75, 0.25, 0.0]


def test_feature_path_length():
    path = np.array([[[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]]])
    assert feature_path_length(path).tolist() == [6.0]


def test_frechet_distance_of_known_moments():
    generator = np.random.default_rng(0)
    a = generator.normal(0, 1, (50000, 3))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(a, a + np.array([3.0, 0, 0])) == pytest.approx(9)
    # Equal means: sum over axes of (standard deviation a - standard deviation b)^2.
    assert frechet_distance(a, a * [1.0, 2.0, 3.0]) == pytest.approx(0 + 1 + 4, rel=0.02)


def flat_model(logit: float) -> VAE:
    """A decoder that ignores the code and an encoder that answers the prior."""
    model = VAE(Architecture("mlp", (4,), 2))
    for parameter in model.parameters():
        torch.nn.init.zeros_(parameter)
    torch.nn.init.constant_(model.decoder[-1].bias, logit)
    return model


def test_likelihood_of_a_model_without_codes_is_exact():
    white = np.full((3, 28, 28), 255, np.uint8)
    expected = 784 * math.log1p(math.exp(-0.5))
    assert importance_sampled_nll(flat_model(0.5), white, 10) == pytest.approx(expected, rel=1e-5)


def test_likelihood_of_a_wrong_posterior_is_mended_by_its_weights():
    """The posterior is off by one standard deviation; the weights bring the prior back."""
    model = flat_model(0.5)
    with torch.no_grad():
        model.encoder[-1].bias[..., 0] = 1.0
    white = np.full((50, 28, 28), 255, np.uint8)
    expected = 784 * math.log1p(math.exp(-0.5))
    assert importance_sampled_nll(model, white, 2000) == pytest.approx(expected, abs=0.05)
