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
RIDGE = 1e-3  # the codes are standardised to a variance of 1


def measure_model(
    model: VAE, train: Split, test: Split, has_likelihood: bool, samples: int
) -> dict[str, float | None]:
    """Measure a model, a stack of one, on the test set: `likelihood.evaluate`, nll_is and probe.

    nll_is uses this number of posterior samples and is None without a likelihood. The linear probe
    is fitted to the first training images.
    """
    images, labels = test
    train_images, train_labels = train
    measured, codes = evaluate(model, images, has_likelihood)
    measured["nll_is"] = None
    if has_likelihood:
        measured["nll_is"] = importance_sampled_nll(model, images, samples)
    train_codes = model.encode_images(train_images[:PROBE_IMAGES])
    measured["probe"] = linear_probe(train_codes, train_labels[:PROBE_IMAGES], codes, labels)
    return measured


def known_path_error(model: Model, known_paths: Images, path: str) -> float:
    """Mean distance, in pixels, of decoded interpolates from the true images between the ends.

    `known_paths` (N, K + 2, side, side) are those of references.py, and `path` is one of PATHS.
    """
    codes = model.encode_images(known_paths[:, [0, -1]])
    points = PATHS[path].points(codes[:, 0], codes[:, 1], known_paths.shape[1] - 2)
    decoded = model.decode_images(points)
    return float(wasserstein_distance(decoded, known_paths[:, 1:-1]).mean())


def interpolates_frechet(
    interpolates: Images, judges: Sequence[Judge], real: Sequence[Array]
) -> float:
    """Fréchet distance between interpolates (N, K, side, side) and real images, mean over judges.

    It is taken between the features of each judge's classifier; `real` has those (M, F) of the real
    images, for each judge.
    """
    flat = interpolates.reshape(-1, *interpolates.shape[2:])
    distances = [
        frechet_distance(judge.features(flat), real_features)
        for judge, real_features in zip(judges, real, strict=True)
    ]
    return float(np.mean(distances))


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

    `test_labels` is (M,) and `labels` (N,). After Alain and Bengio 2016 (arXiv:1610.01644).
    """
    codes, test_codes = codes.astype(float), test_codes.astype(float)
    centre, scale = codes.mean(axis=0), codes.std(axis=0)
    scale = np.where(scale > 0, scale, 1)
    codes, test_codes = (codes - centre) / scale, (test_codes - centre) / scale
    targets = np.eye(int(max(labels.max(), test_labels.max())) + 1)[labels]
    offset = targets.mean(axis=0)
    gram = codes.T @ codes / len(codes) + RIDGE * np.eye(codes.shape[1])
    weights = np.linalg.solve(gram, codes.T @ (targets - offset) / len(codes))
    predicted = (test_codes @ weights + offset).argmax(axis=1)
    return float((predicted == test_labels).mean())
