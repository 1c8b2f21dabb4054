"""Optimal-transport paths between images: Wasserstein barycentres at every mark.

Simon and Aberdam 2020 (CVPR, "Barycenters of natural images") name what an interpolation should be:
smooth, of least change, and real. The barycentre is the smooth path of least change; being real is
what the judges ask. The debiased entropic one (Janati et al. 2020, arXiv:2006.02575) does not blur.
"""

import numpy as np
import torch
from torch import Tensor

from vaesweep.data.splits import Images
from vaesweep.interpolation import fractions
from vaesweep.scoring.transport import EPSILON, blurred, masses

# Many more sharpen strokes until they tear; `benchmarks/transport.py` compares with the limit.
ITERATIONS = 100
CHUNK = 40


def barycentres(a: Images, b: Images, steps: int, iterations: int = ITERATIONS) -> Images:
    """Optimal-transport paths (N, steps, side, side) from grey levels a to b, (N, side, side) each.

    They are taken at evenly spaced marks, by so many iterations of a fixed point. The total grey
    goes evenly from that of `a` to that of `b`, but for some 2 % that no pixel is dark enough to
    hold.
    """
    path = np.empty((len(a), steps, *a.shape[1:]), np.uint8)
    t = fractions(steps)[:, None, None]
    for start in range(0, len(a), CHUNK):
        part = slice(start, start + CHUNK)
        mass = _barycentres(masses(a[part]), masses(b[part]), torch.from_numpy(t), iterations)
        grey = [image[part].sum(axis=(1, 2), dtype=float)[:, None, None, None] for image in (a, b)]
        levels = mass.numpy() * ((1 - t) * grey[0] + t * grey[1])
        path[part] = np.rint(levels.clip(0, 255))
    return path


def _barycentres(a: Tensor, b: Tensor, t: Tensor, iterations: int) -> Tensor:
    """Masses (N, steps, side, side) by Janati's Algorithm 1, of masses a and b (N, side, side)."""

    def spread(x: Tensor) -> Tensor:
        return blurred(x, EPSILON).clamp_min(torch.finfo(x.dtype).tiny)

    a, b = a[:, None], b[:, None]
    scaling_a = scaling_b = debiasing = torch.ones((len(a), len(t), *a.shape[2:]), dtype=a.dtype)
    for _ in range(iterations):
        from_a, from_b = spread(a / spread(scaling_a)), spread(b / spread(scaling_b))
        mass = debiasing * from_a ** (1 - t) * from_b**t
        scaling_a, scaling_b = mass / from_a, mass / from_b
        debiasing = (debiasing * mass / spread(debiasing)).sqrt()
    return mass / mass.sum((-1, -2), keepdim=True)
