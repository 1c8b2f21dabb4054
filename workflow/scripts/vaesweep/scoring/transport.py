"""The 2-Wasserstein distance between images, by the debiased Sinkhorn divergence.

An image is a distribution of mass over its pixels. With the squared pixel distance as cost and
regularisation epsilon, the divergence OT(a,b) - OT(a,a)/2 - OT(b,b)/2 (Feydy et al. 2019,
arXiv:1810.08278) is zero for equal images and close to the squared Wasserstein distance.
The kernel of a squared distance is separable, so a step takes two small matrix products.
"""

import hashlib
from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]

# exp(-distance^2 / EPSILON) is a Gaussian with a standard deviation of one pixel: the blur.
EPSILON = 2.0
# Epsilon falls by this factor at each step, from nearly the size of the image down to the blur.
FINER = 4.0
ANNEALING = tuple(EPSILON * FINER**k for k in range(3, -1, -1))
# Then come further steps at the last epsilon, with a momentum that cuts their number by about four.
# `benchmarks/transport.py` compares with the limit of many steps without momentum: for two runs and
# their cross-fades, distances are off by 0.3 to 1.9 % on average. With a momentum of 1.7 a few did
# not settle, and changed by up to a half when other images were measured beside them.
REFINEMENTS = 24
MOMENTUM = 1.6
# Mass of an empty pixel where a white one has 1: logarithms stay finite and blank images defined.
FLOOR = 1e-7
# Images in a batch: few enough that a step's arrays stay in the processor's cache.
CHUNK = 64
# Crops have sides that are multiples of this, in pixels.
CROP_STEP = 4

# Costs of images with themselves, by shape and content: references are measured for every run.
# Whole arrays are remembered, since the last bits of a cost depend on the images in its batch.
MAX_REMEMBERED = 64
_remembered: dict[tuple[tuple[int, ...], bytes], Array] = {}


