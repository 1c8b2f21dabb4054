"""Reference paths between the same test images: what a score must not be fooled by.

Each control is treated like a run: frames between the real images, and two "reconstructions",
between which its own cross-fade is drawn.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from vaesweep.interpolation import cross_fade

Images = NDArray[np.uint8]
Paths = tuple[Images, Images]

CHUNK = 500

# What readers call them.
CONTROLS = {
    "image_cross_fade": "cross-fade of the test images",
    "hard_switch": "switch halfway",
    "constant_image": "one constant image",
    "nearest_training_image": "nearest training images",
}


def control_paths(frames: Images, reconstructions: Images, train: Images) -> dict[str, Paths]:
    """Frames and reconstructions of every control.

    Args:
        frames: (N, steps + 2, side, side) of a run; its ends are the real images.
        reconstructions: (N, 2, side, side) of the same run.
        train: (M, side, side) training images.

    Returns:
        By name: frames and reconstructions of the same shapes as those of the run.
        image_cross_fade fades the real images, hard_switch jumps from one to the other half way,
        constant_image always shows the mean training image, and nearest_training_image shows the
        training image nearest (in pixels) to each frame of the run.
    """
    start, end = frames[:, 0], frames[:, -1]
    steps = frames.shape[1] - 2
    ends = np.stack([start, end], axis=1)
    first = (np.arange(1, steps + 1) * 2 <= steps + 1)[:, None, None]
    constant = np.rint(train.mean(axis=0)).astype(np.uint8)
    inner = {
        "image_cross_fade": (cross_fade(start, end, steps), ends),
        "hard_switch": (np.where(first, start[:, None], end[:, None]), ends),
        "constant_image": (
            np.broadcast_to(constant, frames[:, 1:-1].shape),
            np.broadcast_to(constant, ends.shape),
        ),
        "nearest_training_image": (
            nearest_images(frames[:, 1:-1], train),
            nearest_images(reconstructions, train),
        ),
    }
    return {
        name: (np.concatenate([ends[:, :1], path, ends[:, 1:]], axis=1), np.ascontiguousarray(own))
        for name, (path, own) in inner.items()
    }


def nearest_images(queries: Images, images: Images) -> Images:
    """The image of `images` (M, side, side) with the least squared distance to each query.

    Args:
        queries: (..., side, side).
        images: (M, side, side).

    Returns:
        The shape of `queries`.
    """
    candidates = torch.from_numpy(images.reshape(len(images), -1)).float()
    half_norms = candidates.square().sum(1) / 2
    flat = torch.from_numpy(np.ascontiguousarray(queries).reshape(-1, candidates.shape[1]))
    # The least |q - c|^2 is the greatest q.c - |c|^2 / 2.
    indices = [(q.float() @ candidates.T - half_norms).argmax(1) for q in flat.split(CHUNK)]
    nearest: Images = images[torch.cat(indices).numpy()].reshape(queries.shape)
    return nearest
