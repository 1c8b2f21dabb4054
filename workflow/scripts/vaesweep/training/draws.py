"""All random draws of a training: each depends on the seed and the epoch alone.

A resumed run and a run in a stack therefore have the same initialisation, order of images and noise
as a run that was trained alone and without interruption.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from vaesweep.data.splits import PIXELS, Images
from vaesweep.training.model import VAE, Architecture


def initialise(architecture: Architecture, seeds: tuple[int, ...], images: Images) -> VAE:
    """Return a stack of VAEs, one for each seed, that first decode any code to the mean image."""
    model = VAE(architecture, len(seeds))
    mean_image = torch.from_numpy(images.reshape(-1, PIXELS).mean(axis=0) / 255).float()
    for member, seed in enumerate(seeds):
        model.initialise(member, generator_of(torch.device("cpu"), seed, 0), mean_image)
    return model


def draw_epoch(
    seeds: tuple[int, ...],
    epoch: int,
    images: int,
    shape: tuple[int, int, int],
    device: torch.device,
    draw: Callable[[Tensor, torch.Generator], None],
    noise_type: torch.dtype = torch.float32,
) -> tuple[Tensor, Tensor]:
    """Draw the order of `images` training images and the noise for an epoch, counted from 0.

    Returns, for a shape (steps, batch, width), indices of images (members, steps, batch) and noise
    (members, steps, batch, width), which `draw` fills for one member at a time. Everything is drawn
    on the device that uses it: drawing for 64 seeds takes a CPU longer than training takes a GPU.
    """
    steps, batch_size, _ = shape
    order = torch.empty((len(seeds), steps, batch_size), dtype=torch.int64, device=device)
    noise = torch.zeros((len(seeds), *shape), dtype=noise_type, device=device)
    for member, seed in enumerate(seeds):
        generator = generator_of(device, seed, 1 + epoch)
        permutation = torch.randperm(images, generator=generator, device=device)
        order[member] = permutation[: steps * batch_size].view(steps, batch_size)
        draw(noise[member], generator)
    return order, noise


def generator_of(device: torch.device, seed: int, *stream: int) -> torch.Generator:
    """A random stream of a seed: 0 initialises models, 0, 1 critics; 1 + epoch is an epoch's."""
    state = np.random.SeedSequence([seed, *stream]).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(state >> np.uint64(1)))
