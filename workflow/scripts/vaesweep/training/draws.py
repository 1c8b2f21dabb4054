"""Every random draw of a training: a function of each seed and the epoch, and of nothing else.

So a resumed run and a stacked run see the same initialisation, order and noise as one that was
neither interrupted nor stacked.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from vaesweep.data.splits import PIXELS, Images
from vaesweep.training.model import VAE, Architecture


def initialise(architecture: Architecture, seeds: tuple[int, ...], images: Images) -> VAE:
    """Return a stack of VAEs, one for each seed; their output starts at the mean of the images."""
    model = VAE(architecture, len(seeds))
    mean_image = torch.from_numpy(images.reshape(-1, PIXELS).mean(axis=0) / 255).float()
    for member, seed in enumerate(seeds):
        model.initialise(member, generator_of(torch.device("cpu"), seed, 0), mean_image)
    return model


def draw_epoch(
    seeds: tuple[int, ...],
    epoch: int,
    count: int,
    shape: tuple[int, int, int],
    device: torch.device,
    draw: Callable[..., Tensor] | None = torch.randn,
) -> tuple[Tensor, Tensor]:
    """Draw the order of so many images and the noise of an epoch, counted from 0.

    On the device that uses them: a CPU takes longer to draw for 64 seeds than a GPU to train them.
    For a shape (steps, batch, width), the order (steps, members, batch) is of image indices and the
    noise (steps, members, batch, width) what `draw`, torch.randn or torch.rand, gives; without it,
    all zeros that take no memory.
    """
    steps, batch_size, width = shape
    orders = torch.empty((steps, len(seeds), batch_size), dtype=torch.int64, device=device)
    noise = torch.zeros(1, device=device).expand(steps, len(seeds), batch_size, width)
    if draw:
        noise = torch.empty(noise.shape, device=device)
    for member, seed in enumerate(seeds):
        generator = generator_of(device, seed, 1 + epoch)
        order = torch.randperm(count, generator=generator, device=device)
        orders[:, member] = order[: steps * batch_size].view(steps, batch_size)
        if draw and len(seeds) == 1:  # in place: for many latents, two of it are much memory
            draw(shape, generator=generator, device=device, out=noise.squeeze(1))
        elif draw:
            noise[:, member] = draw(shape, generator=generator, device=device)
    return orders, noise


def generator_of(device: torch.device, seed: int, *stream: int) -> torch.Generator:
    """A seed's stream: 0 for its initialisation (0, 1 for a critic's), 1 + epoch for each epoch."""
    state = np.random.SeedSequence([seed, *stream]).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(state >> np.uint64(1)))
