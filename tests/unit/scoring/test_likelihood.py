"""Likelihoods against closed forms."""

import math

import numpy as np
import pytest
import torch

from vaesweep.scoring import likelihood
from vaesweep.scoring.likelihood import evaluate, importance_sampled_nll
from vaesweep.training.model import VAE, Architecture

WHITE = np.full((3, 28, 28), 255, np.uint8)
# Minus log-likelihood of a white image by `flat_model(0.5)`.
FLAT = 784 * math.log1p(math.exp(-0.5))


def flat_model(logit: float) -> VAE:
    """A decoder that ignores the code and an encoder that returns the prior."""
    model = VAE(Architecture("mlp", (4,), 2))
    for parameter in model.parameters():
        torch.nn.init.zeros_(parameter)
    torch.nn.init.constant_(model.decoder[-1].bias, logit)
    return model


def test_likelihood_of_a_model_without_codes_is_exact():
    assert importance_sampled_nll(flat_model(0.5), WHITE, 10) == pytest.approx(FLAT, rel=1e-5)


def test_importance_weights_correct_a_wrong_posterior():
    """The posterior is off by one standard deviation; the weights bring the prior back."""
    model = flat_model(0.5)
    with torch.no_grad():
        model.encoder[-1].bias[..., 0] = 1.0
    white = np.full((50, 28, 28), 255, np.uint8)
    assert importance_sampled_nll(model, white, 2000) == pytest.approx(FLAT, abs=0.05)


def test_many_samples_are_decoded_in_parts(monkeypatch):
    """The likelihood of a model without codes does not depend on how its samples are divided."""
    monkeypatch.setattr(likelihood, "LIKELIHOOD_DECODED", 7)
    for samples in (3, 7, 20):
        found = importance_sampled_nll(flat_model(0.5), WHITE, samples)
        assert found == pytest.approx(FLAT, rel=1e-5)


def test_elbo_of_a_model_without_codes():
    """The KL of its posterior, a standard normal, is 0; both units are inactive."""
    white = np.full((1500, 28, 28), 255, np.uint8)
    found = evaluate(flat_model(0.5), white, has_likelihood=True)
    assert found["reconstruction"] == pytest.approx(FLAT, rel=1e-5)
    assert found["neg_elbo"] == found["reconstruction"] + found["kl"]
    assert found["kl"] == 0 and found["active_units"] == 0


def test_active_units_and_kl_by_hand():
    """One unit's mean is 3 for black images and 0 for white ones: KL 4.5 or 0, one unit active."""
    model = flat_model(0.0)
    with torch.no_grad():
        model.encoder[0].weight[:, :, 0] = -1.0
        model.encoder[0].bias[..., 0] = 1.0  # 1 for black, -783 for white
        model.encoder[2].weight[:, 0, 0] = 3.0 / torch.nn.functional.silu(torch.tensor(1.0))
    images = np.zeros((400, 28, 28), np.uint8)
    images[::2] = 255
    found = evaluate(model, images, has_likelihood=True)
    assert found["kl"] == pytest.approx(4.5 / 2, rel=1e-4)
    assert found["active_units"] == 1


def test_a_plain_autoencoder_has_no_elbo():
    found = evaluate(flat_model(0.5), WHITE, has_likelihood=False)
    assert found["neg_elbo"] is None and found["kl"] is None
    assert found["reconstruction"] == pytest.approx(FLAT, rel=1e-5)
