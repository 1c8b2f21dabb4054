"""What is measured of a model beside the quality of its paths, for context and as evidence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vaesweep.data.splits import Images, Split
from vaesweep.interpolation import PATHS, Codes, Model
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.likelihood import evaluate, importance_sampled_nll
from vaesweep.scoring.transport import wasserstein_distance
from vaesweep.training.model import VAE

Array = NDArray[np.float64]

FRECHET_IMAGES = 2000
PROBE_IMAGES = 10_000
RIDGE = 1e-3  # beside a variance of 1 in every code


def measure_model(
    model: VAE, train: Split, test: Split, has_likelihood: bool, samples: int
) -> dict[str, float | None]:
    """Measure a model, a stack of one, on the test set: `likelihood.evaluate`, nll_is and probe.

    The first training images fit the linear probe; nll_is takes so many samples of the posterior.
    A model without a posterior has no likelihood.
    """
    images, labels = test
    fitting, classes = (part[:PROBE_IMAGES] for part in train)
    measured, codes = evaluate(model, images, has_likelihood)
    measured["nll_is"] = None
    if has_likelihood:
        measured["nll_is"] = importance_sampled_nll(model, images, samples)
    measured["probe"] = linear_probe(model.encode_images(fitting), classes, codes, labels)
    return measured


def known_path_error(
    model: Model, known_paths: Images, path: str, own: Array | None = None
) -> float:
    """Mean distance, in pixels, of decoded interpolates from the true images between the ends.

    `known_paths`, (N, K + 2, side, side), are what references.py makes; `path` is one of PATHS, and
    `own` are the `self_costs` of the images between the ends.
    """
    codes = model.encode_images(known_paths[:, [0, -1]])
    points = PATHS[path].points(codes[:, 0], codes[:, 1], known_paths.shape[1] - 2)
    decoded = model.decode_images(points)
    return float(wasserstein_distance(decoded, known_paths[:, 1:-1], own_b=own).mean())


def interpolates_frechet(
    interpolates: Images, judges: Sequence[Judge], real: Sequence[Array]
) -> float:
    """Fréchet distance of interpolates (N, K, side, side) from real images, a mean over judges.

    It is taken in the features (M, F) that each judge's classifier sees in the `real` images.
    """
    flat = interpolates.reshape(-1, *interpolates.shape[2:])
    seen = [judge.features(flat) for judge in judges]
    return float(np.mean([frechet_distance(*each) for each in zip(seen, real, strict=True)]))


def frechet_distance(a: Array, b: Array) -> float:
    """Squared Fréchet distance of the Gaussians fitted to two sets of features (n, F) and (m, F).

    Heusel et al. 2017 (arXiv:1706.08500) apply it to Inception's features. 0 for equal moments.
    """
    mean = np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2)
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    # The trace of (cov_a cov_b)^(1/2), from products that stay symmetric.
    values, vectors = np.linalg.eigh(cov_a)
    root_a = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    roots = np.sqrt(np.clip(np.linalg.eigvalsh(root_a @ cov_b @ root_a), 0, None)).sum()
    return float(max(0.0, mean + np.trace(cov_a) + np.trace(cov_b) - 2 * roots))


def linear_probe(
    codes: Codes, labels: NDArray[np.uint8], test_codes: Codes, test_labels: NDArray[np.uint8]
) -> float:
    """Accuracy on test codes (M, latent_size) of a ridge classifier fitted to (N, latent_size).

    Their labels are (M,) and (N,). The probe is after Alain and Bengio 2016.
    """
    codes, test_codes = codes.astype(float), test_codes.astype(float)
    centre, scale = codes.mean(axis=0), codes.std(axis=0)
    scale = np.where(scale > 0, scale, 1)
    fitted, seen = ((each - centre) / scale for each in (codes, test_codes))
    targets = np.eye(int(max(labels.max(), test_labels.max())) + 1)[labels]
    offset = targets.mean(axis=0)
    gram = fitted.T @ fitted / len(fitted) + RIDGE * np.eye(fitted.shape[1])
    weights = np.linalg.solve(gram, fitted.T @ (targets - offset) / len(fitted))
    found = (seen @ weights + offset).argmax(axis=1)
    return float((found == test_labels).mean())
