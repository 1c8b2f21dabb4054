"""Objectives: what ACAI's critic and autoencoder learn, by hand and by training."""

import logging
import math

import numpy as np
import pytest
import torch

from vaesweep.training import objectives
from vaesweep.training.draws import draw_epoch, initialise
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import Architecture
from vaesweep.training.objectives import (
    ACAI,
    BLENDED_SHARE,
    PENALTY_WEIGHT,
    Critic,
    CrossEntropy,
)

MLP = Architecture("mlp", (32,), 4)
NOISE = np.random.default_rng(0).integers(0, 256, (100, 28, 28), np.uint8)


def run(tmp_path, images, seeds=(0,), precision=torch.float32):
    hardware, log = Hardware(torch.device("cpu"), precision, "an abacus"), logging.getLogger("test")
    settings = Settings(1.0, 3, 50, 5e-3, "acai")
    return train(images, MLP, settings, hardware, seeds, tmp_path / "checkpoint.pt", 1e9, log)


def test_each_network_descends_its_loss_in_the_paper():
    """Against a second computation, in which every loss is alone with its network."""
    model, acai = initialise(MLP, (3,), NOISE[:6]), ACAI(1.0, 4, (3,))
    x, uniform = torch.from_numpy(NOISE[:6]).view(1, 6, 784) / 255, torch.rand(1, 6, 1)
    loss, reconstruction, kl = acai.terms(model, x, uniform)
    loss.sum().backward()

    critic, codes, alpha = acai.critic, model.encode(x)[0], uniform / 2
    other = codes[:, [5, 0, 1, 2, 3, 4]]
    mixed = torch.sigmoid(model.decode(alpha * other + (1 - alpha) * codes))
    entropy = CrossEntropy.apply(model.decode(codes), x).mean()
    blend = BLENDED_SHARE * x + (1 - BLENDED_SHARE) * torch.sigmoid(model.decode(codes))
    model_loss = entropy + PENALTY_WEIGHT * critic(mixed).square().mean()
    critic_loss = (critic(mixed) - alpha[..., 0]).square().mean() + critic(blend).square().mean()
    assert kl.item() == 0 and reconstruction.item() == pytest.approx(entropy.item())
    assert loss.item() == pytest.approx((model_loss + critic_loss).item())
    for network, expected_loss in ((model, model_loss), (critic, critic_loss)):
        parameters = list(network.parameters())
        expected = torch.autograd.grad(expected_loss, parameters, retain_graph=True)
        for parameter, gradient in zip(parameters, expected, strict=True):
            assert torch.allclose(parameter.grad, gradient, atol=1e-5)


def test_the_penalty_lowers_the_critics_estimates(tmp_path, mnist, monkeypatch):
    forward, means = Critic.forward, {}
    for weight in (0.0, 1000.0):
        estimates = []

        def noted(self, images, estimates=estimates):
            output = forward(self, images)
            if images.requires_grad:  # the mixes that the autoencoder pays for
                estimates.append(output.square().mean().item())
            return output

        monkeypatch.setattr(Critic, "forward", noted)
        monkeypatch.setattr(objectives, "PENALTY_WEIGHT", weight)
        [trained] = run(tmp_path, mnist["train"][0][:5000])
        rows = trained.history
        assert rows[-1]["reconstruction"] < rows[0]["reconstruction"] and rows[-1]["kl"] == 0
        means[weight] = np.mean(estimates[-100:])
    assert not trained.facts["likelihood"]
    assert means[1000.0] < 0.85 * means[0.0]


def test_acai_trains_in_bfloat16(tmp_path):
    [trained] = run(tmp_path, NOISE, precision=torch.bfloat16)
    assert trained.facts["status"] == "ok" and trained.facts["precision"] == "bfloat16"
    assert trained.history[-1]["reconstruction"] < trained.history[0]["reconstruction"]


def test_alphas_depend_on_seed_and_epoch_alone():
    acai, shape, device = ACAI(1.0, 16, (7,)), (2, 5, 1), torch.device("cpu")
    assert acai.noise_width == 1
    _, alone = draw_epoch((7,), 1, 10, shape, device, acai.draw)
    _, stacked = draw_epoch((0, 7), 1, 10, shape, device, acai.draw)
    assert stacked.shape == (2, 2, 5, 1) and torch.equal(stacked[1], alone[0])
    assert stacked.min() >= 0 and stacked.max() < 1
    assert not torch.equal(alone, draw_epoch((7,), 2, 10, shape, device, acai.draw)[1])


def test_a_critic_that_diverges_ends_its_run_alone(tmp_path, monkeypatch):
    class Poisoned(Critic):
        def __init__(self, seeds):
            super().__init__(seeds)
            with torch.no_grad():
                self.layers[0].weight[0, 0, 0] = math.inf

    monkeypatch.setattr(objectives, "Critic", Poisoned)
    sick, well = run(tmp_path, NOISE, (0, 7))
    assert (sick.facts["status"], well.facts["status"]) == ("diverged", "ok")
    assert sick.facts["diverged_in_epoch"] == 1
    assert all(tensor.isfinite().all() for tensor in sick.state.values())
