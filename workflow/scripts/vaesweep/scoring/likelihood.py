"""The likelihood side of a run: −ELBO, active units, and the likelihood by importance sampling."""

import math

import torch

from vaesweep.data.splits import PIXELS, Images
from vaesweep.training.model import VAE
from vaesweep.training.objectives import CrossEntropy, negative_elbo_terms

CHUNK = 1000
# A latent unit is active if its posterior mean varies by more than this over the data
# (Burda et al. 2016, arXiv:1509.00519).
ACTIVE_VARIANCE = 0.01
NOISE_SEED = 0

LIKELIHOOD_IMAGES = 250
LIKELIHOOD_DECODED = 2000  # samples decoded at once
LIKELIHOOD_SEED = 1


@torch.no_grad()
def evaluate(model: VAE, images: Images, has_likelihood: bool) -> dict[str, float | None]:
    """Measure a model, a stack of one, on test images (N, 28, 28).

    Returns neg_elbo, reconstruction and kl in nats per image and active_units, a count. There is
    one noise sample per image, and the KL has its full weight whatever beta is. A model without
    likelihood decodes the means, and its neg_elbo and kl are None.
    """
    pixels = torch.from_numpy(images.reshape(1, -1, PIXELS)).float() / 255
    generator = torch.Generator().manual_seed(NOISE_SEED)
    shape = (1, len(images), model.architecture.latent_size)
    noise = torch.randn(shape, generator=generator) if has_likelihood else torch.zeros(shape)
    reconstruction = kl = 0.0
    means = []
    for x, z in zip(pixels.split(CHUNK, 1), noise.split(CHUNK, 1), strict=True):
        posterior = model.encode(x)
        terms = negative_elbo_terms(model, x, z, posterior)
        reconstruction += terms[0].item() * x.shape[1] / len(images)
        kl += terms[1].item() * x.shape[1] / len(images)
        means.append(posterior[0].squeeze(0))
    return {
        "neg_elbo": reconstruction + kl if has_likelihood else None,
        "reconstruction": reconstruction,
        "kl": kl if has_likelihood else None,
        "active_units": int((torch.cat(means).var(dim=0) > ACTIVE_VARIANCE).sum()),
    }


@torch.no_grad()
def importance_sampled_nll(model: VAE, images: Images, samples: int) -> float:
    """Importance-sampled negative log-likelihood of binarised test images, in nats per image.

    -log 1/K sum_k p(x, z_k) / q(z_k | x) with K samples z_k of the posterior q (Burda et al. 2016,
    arXiv:1509.00519), on the first 250 of the images (N, 28, 28). As K grows it falls towards the
    true value. A likelihood in the strict sense needs binary data, so each pixel is drawn once from
    a Bernoulli distribution whose mean is its grey level. The model is a stack of one.
    """
    generator = torch.Generator().manual_seed(LIKELIHOOD_SEED)
    grey = torch.from_numpy(images[:LIKELIHOOD_IMAGES].reshape(-1, PIXELS)).float() / 255
    binary = torch.bernoulli(grey, generator=generator)
    at_once = min(samples, LIKELIHOOD_DECODED)
    total = 0.0
    for x in binary.split(LIKELIHOOD_DECODED // at_once):
        mean, log_variance = model.encode(x.unsqueeze(0))
        posterior = mean[0].unsqueeze(1), log_variance[0].unsqueeze(1)
        weights = [
            _log_weights(model, x, posterior, min(at_once, samples - start), generator)
            for start in range(0, samples, at_once)
        ]
        total -= (torch.logsumexp(torch.cat(weights, 1), 1) - math.log(samples)).sum().item()
    return total / len(binary)


def _log_weights(
    model: VAE,
    x: torch.Tensor,
    posterior: tuple[torch.Tensor, torch.Tensor],
    count: int,
    generator: torch.Generator,
) -> torch.Tensor:
    """Log p(x, z) / q(z | x) of `count` samples z for each of the images x: (images, count)."""
    mean, log_variance = posterior
    noise = torch.randn((len(x), count, mean.shape[-1]), generator=generator)
    codes = mean + noise * torch.exp(0.5 * log_variance)
    logits = model.decode(codes.view(1, -1, mean.shape[-1])).view(len(x), count, PIXELS)
    log_likelihood = -CrossEntropy.apply(logits, x.unsqueeze(1))
    # The constants of p(z) and q(z|x) cancel.
    log_prior = -0.5 * codes.square().sum(-1)
    log_posterior = -0.5 * (noise.square() + log_variance).sum(-1)
    return log_likelihood + log_prior - log_posterior
