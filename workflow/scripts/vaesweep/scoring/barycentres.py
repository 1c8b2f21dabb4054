"""Optimal-transport paths between images: Wasserstein barycentres at even fractions of the way.

Simon and Aberdam 2020 (CVPR, "Barycenters of natural images") say what an interpolation should be:
smooth, of least change, and real. The barycentres are the smooth path of least change; judges ask
whether it looks real. The debiased entropic barycentre (Janati et al. 2020, arXiv:2006.02575) does
not blur.
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
    """Optimal-transport paths (N, steps, side, side) between images a[i] and b[i] (N, side, side).

    The total grey level changes evenly from that of a[i] to that of b[i], except for about 2 % that
    would make some pixels darker than black.
    """
    paths = np.empty((len(a), steps, *a.shape[1:]), np.uint8)
    t = fractions(steps)[:, None, None]
    for start in range(0, len(a), CHUNK):
        chunk = slice(start, start + CHUNK)
        mass = _barycentres(masses(a[chunk]), masses(b[chunk]), torch.from_numpy(t), iterations)
        grey_a = a[chunk].sum(axis=(1, 2), dtype=float)[:, None, None, None]
        grey_b = b[chunk].sum(axis=(1, 2), dtype=float)[:, None, None, None]
        levels = mass.numpy() * ((1 - t) * grey_a + t * grey_b)
        paths[chunk] = np.rint(levels.clip(0, 255))
    return paths


def _barycentres(a: Tensor, b: Tensor, t: Tensor, iterations: int) -> Tensor:
    """Masses (N, steps, side, side) between a and b (N, side, side): Janati's Algorithm 1."""

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
