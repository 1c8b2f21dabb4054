"""Paths between the codes of two images, decoded, and between their pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vaesweep.data.pairs import ends
from vaesweep.data.splits import IMAGE_SHAPE, Images
from vaesweep.errors import UserError
from vaesweep.files import ADVICE, read_arrays

Codes = NDArray[np.float32]
# Images decoded at once: enough for speed, little memory.
DECODED = 2000


class Model(Protocol):
    """What is asked of a model that interpolates."""

    def encode_images(self, images: Images) -> Codes:
        """Codes (..., latent_size) of images (..., side, side)."""

    def decode_images(self, codes: Codes) -> Images:
        """Images (..., side, side) of codes (..., latent_size)."""


def fractions(steps: int) -> NDArray[np.float64]:
    """Evenly spaced points strictly between 0 and 1: 1/(steps+1), ..., steps/(steps+1)."""
    return np.arange(1, steps + 1) / (steps + 1)


def straight(start: Codes, end: Codes, steps: int) -> Codes:
    """Evenly spaced points on the line between two codes: the assignment's interpolates.

    (..., latent_size) twice to (..., steps, latent_size), the nearest to `start` first.
    """
    t = fractions(steps)[:, None]
    start, end = start[..., None, :], end[..., None, :]
    way = end - start
    # From the nearer end, so that a path and its reverse have the same points.
    return np.where(t < 0.5, start + t * way, end - (1 - t) * way).astype(np.float32)


def spherical(start: Codes, end: Codes, steps: int) -> Codes:
    """Points on the arc between two codes, around the origin, at even angles (Shoemake 1985).

    White 2016 (arXiv:1609.04468) proposes it, since codes of a Gaussian prior lie near a sphere.
    The length goes evenly from the one code's to the other's. Arguments as for `straight`, which it
    is where the codes point the same way or opposite ways.
    """
    t, tiny = fractions(steps)[:, None], np.finfo(np.float32).tiny
    of_a, of_b = (np.linalg.norm(code, axis=-1)[..., None, None] for code in (start, end))
    a = start[..., None, :] / np.maximum(of_a, tiny)
    b = end[..., None, :] / np.maximum(of_b, tiny)
    angle = np.arccos(np.clip((a * b).sum(axis=-1, keepdims=True), -1, 1))
    sine = np.sin(angle) * (of_a * of_b > 0)
    arc = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.maximum(sine, tiny)
    points = ((1 - t) * of_a + t * of_b) * arc
    return np.where(sine > 1e-4, points, straight(start, end, steps)).astype(np.float32)


@dataclass(frozen=True)
class Path:
    """A way from one code to another."""

    words: str  # what reports call it, as in "the codes are joined by ..."
    points: Callable[[Codes, Codes, int], Codes]  # as `straight`


# By the name in config.yaml. A new one is a record here and its name in config.schema.yaml.
PATHS = {
    "straight": Path("a straight line", straight),
    "spherical": Path("an arc around the origin", spherical),
}


def interpolate(
    model: Model, images: Images, pairs: pd.DataFrame, steps: int, path: str = "straight"
) -> tuple[Images, Images]:
    """Decode interpolates between the codes of every pair of test images (N, 28, 28).

    `path` is one of PATHS. Returned are frames (pairs, steps + 2, 28, 28), whose ends are the test
    images themselves, and reconstructions (pairs, 2, 28, 28), the decoded codes of the ends.
    """
    real = ends(images, pairs)
    codes = model.encode_images(real)
    frames = np.empty((len(pairs), steps + 2, *IMAGE_SHAPE), np.uint8)
    frames[:, [0, -1]] = real
    together = max(1, DECODED // steps)
    for start in range(0, len(pairs), together):
        part = slice(start, start + together)
        points = PATHS[path].points(codes[part, 0], codes[part, 1], steps)
        frames[part, 1:-1] = model.decode_images(points)
    return frames, model.decode_images(codes)


def read_frames(path: str, pairs: int) -> tuple[Images, Images]:
    """Read what `interpolate` gave of so many pairs, or UserError: missing, damaged, of others."""
    side = IMAGE_SHAPE
    arrays = read_arrays(path, frames=(pairs, None, *side), reconstructions=(pairs, 2, *side))
    return arrays["frames"], arrays["reconstructions"]


def read_external(
    path: str, images: Images, pairs: pd.DataFrame, steps: int
) -> tuple[Images, Images]:
    """Read what a model from elsewhere made of these pairs of test images (N, 28, 28).

    As `interpolate` returns it. A UserError names what is not so, and the first row where the
    ends are not the test images.
    """
    advice = "See docs/external.md for how such a file is made."
    try:
        frames, reconstructions = read_frames(path, len(pairs))
    except UserError as error:
        raise UserError(str(error).replace(ADVICE, advice)) from error
    if frames.shape[1] != steps + 2:
        raise UserError(
            f"{path}: frames has {frames.shape[1]} columns, expected {steps + 2}: the test images "
            f"and, as interpolation.steps says, {steps} between them. {advice}"
        )
    same = (frames[:, [0, -1]] == ends(images, pairs)).all(axis=(-2, -1))
    if not same.all():
        row = int(np.argmin(same.all(axis=1)))
        side, column = ("a", "first") if not same[row, 0] else ("b", "last")
        raise UserError(
            f"{path}: the {column} frame of row {row} is not test image "
            f"{pairs[f'index_{side}'][row]}, which results/pairs.csv has as index_{side} of it "
            f"(rows count from 0). {advice}"
        )
    return frames, reconstructions


def cross_fade(start: Images, end: Images, steps: int) -> Images:
    """Pixel mixes between two images: (N, side, side) twice to (N, steps, side, side)."""
    t = fractions(steps)[:, None, None]
    mixed = (1 - t) * start[:, None].astype(np.float64) + t * end[:, None].astype(np.float64)
    return np.rint(mixed).astype(np.uint8)
