"""What is measured of a model beside the quality of its paths, for context and as evidence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vaesweep.data.splits import Images
from vaesweep.interpolation import PATHS, Model
from vaesweep.scoring.axes import COLLAPSED, blurred_distance
from vaesweep.scoring.judges import Assessment
from vaesweep.scoring.likelihood import evaluate, importance_sampled_nll
from vaesweep.scoring.transport import wasserstein_distance
from vaesweep.training.model import VAE

Array = NDArray[np.float64]

FRECHET_IMAGES = 2000


def measure_model(
    model: VAE, images: Images, has_likelihood: bool, samples: int
) -> dict[str, float | None]:
    """Measure a model, a stack of one, on test images: `likelihood.evaluate`, and nll_is.

    nll_is uses this number of posterior samples and is None without a likelihood.
    """
    measured = evaluate(model, images, has_likelihood)
    measured["nll_is"] = None
    if has_likelihood:
        measured["nll_is"] = importance_sampled_nll(model, images, samples)
    return measured


def known_path_errors(model: Model, known_paths: Images, path: str) -> dict[str, float | None]:
    """How far decoded interpolates are from the true images on paths that are known, as means.

    `known_paths` (N, K + 2, side, side) are those of references.py, and `path` is one of PATHS. In
    pixels: known_path_error, from the true image; known_path_reconstruction, of the true image
    encoded and decoded from itself. known_path_interpolation is the error that interpolating adds,
    the distance of the interpolates from the true images encoded and decoded, in units of the
    distance between the decoded ends; both are distances between blurred images. It is None for a
    collapsed run, whose decoded ends are all alike.
    """
    true, codes = known_paths[:, 1:-1], model.encode_images(known_paths)
    points = PATHS[path].points(codes[:, 0], codes[:, -1], true.shape[1])
    interpolated, decoded = model.decode_images(points), model.decode_images(codes)
    between_ends = blurred_distance(decoded[:, 0], decoded[:, -1]).mean()
    added = blurred_distance(interpolated, decoded[:, 1:-1]).mean()
    collapsed = (
        between_ends < COLLAPSED * blurred_distance(known_paths[:, 0], known_paths[:, -1]).mean()
    )
    return {
        "known_path_error": float(wasserstein_distance(interpolated, true).mean()),
        "known_path_reconstruction": float(wasserstein_distance(decoded[:, 1:-1], true).mean()),
        "known_path_interpolation": None if collapsed else float(added / between_ends),
    }


def interpolates_frechet(interpolates: Sequence[Assessment], real: Sequence[Array]) -> float:
    """Fréchet distance between interpolates and real images, mean over judges.

    It is taken between the features of each judge's classifier; `real` has those (M, F) of the real
    images, for each judge.
    """
    distances = []
    for found, real_features in zip(interpolates, real, strict=True):
        features = found.features[..., 1, :]
        distances.append(frechet_distance(features.reshape(-1, features.shape[-1]), real_features))
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
