"""What all runs are held against, once: other paths between the same images, and known ones.

The cross-fade of the real images is the score's 0 and their optimal-transport path its 1. Known
paths are made from one test image each, so that the true image between the ends is known.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from vaesweep.data.splits import IMAGE_SHAPE, SIDE, Images
from vaesweep.files import read_arrays
from vaesweep.scoring.transport import self_costs, wasserstein_distance

Array = NDArray[np.float64]

KNOWN_PATHS = 100
KNOWN_SEED = 0
# Bounds of what is drawn for a known path.
TURN = (0.25, 0.5)  # radians, either way
SLANT, SCALE, SHIFT = 0.4, 0.15, 1.0  # shares and pixels, either way


def known_paths(images: Images, steps: int, count: int = KNOWN_PATHS) -> Images:
    """Paths along which one image is turned, slanted, scaled and shifted, each evenly.

    (count, steps + 2, side, side), of images drawn from (N, side, side) without replacement as far
    as there are so many. The untouched image is half way, so that both ends are near the data.
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
    cosine, sine = np.cos(turn), np.sin(turn)
    forth = np.array([[cosine, -sine], [sine, cosine]]) @ [[1, 0], [slant, 1]] * (1 + scale)
    back = np.linalg.inv(forth)  # it is asked where each pixel comes from
    centre = np.full(2, (SIDE - 1) / 2)
    moved = affine_transform(image.astype(float), back, centre - back @ (centre + shift), order=1)
    return np.rint(moved.clip(0, 255))


def read_references(path: str, ends: Images, steps: int) -> dict[str, NDArray[Any]]:
    """Read references.npz of pairs of ends (N, 2, side, side), and add `apart` and `own`.

    These are how far the ends are from one another, (N,), in pixels, and the `self_costs` of
    transport, (N, steps). A UserError: the file is missing, damaged, of another number of pairs or
    steps.
    """
    between, known = (len(ends), steps, *IMAGE_SHAPE), (None, steps + 2, *IMAGE_SHAPE)
    held = read_arrays(path, cross_fade=between, transport=between, known_paths=known)
    apart = wasserstein_distance(ends[:, 0], ends[:, 1])
    return {**held, "apart": apart, "own": self_costs(held["transport"])}
