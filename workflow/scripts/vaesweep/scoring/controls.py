"""Other paths between the same test images: what a score must not be fooled by, and other ways.

Paths that no VAE made show what the score is worth; other ways through the chosen run's codes show
whether the straight line is the best of them.
"""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vaesweep.data.splits import SIDE, Images
from vaesweep.interpolation import PATHS, straight
from vaesweep.scoring.judges import Judge
from vaesweep.training.model import VAE
from vaesweep.training.optimiser import Adam, one_cycle

Codes = NDArray[np.float32]

CHUNK = 500
# Of geodesics; the rate is in units of the standard deviation of the codes.
ITERATIONS, RATE = 30, 0.1


def control_paths(
    frames: Images, references: Mapping[str, Images], train: Images
) -> dict[str, Images]:
    """What lies between the ends, (N, K, side, side), in paths that no VAE made.

    By name, in the order of summary.CONTROLS: the two references, (N, K, side, side) each;
    hard_switch jumps from one image to the other half way; constant_image always shows the mean
    training image (of M, side, side); and nearest_training_image shows the training image nearest
    (in pixels) to each frame of the run. Its frames are (N, K + 2, side, side), the ends real.
    """
    start, inner, end = frames[:, :1], frames[:, 1:-1], frames[:, -1:]
    steps = inner.shape[1]
    first = (np.arange(1, steps + 1) * 2 <= steps + 1)[:, None, None]
    constant = np.rint(train.mean(axis=0)).astype(np.uint8)
    return {
        "transport": references["transport"],
        "cross_fade": references["cross_fade"],
        "hard_switch": np.where(first, start, end),
        "constant_image": np.broadcast_to(constant, inner.shape),
        "nearest_training_image": nearest_images(inner, train),
    }


def other_paths(model: VAE, ends: Images, steps: int, path: str, judge: Judge) -> dict[str, Images]:
    """What lies between the ends (N, 2, side, side) on other ways through a model's codes.

    By name, in the order of columns.OTHER_PATHS, (N, steps, side, side): all PATHS but `path`,
    which the runs take, and geodesics in pixels and in the features of the judge's classifier.
    """
    codes = model.encode_images(ends)
    points = {name: PATHS[name].points(codes[:, 0], codes[:, 1], steps) for name in PATHS}
    del points[path]
    points["geodesic_pixels"] = geodesic(model, codes, steps)
    points["geodesic_features"] = geodesic(model, codes, steps, judge.classifier[:-1])
    return {name: model.decode_images(way) for name, way in points.items()}


def geodesic(
    model: VAE, codes: Codes, steps: int, features: Callable[[Tensor], Tensor] | None = None
) -> Codes:
    """Points (N, steps, latent_size) on geodesics of the decoder between codes (N, 2, latent_size).

    On these what is decoded changes least: after Shao et al. 2018 (arXiv:1711.08014) and Chen et
    al. 2018 (arXiv:1711.01204), the points of a path, at first the straight line, move until the
    energy of the decoded path, the sum of its squared steps, is least. `features` lead from decoded
    images (n, 1, side, side) in [0, 1] to (n, F), in which steps are measured; pixels by default.
    """
    line = straight(codes[:, 0], codes[:, 1], steps)
    inner = nn.Parameter(torch.from_numpy(line).contiguous())  # as fused kernels expect it

    def look(points: Tensor) -> Tensor:
        images = torch.sigmoid(model.decode(points.flatten(0, 1)[None]))[0].view(-1, 1, SIDE, SIDE)
        seen = images if features is None else features(images)
        return seen.view(*points.shape[:2], -1)

    with torch.no_grad():
        start, end = look(torch.from_numpy(codes)).split(1, dim=1)
    optimiser = Adam(nn.ParameterList([inner]), (0.9, 0.99))
    for step in range(ITERATIONS):
        squares = torch.cat([start, look(inner), end], dim=1).diff(dim=1).square()
        (gradient,) = torch.autograd.grad(squares.sum(), inner)
        inner.grad = gradient.contiguous()  # a fused step reads it as it lies in memory
        optimiser.learning_rate = one_cycle(step, ITERATIONS, RATE * float(codes.std()))
        optimiser.step()
    return inner.detach().numpy()


def nearest_images(queries: Images, images: Images) -> Images:
    """The image of `images` (M, side, side) of least squared distance to each (..., side, side)."""
    candidates = torch.from_numpy(images.reshape(len(images), -1)).float()
    half_norms = candidates.square().sum(1) / 2
    flat = torch.from_numpy(np.ascontiguousarray(queries).reshape(-1, candidates.shape[1]))
    # The least |q - c|^2 is the greatest q.c - |c|^2 / 2.
    indices = [(q.float() @ candidates.T - half_norms).argmax(1) for q in flat.split(CHUNK)]
    return images[torch.cat(indices).numpy()].reshape(queries.shape)
