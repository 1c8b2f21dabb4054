"""What all runs are compared with: reference paths between the pairs, and paths that are known.

The cross-fade of the real images is the score's 0 and their optimal-transport path its 1. A known
path is made from one test image, so that the true image is known at every step.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from vaesweep.data.splits import IMAGE_SHAPE, SIDE, Images
from vaesweep.files import read_arrays
from vaesweep.scoring.transport import wasserstein_distance

Array = NDArray[np.float64]

KNOWN_PATHS = 100
KNOWN_STEPS = 3  # frames between the ends; more say the same, since neighbours err alike
KNOWN_SEED = 0
# Ranges of what is drawn for a known path, each in either direction.
TURN = (0.25, 0.5)  # radians
SLANT, SCALE, SHIFT = 0.4, 0.15, 1.0  # shares, and pixels


def known_paths(images: Images, steps: int = KNOWN_STEPS, count: int = KNOWN_PATHS) -> Images:
    """Paths along which one image is turned, slanted, scaled and shifted evenly.

    Returns (count, steps + 2, side, side), made of images drawn from (N, side, side) without
    replacement; fewer paths if there are fewer images. The untouched image is half way, so that
    both ends are near the data.
    """
    generator = np.random.default_rng(KNOWN_SEED)
    chosen = generator.permutation(len(images))[:count]
    paths = np.empty((len(chosen), steps + 2, *IMAGE_SHAPE), np.uint8)
    for path, image in zip(paths, images[chosen], strict=True):
        turn = generator.uniform(*TURN) * generator.choice([-1, 1])
        slant, scale, *shift = generator.uniform(-1, 1, 4) * [SLANT, SCALE, SHIFT, SHIFT]
        for frame, t in zip(path, np.linspace(-0.5, 0.5, steps + 2), strict=True):
            frame[:] = _warped(image, t * turn, t * slant, t * scale, t * np.array(shift))
    return paths


def _warped(image: Images, turn: float, slant: float, scale: float, shift: Array) -> Array:
    """An image (side, side) under an affine transformation about its centre."""
    cosine, sine = np.cos(turn), np.sin(turn)
    forward = np.array([[cosine, -sine], [sine, cosine]]) @ [[1, 0], [slant, 1]] * (1 + scale)
    inverse = np.linalg.inv(forward)  # affine_transform asks where each pixel comes from
    centre = np.full(2, (SIDE - 1) / 2)
    offset = centre - inverse @ (centre + shift)
    moved = affine_transform(image.astype(float), inverse, offset, order=1)
    return np.rint(moved.clip(0, 255))


def read_references(path: str, ends: Images, steps: int) -> dict[str, NDArray[Any]]:
    """Read references.npz for pairs with these ends (N, 2, side, side).

    To its arrays is added `separation` (N,), the distance between the ends in pixels. Raises
    UserError if the file is missing, damaged, or made for other numbers of pairs or steps.
    """
    between, known = (len(ends), steps, *IMAGE_SHAPE), (None, KNOWN_STEPS + 2, *IMAGE_SHAPE)
    arrays = read_arrays(path, cross_fade=between, transport=between, known_paths=known)
    return {**arrays, "separation": wasserstein_distance(ends[:, 0], ends[:, 1])}