def wasserstein_distance(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> Array:
    """Distances (...) in pixels between a[i] and b[i], grey levels (..., side, side) each.

    A blank image counts as mass spread evenly over all pixels.
    """
    return _distance(_costs(_cross_cost, a, b), _self_costs(a), _self_costs(b))


def step_lengths(paths: NDArray[np.uint8]) -> Array:
    """Distances (N, K - 1) between neighbouring frames of paths (N, K, side, side)."""
    self_costs = _self_costs(paths)
    cross_costs = _costs(_cross_cost, paths[:, :-1], paths[:, 1:])
    return _distance(cross_costs, self_costs[:, :-1], self_costs[:, 1:])


def _distance(cross_costs: Array, self_costs_a: Array, self_costs_b: Array) -> Array:
    divergence = cross_costs - 0.5 * (self_costs_a + self_costs_b)
    return np.sqrt(np.maximum(divergence, 0))


def _self_costs(images: NDArray[np.uint8]) -> Array:
    """Entropic costs (...), in squared pixels, of images (..., side, side) with themselves."""
    key = (images.shape, hashlib.sha256(images.tobytes()).digest())
    if key not in _remembered:
        if len(_remembered) == MAX_REMEMBERED:
            oldest = next(iter(_remembered))
            del _remembered[oldest]
        _remembered[key] = _costs(_self_cost, images)
    return _remembered[key]


def _costs(cost: Callable[..., Tensor], *arrays: NDArray[np.uint8]) -> Array:
    """Apply `cost` to the images with the same index in each array (..., side, side).

    The images of each index are cropped to their ink, and indices of equal crop make batches.
    """
    side = arrays[0].shape[-1]
    images = np.stack([array.reshape(-1, side, side) for array in arrays])
    corners, sides = _crops(images)
    costs = np.empty(images.shape[1])
    for size in np.unique(sides):
        indices = np.flatnonzero(sides == size)
        for start in range(0, len(indices), CHUNK):
            batch = indices[start : start + CHUNK]
            crops = []
            for index in batch:
                rows = slice(corners[index], corners[index] + size)
                crops.append(images[:, index, rows, rows])
            costs[batch] = cost(*masses(np.stack(crops, axis=1))).numpy()
    return costs.reshape(arrays[0].shape[:-2])


def _crops(images: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Squares that hold the ink of images (arrays, N, side, side): first row and column, and side.

    Each of the N crops depends on its images alone, so that a distance does not depend on what else
    is measured. A blank image has mass in all pixels, so nothing is cropped.
    """
    whole = images.shape[-1]
    has_ink: NDArray[np.bool_] = np.any(images, axis=0)
    lines = np.any(has_ink, axis=1) | np.any(has_ink, axis=2)  # rows and columns alike
    first = lines.argmax(axis=1)
    last = whole - 1 - lines[:, ::-1].argmax(axis=1)
    sides = np.minimum(((last - first) // CROP_STEP + 1) * CROP_STEP, whole)
    is_blank = ~np.any(images, axis=(2, 3))
    sides[is_blank.any(axis=0)] = whole
    return np.minimum(first, whole - sides), sides


def masses(images: NDArray[np.uint8]) -> Tensor:
    """Images (..., side, side) as distributions, each with a total mass of 1."""
    levels = torch.tensor(images, dtype=torch.float64) / 255 + FLOOR
    return levels / levels.sum((-1, -2), keepdim=True)


def blurred(h: Tensor, epsilon: float) -> Tensor:
    """sum_y h(y) exp(-|x - y|^2 / epsilon) at every pixel x; h (..., side, side)."""
    kernel = _kernel(h.shape[-1], h.dtype, epsilon)
    for _ in range(2):  # a product for each axis; transposing brings the other axis to the end
        h = (h.reshape(-1, h.shape[-1]) @ kernel).view(h.shape).transpose(-1, -2)
    return h


@cache
def _kernel(side: int, dtype: torch.dtype, epsilon: float) -> Tensor:
    grid = torch.arange(side, dtype=dtype)
    return torch.exp(-((grid[:, None] - grid) ** 2) / epsilon)


def _cross_cost(a: Tensor, b: Tensor) -> Tensor:
    """Entropic transport cost (N,) between masses a and b (N, side, side), up to a constant.

    Both potentials, in units of epsilon, are updated at once, so that the result is symmetric and
    equals `_self_cost` where a equals b. They settle in single precision; the last step is in
    double precision.
    """
    log_a, log_b = a.log(), b.log()
    single_a, single_b = log_a.float(), log_b.float()
    f, g = torch.zeros_like(single_a), torch.zeros_like(single_b)
    for epsilon in ANNEALING:
        f, g = FINER * f, FINER * g
        f, g = _averaged(f, single_b + g, epsilon), _averaged(g, single_a + f, epsilon)
    f_before, g_before = f, g
    for _ in range(REFINEMENTS):
        f_next = f_before.lerp(_soft_minimum(single_b + g, EPSILON), MOMENTUM)
        g_next = g_before.lerp(_soft_minimum(single_a + f, EPSILON), MOMENTUM)
        f_before, g_before, f, g = f, g, f_next, g_next
    f, g = f.double(), g.double()
    f, g = _averaged(f, log_b + g, EPSILON), _averaged(g, log_a + f, EPSILON)
    return EPSILON * (f * a + g * b).sum((1, 2))


def _self_cost(a: Tensor) -> Tensor:
    """Entropic transport cost (N,) of masses a (N, side, side) with themselves.

    The same steps as in `_cross_cost`, with one potential in place of two equal ones.
    """
    log_a = a.log()
    single = log_a.float()
    f = torch.zeros_like(single)
    for epsilon in ANNEALING:
        f = FINER * f
        f = _averaged(f, single + f, epsilon)
    f_before = f
    for _ in range(REFINEMENTS):
        f_next = f_before.lerp(_soft_minimum(single + f, EPSILON), MOMENTUM)
        f_before, f = f, f_next
    f = f.double()
    f = _averaged(f, log_a + f, EPSILON)
    return 2 * EPSILON * (f * a).sum((1, 2))


def _averaged(f: Tensor, h: Tensor, epsilon: float) -> Tensor:
    """The mean of a potential and its update."""
    return _soft_minimum(h, epsilon).add_(f).mul_(0.5)


def _soft_minimum(h: Tensor, epsilon: float) -> Tensor:
    """-log sum_y exp(h(y) - |x - y|^2 / epsilon) at every pixel x; h (N, side, side)."""
    largest = h.amax((1, 2), keepdim=True)
    sums = blurred((h - largest).exp_(), epsilon)
    tiny = torch.finfo(h.dtype).tiny
    # Some 13 pixels away from all mass, sums are too small for single precision.
    if h.dtype == torch.float32 and sums.amin() < tiny:
        return _soft_minimum(h.double(), epsilon).float()
    return sums.clamp_min_(tiny).log_().add_(largest).neg_()
