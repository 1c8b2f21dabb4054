"""Straight lines between the codes of two test images, decoded."""

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from vaesweep.training.model import PIXELS, SIDE, VAE


def linear_interpolates(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """Evenly spaced points strictly between `start` and `end`.

    Args:
        start: (..., latent_size) codes.
        end: the same shape.
        steps: number of points; t = 1/(steps+1), ..., steps/(steps+1).

    Returns:
        (..., steps, latent_size), the nearest to `start` first.
    """
    t = torch.arange(1, steps + 1, dtype=start.dtype).unsqueeze(-1) / (steps + 1)
    return torch.lerp(start.unsqueeze(-2), end.unsqueeze(-2), t)


@torch.no_grad()
def interpolate(
    model: VAE, images: NDArray[np.uint8], pairs: pd.DataFrame, steps: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Decode the interpolates of every pair.

    Args:
        model: a stack of one.
        images: (N, 28, 28) test images.
        pairs: with columns index_a and index_b.
        steps: interpolates between the two codes, which are the posterior means.

    Returns:
        Frames (pairs, steps + 2, 28, 28), whose ends are the test images themselves, and
        reconstructions (pairs, 2, 28, 28), the decoded codes of the ends.
    """
    ends = images[pairs[["index_a", "index_b"]].to_numpy()]
    pixels = torch.from_numpy(ends).view(1, -1, PIXELS).float() / 255
    codes, _ = model.encode(pixels)
    codes = codes.view(len(pairs), 2, -1)
    path = linear_interpolates(codes[:, 0], codes[:, 1], steps)
    frames = np.concatenate([ends[:, :1], _decode(model, path), ends[:, 1:]], axis=1)
    return frames, _decode(model, codes)


def _decode(model: VAE, codes: Tensor) -> NDArray[np.uint8]:
    """Grey levels (pairs, n, 28, 28) of codes (pairs, n, latent_size)."""
    levels = torch.sigmoid(model.decode(codes.reshape(1, -1, codes.shape[-1])))
    decoded = (levels * 255).round().to(torch.uint8).view(*codes.shape[:2], SIDE, SIDE)
    array: NDArray[np.uint8] = decoded.numpy()
    return array
