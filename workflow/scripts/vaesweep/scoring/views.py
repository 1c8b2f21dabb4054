"""Fréchet distances between sets of images, in the features of the judges' classifiers."""

import numpy as np
from numpy.typing import NDArray

from vaesweep.scoring.judges import Judge
from vaesweep.training.model import VAE

Array = NDArray[np.float64]

PRIOR_SAMPLES = 5000
NOISE_SEED = 1


def frechet_distance(a: Array, b: Array) -> float:
    """Squared Fréchet distance of the Gaussians fitted to two sets of features (n, F) and (m, F).

    Heusel et al. 2017 (arXiv:1706.08500) apply it to Inception's features. 0 for equal moments.
    """
    mean = np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2)
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    # The trace of (cov_a cov_b)^(1/2) is the sum of the roots of the product's eigenvalues.
    roots = np.sqrt(np.clip(np.linalg.eigvals(cov_a @ cov_b).real, 0, None)).sum()
    return float(max(0.0, mean + np.trace(cov_a) + np.trace(cov_b) - 2 * roots))


def prior_frechet(model: VAE, images: NDArray[np.uint8], judges: list[Judge]) -> float:
    """Fréchet distance of 5,000 prior samples from as many test images, mean over judges.

    Args:
        model: a stack of one.
        images: (N, 28, 28) test images.
        judges: their classifiers' features are compared.
    """
    shape = (PRIOR_SAMPLES, model.architecture.latent_size)
    codes = np.random.default_rng(NOISE_SEED).standard_normal(shape, np.float32)
    samples = model.decode_images(codes)
    distances = [
        frechet_distance(judge.features(samples), judge.features(images[:PRIOR_SAMPLES]))
        for judge in judges
    ]
    return float(np.mean(distances))
