"""What a training minimises: the negative ELBO of a VAE, or the loss of another autoencoder."""

import math
from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from vaesweep.data.splits import PIXELS
from vaesweep.training.draws import generator_of
from vaesweep.training.model import VAE, dense, initialise_layers

LOG2_E = math.log2(math.e)
# ACAI's, see there.
CRITIC_WIDTHS = (256, 64)
PENALTY_WEIGHT = 20.0
BLENDED_SHARE = 0.2
MASKED_SHARE = 0.25  # of the pixels that a denoising autoencoder does not see
MMD_WEIGHT = 100.0  # of WAE, beside a cross-entropy in nats per image: docs/tried.md
# Loss, reconstruction and KL, each (members,): a step descends the first.
Terms = tuple[Tensor, Tensor, Tensor]


def negative_elbo_terms(
    model: VAE, images: Tensor, noise: Tensor, posterior: tuple[Tensor, Tensor] | None = None
) -> tuple[Tensor, Tensor]:
    """The two terms of the negative ELBO (Kingma and Welling 2014, arXiv:1312.6114).

    Returns reconstruction and KL in nats per image, each (members,), averaged over the batch.
    `images` (members, batch, 784) are grey levels in [0, 1], taken as Bernoulli means. `noise`
    (members, batch, latent_size) is standard normal, for the reparametrisation; zeros decode the
    posterior mean. `posterior` is `model.encode(images)`, if it is known already.
    """
    mean, log_variance = posterior or model.encode(images)
    logits = model.decode(mean + noise * torch.exp(0.5 * log_variance))
    cross_entropy = CrossEntropy.apply(logits, images)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
    return cross_entropy.mean(-1), kl.sum(-1).mean(-1)


class CrossEntropy(torch.autograd.Function):
    """Cross-entropy of grey levels x and pixels with logits l, in nats, summed over the pixels.

    softplus(l) - l x, where softplus(l) = max(l, 0) + log(1 + exp(-|l|)); its gradient is
    sigmoid(l) - x. It is written by hand because only matrix products and Adam cost more in a
    step, and PyTorch's binary_cross_entropy_with_logits takes over four times as long on a CPU.
    A sum of logarithms is the logarithm of a product: one logarithm serves 16 of the 784 pixels.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, images: Tensor) -> Tensor:
        """Map logits (..., pixels) and images that broadcast to them to (...,)."""
        ctx.save_for_backward(logits, images)
        factors = logits.abs().mul_(-LOG2_E).exp2_().add_(1)  # exp_ takes three times as long
        while factors.shape[-1] % 2 == 0:  # 784, 392, 196, 98, 49: products of at most 2^16
            first_half, second_half = factors.chunk(2, -1)
            factors = first_half * second_half
        nats = logits.clamp_min(0).addcmul_(logits, images, value=-1).sum(-1)
        return nats.add_(factors.log_().sum(-1))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Return the gradient of the logits; the images need none."""
        logits, images = ctx.saved_tensors
        return logits.sigmoid().sub_(images).mul_(gradient.unsqueeze(-1)), None


