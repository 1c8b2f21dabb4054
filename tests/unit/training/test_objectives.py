"""Objectives: what ACAI's critic and autoencoder each learn, by hand and by training."""

import logging
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from vaesweep.training import loop, objectives
from vaesweep.training.draws import draw_epoch, initialise
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import Architecture
from vaesweep.training.objectives import GAMMA, OBJECTIVES, REGULARISATION, Critic, CrossEntropy

LOG = logging.getLogger("test")
MLP = Architecture("mlp", (32,), 4)
ACAI = OBJECTIVES["acai"]
SETTINGS = Settings(1.0, 3, 50, 5e-3, "acai")


def run(tmp_path, images, seeds=(0,), precision=torch.float32):
    here = Hardware(torch.device("cpu"), precision, "an abacus")
    return train(images, MLP, SETTINGS, here, seeds, tmp_path / "checkpoint.pt", 1e9, LOG)


def test_each_network_descends_its_own_loss_of_the_paper():
    """Against a second computation, in which every loss is alone with its network."""
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28), np.uint8)
    model, critic = initialise(MLP, (3,), images), Critic((3,))
    x, uniform = torch.from_numpy(images).view(1, 6, 784) / 255, torch.rand(1, 6, 1)
    loss, reconstruction, kl = ACAI.terms(model, [critic], x, uniform, 1.0)
    loss.sum().backward()

    codes, alpha = model.encode(x)[0], uniform / 2
    other = codes[:, [5, 0, 1, 2, 3, 4]]
    mixed = torch.sigmoid(model.decode(alpha * other + (1 - alpha) * codes))
    entropy = CrossEntropy.apply(model.decode(codes), x).mean()
    blend = GAMMA * x + (1 - GAMMA) * torch.sigmoid(model.decode(codes))
    of_model = entropy + REGULARISATION * critic(mixed).square().mean()
    of_critic = (critic(mixed) - alpha[..., 0]).square().mean() + critic(blend).square().mean()
    assert kl.item() == 0 and reconstruction.item() == pytest.approx(entropy.item())
    assert loss.item() == pytest.approx((of_model + of_critic).item())
    for network, own in ((model, of_model), (critic, of_critic)):
        expected = torch.autograd.grad(own, [*network.parameters()], retain_graph=True)
        for parameter, gradient in zip(network.parameters(), expected, strict=True):
            assert torch.allclose(parameter.grad, gradient, atol=1e-5)


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_the_regulariser_lowers_what_a_critic_guesses(tmp_path, mnist, monkeypatch, precision):
    """Where the autoencoder pays much for the guesses on its mixes, they are nearer to 0."""
    forward, guesses = Critic.forward, {}
    for regularisation in (0.0, 1000.0):
        seen = []

        def noted(self, images, seen=seen):
            found = forward(self, images)
            if images.requires_grad:  # the mixes that the autoencoder is to pay for
                seen.append(found.square().mean().item())
            return found

        monkeypatch.setattr(Critic, "forward", noted)
        monkeypatch.setattr(objectives, "REGULARISATION", regularisation)
        [trained] = run(tmp_path, mnist["train"][0][:5000], precision=precision)
        rows = trained.history
        assert rows[-1]["reconstruction"] < rows[0]["reconstruction"] and rows[-1]["kl"] == 0
        guesses[regularisation] = np.mean(seen[-100:])
    assert trained.facts["status"] == "ok" and not trained.facts["likelihood"]
    assert guesses[1000.0] < 0.85 * guesses[0.0]


def test_alphas_are_of_seed_and_epoch_alone():
    draw, width = ACAI.noise(1.0, 16)
    shape, device = (2, 5, width), torch.device("cpu")
    _, alone = draw_epoch((7,), 1, 10, shape, device, draw)
    _, stacked = draw_epoch((0, 7), 1, 10, shape, device, draw)
    assert stacked.shape == (2, 2, 5, 1) and torch.equal(stacked[:, 1], alone[:, 0])
    assert stacked.min() >= 0 and stacked.max() < 1
    assert not torch.equal(alone, draw_epoch((7,), 2, 10, shape, device, draw)[1])


def test_a_critic_that_diverges_ends_its_own_run_alone(tmp_path, monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (100, 28, 28), np.uint8)

    def poisoned(seeds):
        critic = Critic(seeds)
        with torch.no_grad():
            critic.layers[0].weight[0, 0, 0] = math.inf
        return [critic]

    monkeypatch.setitem(loop.OBJECTIVES, "acai", replace(ACAI, others=poisoned))
    sick, well = run(tmp_path, images, (0, 7))
    assert (sick.facts["status"], well.facts["status"]) == ("diverged", "ok")
    assert sick.facts["diverged_in_epoch"] == 1
    assert all(tensor.isfinite().all() for tensor in sick.state.values())
