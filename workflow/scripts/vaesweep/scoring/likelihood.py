"""The likelihood side of a run: −ELBO and active units on the test set."""

import numpy as np
import torch
from numpy.typing import NDArray

from vaesweep.training.model import PIXELS, VAE, posterior_terms

CHUNK = 1000
# A unit is active if its posterior mean varies by more than this over the data
# (Burda et al. 2016, arXiv:1509.00519).
ACTIVE_VARIANCE = 0.01
NOISE_SEED = 0


@torch.no_grad()
def evaluate(model: VAE, images: NDArray[np.uint8], beta: float) -> dict[str, float]:
    """Measure a model on the test set.

    Args:
        model: a stack of one.
        images: (N, 28, 28) test images.
        beta: 0 for a plain autoencoder, which decodes the posterior mean without noise.

    Returns:
        neg_elbo, reconstruction and kl in nats per image, with one noise sample an image and the
        KL at its full weight whatever beta; active_units, a count.
    """
    pixels = torch.from_numpy(images.reshape(1, -1, PIXELS)).float() / 255
    generator = torch.Generator().manual_seed(NOISE_SEED)
    latent_size = model.architecture.latent_size
    noise = torch.randn((1, len(images), latent_size), generator=generator) * (beta > 0)
    reconstruction = kl = 0.0
    means = []
    for x, z in zip(pixels.split(CHUNK, 1), noise.split(CHUNK, 1), strict=True):
        mean, log_variance = model.encode(x)
        terms = posterior_terms(model, x, z, mean, log_variance)
        reconstruction += terms[0].item() * x.shape[1] / len(images)
        kl += terms[1].item() * x.shape[1] / len(images)
        means.append(mean.squeeze(0))
    active = int((torch.cat(means).var(dim=0) > ACTIVE_VARIANCE).sum())
    return {
        "neg_elbo": reconstruction + kl,
        "reconstruction": reconstruction,
        "kl": kl,
        "active_units": active,
    }
