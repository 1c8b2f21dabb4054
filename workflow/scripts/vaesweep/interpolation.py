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
# Interpolates decoded at once: enough for speed, little memory.
CHUNK = 2000


class Model(Protocol):
    """What interpolation needs of a model."""

    def encode_images(self, images: Images) -> Codes:
        """Encode images (..., side, side) as codes (..., latent_size)."""

    def decode_images(self, codes: Codes) -> Images:
        """Decode codes (..., latent_size) to images (..., side, side)."""


def fractions(steps: int) -> NDArray[np.float64]:
    """Evenly spaced points strictly between 0 and 1: 1/(steps+1), ..., steps/(steps+1)."""
    return np.arange(1, steps + 1) / (steps + 1)


def straight(start: Codes, end: Codes, steps: int) -> Codes:
    """Evenly spaced points on the line between two codes: the assignment's interpolates.

    `start` and `end` are (..., latent_size). Returns (..., steps, latent_size), the point nearest
    to `start` first.
    """
    t = fractions(steps)[:, None]
    start, end = start[..., None, :], end[..., None, :]
    difference = end - start
    # Measured from the nearer end, so that a path and its reverse have the same points.
    points = np.where(t < 0.5, start + t * difference, end - (1 - t) * difference)
    return points.astype(np.float32)


def spherical(start: Codes, end: Codes, steps: int) -> Codes:
    """Points at even angles on an arc around the origin between two codes (Shoemake 1985).

    White 2016 (arXiv:1609.04468) proposes it, since codes of a Gaussian prior lie near a sphere.
    The distance from the origin changes evenly. Arguments are as for `straight`, whose points are
    returned for codes that point in the same direction or in opposite ones.
    """
    t, tiny = fractions(steps)[:, None], np.finfo(np.float32).tiny
    norm_a = np.linalg.norm(start, axis=-1)[..., None, None]
    norm_b = np.linalg.norm(end, axis=-1)[..., None, None]
    a = start[..., None, :] / np.maximum(norm_a, tiny)
    b = end[..., None, :] / np.maximum(norm_b, tiny)
    angle = np.arccos(np.clip((a * b).sum(axis=-1, keepdims=True), -1, 1))
    sine = np.sin(angle) * (norm_a * norm_b > 0)
    arc = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.maximum(sine, tiny)
    points = ((1 - t) * norm_a + t * norm_b) * arc
    return np.where(sine > 1e-4, points, straight(start, end, steps)).astype(np.float32)


@dataclass(frozen=True)
class Path:
    """A kind of path from one code to another."""

    words: str  # what reports call it, as in "the codes are joined by ..."
    points: Callable[[Codes, Codes, int], Codes]  # start, end, steps, as for `straight`


# By the name in config.yaml. A new one is a record here and its name in config.schema.yaml.
PATHS = {
    "straight": Path("a straight line", straight),
    "spherical": Path("an arc around the origin", spherical),
}


def interpolate(
    model: Model, images: Images, pairs: pd.DataFrame, steps: int, path: str = "straight"
) -> tuple[Images, Images]:
    """Decode interpolates between the codes of each pair of test images (N, 28, 28).

    `path` is one of PATHS. Returns frames (pairs, steps + 2, 28, 28), whose ends are the test
    images themselves, and reconstructions (pairs, 2, 28, 28), the decoded codes of the ends.
    """
    real = ends(images, pairs)
    codes = model.encode_images(real)
    frames = np.empty((len(pairs), steps + 2, *IMAGE_SHAPE), np.uint8)
    frames[:, [0, -1]] = real
    paths_at_once = max(1, CHUNK // steps)
    for start in range(0, len(pairs), paths_at_once):
        chunk = slice(start, start + paths_at_once)
        points = PATHS[path].points(codes[chunk, 0], codes[chunk, 1], steps)
        frames[chunk, 1:-1] = model.decode_images(points)
    return frames, model.decode_images(codes)


def read_frames(path: str, pairs: int) -> tuple[Images, Images]:
    """Read what `interpolate` returned. UserError if missing, damaged, or for other pairs."""
    side = IMAGE_SHAPE
    arrays = read_arrays(path, frames=(pairs, None, *side), reconstructions=(pairs, 2, *side))
    return arrays["frames"], arrays["reconstructions"]


def read_external(
    path: str, images: Images, pairs: pd.DataFrame, steps: int
) -> tuple[Images, Images]:
    """Read the frames that an external model made for these pairs of test images (N, 28, 28).

    Returns what `interpolate` does. Raises UserError that names the fault, and the first row whose
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
            f"{pairs[f'index_{side}'][row]}, the index_{side} of that row in results/pairs.csv "
            f"(rows count from 0). {advice}"
        )
    return frames, reconstructions


def cross_fade(start: Images, end: Images, steps: int) -> Images:
    """Pixel mixes (N, steps, side, side) of images start[i] and end[i] (N, side, side)."""
    t = fractions(steps)[:, None, None]
    mixed = (1 - t) * start[:, None].astype(np.float64) + t * end[:, None].astype(np.float64)
    return np.rint(mixed).astype(np.uint8)