class Critic(nn.Module):
    """A stack of networks, one for each seed, that estimate how far an image is interpolated."""

    def __init__(self, seeds: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.Sequential(*dense(len(seeds), (PIXELS, *CRITIC_WIDTHS)))
        for member, seed in enumerate(seeds):
            initialise_layers(self, member, generator_of(torch.device("cpu"), seed, 0, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Map images (members, batch, 784) to estimates (members, batch), float32."""
        return self.layers(images).float().mean(-1)


class Objective(ABC):
    """What a training minimises, with the noise and the further networks that this needs."""

    words: str  # what reports call its models

    def __init__(self, beta: float, latent_size: int, seeds: tuple[int, ...]) -> None:
        self.beta = beta  # model.beta
        self.has_likelihood = False  # whether codes have a posterior, and images a likelihood
        self.noise_width = latent_size  # random numbers for each image in a step
        self.noise_type = torch.float32
        self.others: list[nn.Module] = []  # networks trained against the models, stacked like them

    @abstractmethod
    def draw(self, noise: Tensor, generator: torch.Generator) -> None:
        """Fill one member's noise for an epoch, zeros (steps, batch, noise_width), in place."""

    @abstractmethod
    def terms(self, model: VAE, images: Tensor, noise: Tensor) -> Terms:
        """Loss, reconstruction and KL for images (members, batch, 784) and their noise."""


class NegativeElbo(Objective):
    """The negative ELBO, its KL term weighted by beta (Higgins et al. 2017, beta-VAE).

    With beta 0 this trains a plain autoencoder: codes are the means, without noise, and nothing
    trains the posterior's variance.
    """

    words = "variational autoencoders"

    def __init__(self, beta: float, latent_size: int, seeds: tuple[int, ...]) -> None:
        super().__init__(beta, latent_size, seeds)
        self.has_likelihood = beta > 0
        if beta != 1:
            self.words = f"{self.words} with β = {beta:g}" if beta else "plain autoencoders"

    def draw(self, noise: Tensor, generator: torch.Generator) -> None:
        """Standard normal noise for each latent variable."""
        if self.beta > 0:
            noise.normal_(generator=generator)

    def terms(self, model: VAE, images: Tensor, noise: Tensor) -> Terms:
        """See `Objective.terms`."""
        reconstruction, kl = negative_elbo_terms(model, images, noise)
        loss = reconstruction + self.beta * kl
        return loss, reconstruction, kl if self.beta > 0 else torch.zeros_like(kl)


class ACAI(Objective):
    """Adversarially constrained interpolation (Berthelot et al. 2018, arXiv:1807.07543).

    Two codes are mixed with a share alpha, in [0, 0.5], of the second one. A critic estimates alpha
    from the decoded mix, and the autoencoder pays for estimates above 0: PENALTY_WEIGHT times their
    square, lambda in the paper. The critic also learns to answer 0 for reconstructions blended with
    BLENDED_SHARE of their images, gamma in the paper.
    """

    words = "autoencoders with an adversarial regulariser on interpolates (ACAI)"

    def __init__(self, beta: float, latent_size: int, seeds: tuple[int, ...]) -> None:
        super().__init__(beta, latent_size, seeds)
        self.noise_width = 1
        self.critic = Critic(seeds)
        self.others = [self.critic]

    def draw(self, noise: Tensor, generator: torch.Generator) -> None:
        """Uniform numbers in [0, 1): twice alpha."""
        noise.uniform_(generator=generator)

    def terms(self, model: VAE, images: Tensor, noise: Tensor) -> Terms:
        """The loss is the sum of both networks' losses; each network has gradients of its own."""
        codes, _ = model.encode(images)
        alpha = 0.5 * noise
        mixes = alpha * codes.roll(1, 1) + (1 - alpha) * codes
        logits, mix_logits = model.decode(torch.cat([codes, mixes], 1)).chunk(2, 1)
        reconstruction = CrossEntropy.apply(logits, images).mean(-1)
        decoded_mixes = torch.sigmoid(mix_logits)
        blends = BLENDED_SHARE * images + (1 - BLENDED_SHARE) * torch.sigmoid(logits.detach())

        self.critic.requires_grad_(False)
        penalty = self.critic(decoded_mixes).square().mean(-1)
        self.critic.requires_grad_(True)
        critic_input = torch.cat([decoded_mixes.detach(), blends], 1)
        on_mixes, on_blends = self.critic(critic_input).chunk(2, 1)
        errors = (on_mixes - alpha.squeeze(-1)).square() + on_blends.square()
        loss = reconstruction + PENALTY_WEIGHT * penalty + errors.mean(-1)
        return loss, reconstruction, torch.zeros_like(reconstruction)


class Denoising(Objective):
    """A denoising autoencoder (Vincent et al. 2008, doi:10.1145/1390156.1390294).

    A random MASKED_SHARE of the pixels is set to 0, and the clean image has to be reconstructed.
    The others are scaled up, as in dropout, or a whole image would be too bright for the encoder.
    """

    words = "denoising autoencoders"

    def __init__(self, beta: float, latent_size: int, seeds: tuple[int, ...]) -> None:
        super().__init__(beta, latent_size, seeds)
        self.noise_width, self.noise_type = PIXELS, torch.bool

    def draw(self, noise: Tensor, generator: torch.Generator) -> None:
        """True for the pixels that are seen."""
        noise.bernoulli_(1 - MASKED_SHARE, generator=generator)

    def terms(self, model: VAE, images: Tensor, noise: Tensor) -> Terms:
        """See `Objective.terms`."""
        codes, _ = model.encode(images * noise / (1 - MASKED_SHARE))
        reconstruction = CrossEntropy.apply(model.decode(codes), images).mean(-1)
        return reconstruction, reconstruction, torch.zeros_like(reconstruction)


def squared_mmd(codes: Tensor, prior: Tensor) -> Tensor:
    """Squared maximum mean discrepancy of codes and samples of a prior, (members,).

    Both are (members, batch, latent_size). This is the unbiased estimate of Tolstikhin et al. 2018
    (algorithm 2), with their kernel, the inverse multiquadratic C / (C + |x - y|^2). C is the mean
    squared distance between two samples of a standard normal prior, 2 latent_size.
    """
    batch, scale = codes.shape[1], 2 * codes.shape[2]

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        squares = x.square().sum(-1).unsqueeze(2) + y.square().sum(-1).unsqueeze(1)
        return scale / (scale + (squares - 2 * (x @ y.mT)).clamp_min(0))

    def mean_of_distinct(x: Tensor) -> Tensor:
        values = kernel(x, x)
        total = values.sum((1, 2)) - values.diagonal(dim1=1, dim2=2).sum(1)
        return total / max(1, batch * (batch - 1))

    crossed = kernel(codes, prior).mean((1, 2))
    return mean_of_distinct(codes) + mean_of_distinct(prior) - 2 * crossed


class WAE(Objective):
    """A Wasserstein autoencoder, WAE-MMD (Tolstikhin et al. 2018, arXiv:1711.01558).

    Encoder and decoder are deterministic. Beside the reconstruction, a batch of codes pays for its
    distance from as many samples of the prior, a standard normal distribution.
    """

    words = "Wasserstein autoencoders (WAE-MMD)"

    def draw(self, noise: Tensor, generator: torch.Generator) -> None:
        """Samples of the prior."""
        noise.normal_(generator=generator)

    def terms(self, model: VAE, images: Tensor, noise: Tensor) -> Terms:
        """See `Objective.terms`."""
        codes, _ = model.encode(images)
        reconstruction = CrossEntropy.apply(model.decode(codes), images).mean(-1)
        loss = reconstruction + MMD_WEIGHT * squared_mmd(codes, noise)
        return loss, reconstruction, torch.zeros_like(reconstruction)


# By the name in config.yaml. A new one is a class here and its name in config.schema.yaml.
OBJECTIVES: dict[str, type[Objective]] = {
    "vae": NegativeElbo,
    "acai": ACAI,
    "dae": Denoising,
    "wae": WAE,
}
