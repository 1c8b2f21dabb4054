"""What a stack of models is trained for: a record for each name of `model.objective`."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from vaesweep.data.splits import PIXELS
from vaesweep.training.draws import generator_of
from vaesweep.training.model import VAE, dense, initialise_layers

LOG2_E = math.log2(math.e)
# Of ACAI, see `_acai`.
REGULARISATION = 20.0
GAMMA = 0.2
CRITIC_WIDTHS = (256, 64)


def negative_elbo_terms(
    model: VAE, images: Tensor, noise: Tensor, posterior: tuple[Tensor, Tensor] | None = None
) -> tuple[Tensor, Tensor]:
    """Reconstruction and KL in nats per image, each (members,), means over the batch.

    Of images (members, batch, 784) of grey levels in [0, 1], taken as Bernoulli means, with noise
    (members, batch, latent_size) of the reparametrisation, of which zeros give the mean code.
    `posterior` is what `model.encode` gives of the images, if that is known.
    """
    mean, log_variance = posterior or model.encode(images)
    logits = model.decode(mean + noise * torch.exp(0.5 * log_variance))
    cross_entropy = CrossEntropy.apply(logits, images)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
    return cross_entropy.mean(-1), kl.sum(-1).mean(-1)


class CrossEntropy(torch.autograd.Function):
    """Cross-entropy of grey levels x under pixels with logits l, in nats, summed over the pixels.

    softplus(l) - l x, with softplus(l) = max(l, 0) + log(1 + exp(-|l|)), whose gradient is
    sigmoid(l) - x. Written out because it is the dearest thing in a step after the products and
    Adam, and PyTorch's binary_cross_entropy_with_logits takes over four times as long on a CPU. The
    logarithms of the pixels are summed as those of products: one for 16 of the 784 pixels.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, images: Tensor) -> Tensor:
        """Map logits (..., pixels) and images that broadcast to them to (...,)."""
        ctx.save_for_backward(logits, images)
        factors = logits.abs().mul_(-LOG2_E).exp2_().add_(1)  # exp_ takes three times as long
        while factors.shape[-1] % 2 == 0:  # 784, 392, 196, 98, 49: products of at most 2^16
            half, other = factors.chunk(2, -1)
            factors = half * other
        nats = logits.clamp_min(0).addcmul_(logits, images, value=-1).sum(-1)
        return nats.add_(factors.log_().sum(-1))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Return the gradient of the logits; the images need none."""
        logits, images = ctx.saved_tensors
        return logits.sigmoid().sub_(images).mul_(gradient.unsqueeze(-1)), None


class Critic(nn.Module):
    """A stack of networks, one for each seed, that guess how mixed the codes of an image are."""

    def __init__(self, seeds: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.Sequential(*dense(len(seeds), (PIXELS, *CRITIC_WIDTHS)))
        for member, seed in enumerate(seeds):
            initialise_layers(self, member, generator_of(torch.device("cpu"), seed, 0, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Map images (members, batch, 784) to guesses (members, batch), float32."""
        return self.layers(images).float().mean(-1)


# Loss, reconstruction and KL, each (members,): the first is what a step descends.
Terms = tuple[Tensor, Tensor, Tensor]


def _vae(model: VAE, others: list[nn.Module], images: Tensor, noise: Tensor, beta: float) -> Terms:
    """The negative ELBO, its KL weighted (Higgins et al. 2017, beta-VAE)."""
    reconstruction, kl = negative_elbo_terms(model, images, noise)
    # A plain autoencoder's KL is of a variance that nothing trains.
    counted = kl if beta > 0 else torch.zeros_like(kl)
    return reconstruction + beta * kl, reconstruction, counted


def _acai(model: VAE, others: list[nn.Module], images: Tensor, noise: Tensor, beta: float) -> Terms:
    """Adversarially constrained interpolation (Berthelot et al. 2018, arXiv:1807.07543).

    A critic guesses the share alpha, in [0, 0.5], of the second code in what a mix of two codes
    decodes to, and is kept at 0 on images blended with their reconstructions by GAMMA, as in the
    paper; the autoencoder pays for guesses other than 0. Noise is (members, batch, 1), uniform.
    """
    [critic] = others
    codes, _ = model.encode(images)
    alpha = 0.5 * noise
    mixes = alpha * codes.roll(1, 1) + (1 - alpha) * codes
    logits, mixed = model.decode(torch.cat([codes, mixes], 1)).chunk(2, 1)
    reconstruction = CrossEntropy.apply(logits, images).mean(-1)
    mixed = torch.sigmoid(mixed)
    blends = GAMMA * images + (1 - GAMMA) * torch.sigmoid(logits.detach())

    critic.requires_grad_(False)  # the model's loss moves the model alone, the critic's the critic
    penalty = critic(mixed).square().mean(-1)
    critic.requires_grad_(True)
    guesses, on_blends = critic(torch.cat([mixed.detach(), blends], 1)).chunk(2, 1)
    missed = (guesses - alpha.squeeze(-1)).square() + on_blends.square()
    loss = reconstruction + REGULARISATION * penalty + missed.mean(-1)
    return loss, reconstruction, torch.zeros_like(reconstruction)


@dataclass(frozen=True)
class Objective:
    """How models are trained, beside their architecture; beta is `model.beta`."""

    words: str  # what reports call its models
    has_likelihood: Callable[[float], bool]  # by beta: whether codes have a posterior
    # By beta and latent size: what draws a step's noise, or None for zeros, and its width.
    noise: Callable[[float, int], tuple[Callable[..., Tensor] | None, int]]
    # Networks trained against the models, stacked like them, for these seeds.
    others: Callable[[tuple[int, ...]], list[nn.Module]]
    # Of the models, the others, images (members, batch, 784), noise (members, batch, width), beta.
    terms: Callable[[VAE, list[nn.Module], Tensor, Tensor, float], Terms]


# By the name in config.yaml. A new one is a record here and its name in config.schema.yaml.
OBJECTIVES = {
    "vae": Objective(
        "variational autoencoders",
        has_likelihood=lambda beta: beta > 0,
        noise=lambda beta, latent_size: (torch.randn if beta > 0 else None, latent_size),
        others=lambda seeds: [],
        terms=_vae,
    ),
    "acai": Objective(
        "autoencoders with an adversarial regulariser on interpolates (ACAI)",
        has_likelihood=lambda beta: False,
        noise=lambda beta, latent_size: (torch.rand, 1),
        others=lambda seeds: [Critic(seeds)],
        terms=_acai,
    ),
}
