"""Geodesics of a decoder: the ways between codes on which what is decoded changes least.

After Shao et al. 2018 (arXiv:1711.08014) and Chen et al. 2018 (arXiv:1711.01204): the points of a
path move until the energy of the decoded path, the sum of its squared steps, is least.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vaesweep.data.splits import SIDE
from vaesweep.interpolation import straight
from vaesweep.training.model import VAE
from vaesweep.training.optimiser import Adam, one_cycle

Codes = NDArray[np.float32]
Features = Callable[[Tensor], Tensor]

ITERATIONS = 30
RATE = 0.1  # of the standard deviation of the codes


def geodesic(model: VAE, codes: Codes, steps: int, features: Features | None = None) -> Codes:
    """Points (N, steps, latent_size) on geodesics between codes (N, 2, latent_size).

    They set out from the straight line. The model is a stack of one; `features` leads from decoded
    images (n, 1, side, side) in [0, 1] to (n, F), in which steps are measured; pixels by default.
    """
    start, end = torch.from_numpy(codes).split(1, dim=1)
    line = straight(codes[:, 0], codes[:, 1], steps)
    inner = nn.Parameter(torch.from_numpy(line).contiguous())  # as fused kernels expect it
    optimiser = Adam(nn.ParameterList([inner]), (0.9, 0.99))
    for step in range(ITERATIONS):
        points = torch.cat([start, inner, end], dim=1)
        images = torch.sigmoid(model.decode(points.flatten(0, 1)[None]))[0].view(-1, 1, SIDE, SIDE)
        seen = images if features is None else features(images)
        squares = seen.view(len(codes), steps + 2, -1).diff(dim=1).square()
        (gradient,) = torch.autograd.grad(squares.sum(), inner)
        inner.grad = gradient.contiguous()  # a fused step reads it as it lies in memory
        optimiser.learning_rate = one_cycle(step, ITERATIONS, RATE * float(codes.std()))
        optimiser.step()
    return inner.detach().numpy()
