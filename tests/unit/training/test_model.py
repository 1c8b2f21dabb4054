"""The VAE: its loss by hand, and members that are independent of each other."""

import math

import pytest
import torch

from vaesweep.training.model import VAE, Architecture, load_model, member_of, save_member
from vaesweep.training.objectives import CrossEntropy, negative_elbo_terms

ARCHITECTURES = [Architecture("mlp", (12, 8), 3), Architecture("conv", (12,), 3)]


def stack(architecture: Architecture, seeds: list[int]) -> VAE:
    model = VAE(architecture, len(seeds))
    for member, seed in enumerate(seeds):
        generator = torch.Generator().manual_seed(seed)
        model.initialise(member, generator, torch.full((784,), 0.2))
    return model


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_member_of_a_stack_has_the_loss_and_gradients_it_has_alone(architecture):
    images, noise = torch.rand(2, 5, 784), torch.randn(2, 5, 3)
    pair, alone = stack(architecture, [0, 1]), stack(architecture, [1])
    losses = sum(negative_elbo_terms(pair, images, noise))
    loss = sum(negative_elbo_terms(alone, images[1:], noise[1:]))
    assert losses[1].item() == pytest.approx(loss.item(), rel=1e-5)
    assert losses[0].item() != pytest.approx(loss.item(), rel=1e-5)
    losses.sum().backward()
    loss.sum().backward()
    for (name, stacked), single in zip(pair.named_parameters(), alone.parameters(), strict=True):
        assert torch.allclose(stacked.grad[1], single.grad[0], atol=1e-4), name
        assert single.grad.abs().max() > 0, name


def test_cross_entropy_is_that_of_pytorch():
    logits = (20 * torch.randn(3, 4, 10)).requires_grad_()
    images = torch.rand(3, 4, 10)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, images, reduction="none"
    ).sum(-1)
    weights = torch.rand(3, 4)
    [gradient] = torch.autograd.grad((weights * expected).sum(), logits)
    found = CrossEntropy.apply(logits, images)
    assert torch.allclose(found, expected, rtol=1e-5)
    [found_gradient] = torch.autograd.grad((weights * found).sum(), logits)
    assert torch.allclose(found_gradient, gradient, atol=1e-6)


def test_cross_entropy_stays_finite_at_the_ends():
    logits = torch.tensor([[-1e4, 1e4]])
    assert CrossEntropy.apply(logits, torch.tensor([[0.0, 1.0]])).item() == 0.0
    assert CrossEntropy.apply(logits, torch.tensor([[1.0, 0.0]])).item() == pytest.approx(2e4)


def test_loss_by_hand():
    """All weights 0: mean 0, log-variance 0, logits the last bias."""
    model = VAE(Architecture("mlp", (4,), 2))
    for parameter in model.parameters():
        torch.nn.init.zeros_(parameter)
    images = torch.full((1, 3, 784), 0.25)
    reconstruction, kl = negative_elbo_terms(model, images, torch.randn(1, 3, 2))
    assert reconstruction.item() == pytest.approx(784 * math.log(2), rel=1e-6)
    assert kl.item() == 0.0
    with torch.no_grad():
        model.encoder[-1].bias[:] = torch.tensor([1.0, 0.0, 0.0, math.log(4.0)])
    _, kl = negative_elbo_terms(model, images, torch.zeros(1, 3, 2))
    # 0.5 (mean^2 + variance - 1 - log variance), summed over both latent variables
    assert kl.item() == pytest.approx(0.5 * 1 + 0.5 * (4 - 1 - math.log(4)), rel=1e-6)
    # A huge log-variance is bounded, so that its KL cannot explode.
    with torch.no_grad():
        model.encoder[-1].bias[:] = torch.tensor([0.0, 0.0, 0.0, 100.0])
    _, kl = negative_elbo_terms(model, images, torch.zeros(1, 3, 2))
    assert kl.item() == pytest.approx(0.5 * (math.exp(4) - 1 - 4), rel=1e-6)


def test_starts_at_the_mean_image():
    model = VAE(Architecture("mlp", (4,), 2))
    mean_image = torch.linspace(0.05, 0.95, 784)
    model.initialise(0, torch.Generator().manual_seed(0), mean_image)
    assert torch.allclose(torch.sigmoid(model.decoder[-1].bias[0, 0]), mean_image, atol=1e-6)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_saved_member_comes_back(architecture, tmp_path):
    model = stack(architecture, [0, 1])
    save_member(member_of(model.state_dict(), 1), architecture, tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert again.architecture == architecture
    images = torch.rand(1, 4, 784)
    expected = model.encode(images.expand(2, -1, -1))[0][1:]
    assert torch.allclose(again.encode(images)[0], expected, atol=1e-6)
