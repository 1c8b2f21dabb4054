"""Further views of a run, for context and never for rank; docs/score.md has them in one table."""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from vaesweep.scoring.judges import Judge
from vaesweep.training.model import PIXELS, SIDE, VAE, CrossEntropy

Array = NDArray[np.float64]

PRIOR_SAMPLES = 5000
LIKELIHOOD_IMAGES = 500
LIKELIHOOD_CHUNK = 20
NOISE_SEED = 1


def directness(steps: Array, ends: Array) -> Array:
    """Distance of the ends over the length of the path: (N, K) and (N,) to (N,).

    1 for a geodesic; 0 if nothing moves.
    """
    lengths = steps.sum(axis=1)
    return np.divide(ends, lengths, out=np.zeros_like(ends), where=lengths > 0)


def step_gini(steps: Array) -> Array:
    """Gini coefficient (1912) of the steps of each path: (N, K) to (N,).

    0 for equal steps, (K - 1) / K for a single jump.
    """
    count = steps.shape[1]
    ordered = np.sort(steps, axis=1)
    weights = 2 * np.arange(1, count + 1) - count - 1
    totals = count * ordered.sum(axis=1)
    return np.divide(ordered @ weights, totals, out=np.zeros(len(steps)), where=totals > 0)


def feature_path_length(features: Array) -> Array:
    """Length of each path in the classifier's features: (N, frames, F) to (N,).

    The idea of perceptual path length (Karras et al. 2019, arXiv:1812.04948), on whole paths.
    """
    lengths: Array = np.linalg.norm(np.diff(features, axis=1), axis=2).sum(axis=1)
    return lengths


def frechet_distance(a: Array, b: Array) -> float:
    """Squared Fréchet distance of the Gaussians fitted to two sets of features (n, F) and (m, F).

    Heusel et al. 2017 (arXiv:1706.08500) apply it to Inception's features. 0 for equal moments.
    """
    mean = np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2)
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    # The trace of (cov_a cov_b)^(1/2) is the sum of the roots of the product's eigenvalues.
    roots = np.sqrt(np.clip(np.linalg.eigvals(cov_a @ cov_b).real, 0, None)).sum()
    return float(max(0.0, mean + np.trace(cov_a) + np.trace(cov_b) - 2 * roots))


@torch.no_grad()
def prior_frechet(model: VAE, images: NDArray[np.uint8], judges: list[Judge]) -> float:
    """Fréchet distance of 5,000 prior samples from as many test images, mean over judges.

    Args:
        model: a stack of one.
        images: (N, 28, 28) test images.
        judges: their classifiers' features are compared.
    """
    generator = torch.Generator().manual_seed(NOISE_SEED)
    codes = torch.randn((1, PRIOR_SAMPLES, model.architecture.latent_size), generator=generator)
    levels = torch.sigmoid(model.decode(codes)).view(-1, SIDE, SIDE)
    samples: NDArray[np.uint8] = (levels * 255).round().to(torch.uint8).numpy()
    distances = [
        frechet_distance(judge.features(samples), judge.features(images[:PRIOR_SAMPLES]))
        for judge in judges
    ]
    return float(np.mean(distances))


@torch.no_grad()
def importance_sampled_nll(model: VAE, images: NDArray[np.uint8], samples: int) -> float:
    """Importance-sampled negative log-likelihood of binarised test images, in nats per image.

    -log 1/K sum_k p(x, z_k) / q(z_k | x) with z_k from the posterior q (Burda et al. 2016,
    arXiv:1509.00519), on the first 500 test images, each pixel drawn once as Bernoulli of its
    grey level: a likelihood in the strict sense needs binary data. It falls towards the true
    value as K grows.

    Args:
        model: a stack of one.
        images: (N, 28, 28) test images.
        samples: K.
    """
    generator = torch.Generator().manual_seed(NOISE_SEED)
    grey = torch.from_numpy(images[:LIKELIHOOD_IMAGES].reshape(-1, PIXELS)).float() / 255
    binary = torch.bernoulli(grey, generator=generator)
    total = 0.0
    for x in binary.split(LIKELIHOOD_CHUNK):
        mean, log_variance = (part[0].unsqueeze(1) for part in model.encode(x.unsqueeze(0)))
        noise = torch.randn((len(x), samples, mean.shape[-1]), generator=generator)
        codes = mean + noise * torch.exp(0.5 * log_variance)
        logits = model.decode(codes.view(1, -1, mean.shape[-1])).view(len(x), samples, PIXELS)
        log_likelihood = -CrossEntropy.apply(logits, x.unsqueeze(1))
        # The constants of p(z) and q(z|x) cancel.
        log_prior = -0.5 * codes.square().sum(-1)
        log_posterior = -0.5 * (noise.square() + log_variance).sum(-1)
        weights = log_likelihood + log_prior - log_posterior
        total -= (torch.logsumexp(weights, dim=1) - math.log(samples)).sum().item()
    return total / len(binary)
