"""Control paths, and other paths through the chosen run's codes, all between the same test images.

A score must not be fooled by controls, which no VAE made. The other paths show whether the straight
line between two codes is the best path.
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
# For geodesics; the rate is in units of the standard deviation of the codes.
ITERATIONS, RATE = 30, 0.1
PATHS_AT_ONCE = 80  # few enough for the processor's cache: a quarter faster than 220


def control_paths(
    frames: Images, references: Mapping[str, Images], train: Images
) -> dict[str, Images]:
    """The inner frames (N, K, side, side) of paths that no VAE made, by name.

    They are the two references, (N, K, side, side) each; hard_switch, which jumps from one image to
    the other half way; constant_image, always the mean of the training images (M, side, side); and
    nearest_training_image, the training image that is nearest in pixels to each frame of the run.
    The run's `frames` are (N, K + 2, side, side), real images at the ends.
    """
    start, inner, end = frames[:, :1], frames[:, 1:-1], frames[:, -1:]
    steps = inner.shape[1]
    is_first_half = (np.arange(1, steps + 1) * 2 <= steps + 1)[:, None, None]
    constant = np.rint(train.mean(axis=0)).astype(np.uint8)
    return {
        "transport": references["transport"],
        "cross_fade": references["cross_fade"],
        "hard_switch": np.where(is_first_half, start, end),
        "constant_image": np.broadcast_to(constant, inner.shape),
        "nearest_training_image": nearest_images(inner, train),
    }


def other_paths(model: VAE, ends: Images, steps: int, path: str, judge: Judge) -> dict[str, Images]:
    """The inner frames (N, steps, side, side) of other paths through a model's codes, by name.

    Between images (N, 2, side, side), in the order of columns.OTHER_PATHS: all PATHS except `path`,
    which the runs use, and geodesics in pixels and in the features of the judge's classifier.
    """
    codes = model.encode_images(ends)
    points = {
        name: PATHS[name].points(codes[:, 0], codes[:, 1], steps) for name in PATHS if name != path
    }
    points["geodesic_pixels"] = geodesic(model, codes, steps)
    points["geodesic_features"] = geodesic(model, codes, steps, judge.classifier[:-1])
    return {name: model.decode_images(codes_on_path) for name, codes_on_path in points.items()}


def geodesic(
    model: VAE, codes: Codes, steps: int, features: Callable[[Tensor], Tensor] | None = None
) -> Codes:
    """Points (N, steps, latent_size) on geodesics of the decoder between codes (N, 2, latent_size).

    Along a geodesic the decoded images change least (Shao et al. 2018, arXiv:1711.08014; Chen et
    al. 2018, arXiv:1711.01204). From the straight line, the points are moved to lower the energy of
    the decoded path, the sum of its squared steps. `features` maps decoded images (n, 1, side,
    side) in [0, 1] to (n, F), where steps are measured; by default they are measured in pixels.
    """
    rate = RATE * float(codes.std())
    chunks = np.split(codes, range(PATHS_AT_ONCE, len(codes), PATHS_AT_ONCE))
    return np.concatenate([_geodesic(model, chunk, steps, rate, features) for chunk in chunks])


def _geodesic(
    model: VAE,
    codes: Codes,
    steps: int,
    rate: float,
    features: Callable[[Tensor], Tensor] | None,
) -> Codes:
    line = straight(codes[:, 0], codes[:, 1], steps)
    inner = nn.Parameter(torch.from_numpy(line).contiguous())  # fused kernels need it contiguous

    def decode(points: Tensor) -> Tensor:
        images = torch.sigmoid(model.decode(points.flatten(0, 1)[None]))[0].view(-1, 1, SIDE, SIDE)
        measured = images if features is None else features(images)
        return measured.view(*points.shape[:2], -1)

    with torch.no_grad():
        start, end = decode(torch.from_numpy(codes)).split(1, dim=1)
    optimiser = Adam(nn.ParameterList([inner]), (0.9, 0.99))
    for step in range(ITERATIONS):
        squares = torch.cat([start, decode(inner), end], dim=1).diff(dim=1).square()
        (gradient,) = torch.autograd.grad(squares.sum(), inner)
        inner.grad = gradient.contiguous()
        optimiser.learning_rate = one_cycle(step, ITERATIONS, rate)
        optimiser.step()
    return inner.detach().numpy()


def nearest_images(queries: Images, images: Images) -> Images:
    """The nearest image (M, side, side), by squared distance, to each query (..., side, side)."""
    candidates = torch.from_numpy(images.reshape(len(images), -1)).float()
    half_norms = candidates.square().sum(1) / 2
    flat = torch.from_numpy(np.ascontiguousarray(queries).reshape(-1, candidates.shape[1]))
    # |q - c|^2 is smallest where q.c - |c|^2 / 2 is largest.
    indices = [(q.float() @ candidates.T - half_norms).argmax(1) for q in flat.split(CHUNK)]
    return images[torch.cat(indices).numpy()].reshape(queries.shape)
