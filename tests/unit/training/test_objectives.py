"""Objectives: their losses and gradients against plain formulas, and what they train."""

import logging
import math
from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional

from vaesweep.training import objectives
from vaesweep.training.draws import draw_epoch, initialise
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import Architecture
from vaesweep.training.objectives import (
    ACAI,
    BLENDED_SHARE,
    MMD_WEIGHT,
    OBJECTIVES,
    PENALTY_WEIGHT,
    WAE,
    Critic,
    CrossEntropy,
    Denoising,
    NegativeElbo,
    squared_mmd,
)

CPU = torch.device("cpu")
MLP = Architecture("mlp", (32,), 4)
NOISE = np.random.default_rng(0).integers(0, 256, (100, 28, 28), np.uint8)


def run(tmp_path, images, seeds=(0,), precision=torch.float32, objective="acai", architecture=MLP):
    hardware, log = Hardware(torch.device("cpu"), precision, "an abacus"), logging.getLogger("test")
    settings = Settings(1.0, 3, 50, 5e-3, objective)
    path = tmp_path / "checkpoint.pt"
    return train(images, architecture, settings, hardware, seeds, path, 1e9, log)


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


@pytest.mark.parametrize("objective", ["acai", "dae", "wae"])
@pytest.mark.parametrize("kind", ["mlp", "conv"])
def test_an_objective_trains_in_bfloat16(tmp_path, mnist, objective, kind):
    precision, architecture = torch.bfloat16, Architecture(kind, (32,), 4)
    images = mnist["train"][0][:2000]
    [trained] = run(tmp_path, images, (0,), precision, objective, architecture)
    assert trained.facts["status"] == "ok" and trained.facts["precision"] == "bfloat16"
    assert trained.facts["models"] == OBJECTIVES[objective].words
    assert not trained.facts["likelihood"] and trained.history[-1]["kl"] == 0
    assert trained.history[-1]["reconstruction"] < trained.history[0]["reconstruction"]


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


def cross_entropy(logits, x):
    """Of one member, in PyTorch's words: mean over images, sum over pixels."""
    return functional.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.shape[1]


def assert_descends(model, loss, expected):
    """The loss and its gradients are those of another computation."""
    loss.sum().backward()
    assert loss.sum().item() == pytest.approx(expected.item(), rel=1e-5)
    gradients = torch.autograd.grad(expected, model.parameters())
    for parameter, other in zip(model.parameters(), gradients, strict=True):
        assert torch.allclose(parameter.grad, other, atol=1e-4 * max(1, other.abs().max().item()))


def test_a_denoising_autoencoder_sees_masked_images_and_reconstructs_clean_ones():
    model, dae = initialise(MLP, (3,), NOISE[:6]), Denoising(1.0, 4, (3,))
    x = torch.from_numpy(NOISE[:6]).view(1, 6, 784) / 255
    _, [[mask]] = draw_epoch((3,), 0, 6, (1, 6, 784), CPU, dae.draw, dae.noise_type)
    assert mask.dtype == torch.bool and mask.float().mean() == pytest.approx(0.75, abs=0.02)
    loss, reconstruction, kl = dae.terms(model, x, mask.unsqueeze(0))
    masked = torch.where(mask, x / 0.75, torch.zeros(()))
    expected = cross_entropy(model.decode(model.encode(masked)[0]), x)
    assert kl.item() == 0 and torch.equal(loss, reconstruction)
    assert_descends(model, loss, expected)


def test_a_wasserstein_autoencoder_pays_for_the_distance_of_its_codes_from_the_prior():
    model, wae = initialise(MLP, (3,), NOISE[:6]), WAE(1.0, 4, (3,))
    x, prior = torch.from_numpy(NOISE[:6]).view(1, 6, 784) / 255, torch.randn(1, 6, 4)
    loss, reconstruction, kl = wae.terms(model, x, prior)
    [codes], [samples] = model.encode(x)[0], prior
    entropy, mmd = cross_entropy(model.decode(codes.unsqueeze(0)), x), 0
    for i, j in product(range(6), range(6)):  # algorithm 2 of the paper, with C = 2 * 4
        pairs = [(codes[i], codes[j]), (samples[i], samples[j])] if i != j else []
        mmd += sum(8 / (8 + (a - b).square().sum()) for a, b in pairs) / 30
        mmd -= 2 * 8 / (8 + (codes[i] - samples[j]).square().sum()) / 36
    assert squared_mmd(codes.unsqueeze(0), prior).item() == pytest.approx(mmd.item(), abs=1e-6)
    assert squared_mmd(codes[None, :1], prior[:, :1]).isfinite(), "of a batch of one image"
    assert kl.item() == 0 and reconstruction.item() == pytest.approx(entropy.item(), rel=1e-5)
    assert_descends(model, loss, entropy + MMD_WEIGHT * mmd)


@pytest.mark.parametrize("objective", ["acai", "dae", "wae"])
def test_noise_depends_on_seed_and_epoch_alone(objective):
    made = OBJECTIVES[objective](1.0, 4, (0, 7))

    def noise(seeds, epoch):
        shape = (2, 5, made.noise_width)
        return draw_epoch(seeds, epoch, 10, shape, CPU, made.draw, made.noise_type)[1]

    alone = noise((7,), 1)[0]
    assert objective != "acai" or 0 <= alone.min() < alone.max() < 1
    assert torch.equal(noise((0, 7), 1)[1], alone)
    assert not torch.equal(noise((7,), 2)[0], alone)
    assert not torch.equal(noise((0,), 1)[0], alone)


def test_beta_decides_what_a_vae_is_called():
    assert NegativeElbo(1, 4, (0,)).words == NegativeElbo.words == "variational autoencoders"
    assert NegativeElbo(0.25, 4, (0,)).words == "variational autoencoders with β = 0.25"
    assert NegativeElbo(0, 4, (0,)).words == "plain autoencoders"
