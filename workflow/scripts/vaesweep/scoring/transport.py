"""The 2-Wasserstein distance between images, by the debiased Sinkhorn divergence.

An image is a distribution of mass over its pixels. With squared pixel distance as cost and
regularisation epsilon, the divergence OT(a,b) - OT(a,a)/2 - OT(b,b)/2 (Feydy et al. 2019,
arXiv:1810.08278) is zero for equal images and close to the squared Wasserstein distance.
The kernel of a squared distance is separable, so a step is two 28x28 products.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Costs = NDArray[np.float64]

# exp(-distance^2 / EPSILON) is a Gaussian of one pixel's standard deviation: the blur.
EPSILON = 2.0
# Coarse to fine: from nearly the size of the image down to the blur, a quarter a step.
FINER = 4.0
ANNEALING = tuple(EPSILON * FINER**k for k in range(3, -1, -1))
# Further steps at the last epsilon, with a momentum that cuts their number by about four.
# `benchmarks/transport.py` compares with the limit of many steps without momentum: of two runs and
# their cross-fades, distances are 0.3 to 1.9 % off in the mean. With a momentum of 1.7 a few do not
# settle, and came out by up to a half otherwise when other images were measured beside them.
REFINEMENTS = 24
MOMENTUM = 1.6
# Mass of an empty pixel beside 1 for white: keeps logarithms finite and blank images defined.
FLOOR = 1e-7
# Images a chunk: few enough that a step's arrays stay in the processor's cache.
CHUNK = 64
# Sides of what is measured are multiples of it, in pixels.
BOX_STEP = 4


def wasserstein_distance(
    a: NDArray[np.uint8],
    b: NDArray[np.uint8],
    own_a: Costs | None = None,
    own_b: Costs | None = None,
) -> Costs:
    """Distance (...) in pixels of each image of a (..., side, side) from that of b in its place.

    Both hold grey levels. A blank image counts as evenly spread mass. `own_a` and `own_b` are their
    `self_costs`, for those who measure the same images more than once.
    """
    own = [self_costs(x) if known is None else known for x, known in ((a, own_a), (b, own_b))]
    divergence = _costs(_cross_cost, a, b) - 0.5 * (own[0] + own[1])
    return np.sqrt(np.maximum(divergence, 0))


def self_costs(images: NDArray[np.uint8]) -> Costs:
    """The entropic cost (...), in squared pixels, of images (..., side, side) with themselves."""
    return _costs(_self_cost, images)


def _costs(cost: Callable[..., Tensor], *images: NDArray[np.uint8]) -> Costs:
    """A cost (...) of the images (..., side, side) in each place, many at once."""
    side = images[0].shape[-1]
    every = np.stack([each.reshape(-1, side, side) for each in images])
    costs = np.empty(every.shape[1])
    first, sides = _boxes(every)
    for cut in np.unique(sides):
        of_side = np.flatnonzero(sides == cut)
        for part in np.split(of_side, range(CHUNK, len(of_side), CHUNK)):
            boxes = [
                every[:, k, at : at + cut, at : at + cut]
                for k, at in zip(part, first[part], strict=True)
            ]
            costs[part] = cost(*masses(np.stack(boxes, axis=1))).numpy()
    return costs.reshape(images[0].shape[:-2])


def _boxes(every: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The square outside of which all images in a place are blank: first row and column, side.

    Each place's own, so that it is measured alike whatever is measured beside it; of few sizes, so
    that many are measured at once. A blank image is mass spread over all pixels, so that nothing
    is cut off.
    """
    whole = every.shape[-1]
    inked: NDArray[np.bool_] = np.any(every, axis=0)
    lines = np.any(inked, axis=1) | np.any(inked, axis=2)
    first = lines.argmax(axis=1)
    last = whole - 1 - lines[:, ::-1].argmax(axis=1)
    sides = -(-(last - first + 1) // BOX_STEP) * BOX_STEP
    blank = ~np.all(np.any(every, axis=(2, 3)), axis=0)
    sides = np.where(blank, whole, np.minimum(sides, whole))
    return np.minimum(first, whole - sides), sides


def masses(images: NDArray[np.uint8]) -> Tensor:
    """Images (..., side, side) as distributions, of mass 1 each."""
    levels = torch.tensor(images, dtype=torch.float64) / 255 + FLOOR
    return levels / levels.sum((-1, -2), keepdim=True)


def blurred(h: Tensor, epsilon: float) -> Tensor:
    """sum_y h(y) exp(-|x - y|^2 / epsilon) at every pixel x; h (..., side, side)."""
    grid = torch.arange(h.shape[-1], dtype=h.dtype)
    kernel = torch.exp(-((grid[:, None] - grid) ** 2) / epsilon)
    for _ in range(2):  # one product an axis; the transpose brings the other axis last
        h = (h.reshape(-1, h.shape[-1]) @ kernel).view(h.shape).transpose(-1, -2)
    return h


def _cross_cost(a: Tensor, b: Tensor) -> Tensor:
    """Entropic transport cost (N,) of masses a and b (N, side, side), up to a shared constant.

    Both potentials, in units of epsilon, move at once, so that the result is symmetric and equals
    `_self_cost` where a equals b. They settle in single precision; the last step is in double.
    """
    log_a, log_b = a.log(), b.log()
    single_a, single_b = log_a.float(), log_b.float()
    f, g = torch.zeros_like(single_a), torch.zeros_like(single_b)
    for epsilon in ANNEALING:
        f, g = FINER * f, FINER * g
        f, g = _half_way(f, single_b + g, epsilon), _half_way(g, single_a + f, epsilon)
    f_before, g_before = f, g
    for _ in range(REFINEMENTS):
        f_next = f_before.lerp(_soft_minimum(single_b + g, EPSILON), MOMENTUM)
        g_next = g_before.lerp(_soft_minimum(single_a + f, EPSILON), MOMENTUM)
        f_before, g_before, f, g = f, g, f_next, g_next
    f, g = f.double(), g.double()
    f, g = _half_way(f, log_b + g, EPSILON), _half_way(g, log_a + f, EPSILON)
    return EPSILON * (f * a + g * b).sum((1, 2))


def _self_cost(a: Tensor) -> Tensor:
    """Entropic transport cost (N,) of masses a (N, side, side) with themselves.

    The same steps as `_cross_cost` with one potential in place of two equal ones.
    """
    log_a = a.log()
    single = log_a.float()
    f = torch.zeros_like(single)
    for epsilon in ANNEALING:
        f = FINER * f
        f = _half_way(f, single + f, epsilon)
    f_before = f
    for _ in range(REFINEMENTS):
        f_next = f_before.lerp(_soft_minimum(single + f, EPSILON), MOMENTUM)
        f_before, f = f, f_next
    f = f.double()
    f = _half_way(f, log_a + f, EPSILON)
    return 2 * EPSILON * (f * a).sum((1, 2))


def _half_way(f: Tensor, h: Tensor, epsilon: float) -> Tensor:
    """The mean of a potential and of what follows from the other one."""
    return _soft_minimum(h, epsilon).add_(f).mul_(0.5)


def _soft_minimum(h: Tensor, epsilon: float) -> Tensor:
    """-log sum_y exp(h(y) - |x - y|^2 / epsilon) at every pixel x; h (N, side, side)."""
    most = h.amax((1, 2), keepdim=True)
    sums = blurred((h - most).exp_(), epsilon)
    tiny = torch.finfo(h.dtype).tiny
    # So far from all mass, some 13 pixels, that single precision has no such number.
    if h.dtype == torch.float32 and sums.amin() < tiny:
        return _soft_minimum(h.double(), epsilon).float()
    return sums.clamp_min_(tiny).log_().add_(most).neg_()
