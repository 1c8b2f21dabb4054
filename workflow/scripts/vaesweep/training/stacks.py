"""Seeds trained as one stack, or as smaller ones where the memory does not hold them all."""

from logging import Logger
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from vaesweep.errors import UserError
from vaesweep.training.loop import Settings, TrainedRun, train
from vaesweep.training.model import Architecture


def train_stack(
    images: NDArray[np.uint8],
    architecture: Architecture,
    settings: Settings,
    seeds: tuple[int, ...],
    checkpoint: Path,
    checkpoint_seconds: float,
    log: Logger,
) -> list[TrainedRun]:
    """Train one VAE for each seed side by side; if memory runs out, one half after the other.

    A seed's result does not depend on its companions, beyond rounding. Halves have checkpoints of
    their own, beside `checkpoint`; of two halves, one that is done is not kept if the other is
    interrupted.

    Args:
        images: (N, 28, 28) training images.
        architecture: shape of the models.
        settings: how they are trained.
        seeds: one for each member.
        checkpoint: file to resume from and to save to.
        checkpoint_seconds: least time between two saves.
        log: gets a line an epoch, and one for each halving.

    Raises:
        UserError: not even one seed fits into the memory; or as `training.train`.
    """
    try:
        return train(images, architecture, settings, seeds, checkpoint, checkpoint_seconds, log)
    except torch.OutOfMemoryError as error:
        if len(seeds) == 1:
            raise UserError(
                f"out of memory on {settings.device} with a single seed; lower "
                "training.batch_size or model.hidden, or take a device with more memory"
            ) from error
    # Not inside `except`: the error holds on to what the failed stack had allocated.
    torch.cuda.empty_cache()
    half = (len(seeds) + 1) // 2
    log.info("out of memory with %d seeds at once; %d and then the rest instead", len(seeds), half)
    runs = []
    for part in (seeds[:half], seeds[half:]):
        own = checkpoint.with_name(f"checkpoint-{part[0]}-{part[-1]}.pt")
        runs += train_stack(images, architecture, settings, part, own, checkpoint_seconds, log)
    return runs
