"""The training loop: a stack of VAEs, each with its own seed, on images held in memory."""

import math
import time
from dataclasses import asdict, dataclass, field
from logging import Logger
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vaesweep.errors import UserError
from vaesweep.training.checkpoints import (
    fingerprint,
    load_checkpoint,
    save_checkpoint,
    watch_for_termination,
)
from vaesweep.training.draws import draw_epoch, initialise
from vaesweep.training.hardware import choose_device, choose_precision, device_name, peak_memory_mib
from vaesweep.training.model import PIXELS, VAE, Architecture, member_state, negative_elbo_terms
from vaesweep.training.optimiser import Adam, one_cycle

ADAM_BETAS = (0.9, 0.99)
# Long trainings overfit without it: 50 epochs end 0.5 nats lower with it.
WEIGHT_DECAY = 0.05
HISTORY_COLUMNS = ["epoch", "neg_elbo", "reconstruction", "kl", "learning_rate", "seconds"]


@dataclass(frozen=True)
class Settings:
    """How a model is trained; each field is a key of config.yaml.

    Attributes:
        beta: weight of the KL term (Higgins et al. 2017). 0 makes a plain autoencoder: the code
            is the posterior mean and no noise is added.
        epochs: passes over the training images.
        batch_size: images of one step.
        learning_rate: peak of the one-cycle schedule.
        precision: "auto", "float32" or "bfloat16", of the matrix products.
        device: "auto", "cpu" or "cuda".
    """

    beta: float
    epochs: int
    batch_size: int
    learning_rate: float
    precision: str
    device: str


@dataclass
class Progress:
    """All that grows during training; saved in the checkpoint beside model and optimiser.

    Attributes:
        step: optimiser steps done.
        seconds: seconds spent in the loop, over all restarts.
        totals: (2, members) sums of reconstruction and KL since the epoch began.
        histories: for each member a dict an epoch.
        finite: for each member its parameters at the end of the last epoch that was finite.
        diverged: epoch in which a member's loss or parameters ceased to be finite, or None.
    """

    step: int
    seconds: float
    totals: Tensor
    histories: list[list[dict[str, float]]]
    finite: list[dict[str, Tensor]]
    diverged: list[int | None]


@dataclass
class TrainedRun:
    """One member's result.

    Attributes:
        seed: its seed.
        state: its parameters, without the member axis.
        history: a dict an epoch: epoch, neg_elbo, reconstruction, kl, learning_rate, seconds.
        facts: status and what it ran on, for training.json.
    """

    seed: int
    state: dict[str, Tensor]
    history: list[dict[str, float]]
    facts: dict[str, Any] = field(default_factory=dict)


def train(
    images: NDArray[np.uint8],
    architecture: Architecture,
    settings: Settings,
    seeds: tuple[int, ...],
    checkpoint: Path,
    checkpoint_seconds: float,
    log: Logger,
) -> list[TrainedRun]:
    """Train one VAE for each seed, side by side.

    Args:
        images: (N, 28, 28) training images.
        architecture: shape of the models.
        settings: how they are trained.
        seeds: one for each member; it seeds the initialisation, the order of the images and the
            noise of that member alone.
        checkpoint: file to resume from and to save to; removed when training ends.
        checkpoint_seconds: least time between two saves.
        log: gets a line an epoch.

    Raises:
        UserError: the batch is larger than the data, or the device is missing.
        SystemExit: SIGTERM came; the checkpoint was saved.
    """
    _require_batch(len(images), settings.batch_size)
    device = choose_device(settings.device)
    precision, reason = choose_precision(settings.precision, device)
    log.info("device %s (%s), precision %s (%s)", device, device_name(device), precision, reason)
    # As torch.use_deterministic_algorithms(True), which imports the compiler besides.
    torch.set_deterministic_debug_mode("error")
    # Nothing reads memory before it is written, and filling it takes 7 % of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]

    pixels = torch.from_numpy(images.reshape(-1, PIXELS))
    model = initialise(architecture, seeds, images).to(device)
    optimiser = Adam(model, ADAM_BETAS, WEIGHT_DECAY)
    steps_per_epoch = len(images) // settings.batch_size
    steps = steps_per_epoch * settings.epochs
    mark = fingerprint(images, seeds, architecture, settings)
    progress = _resume(model, optimiser, load_checkpoint(checkpoint, mark, log), log)
    pixels = pixels.to(device)

    started = time.perf_counter() - progress.seconds
    saved = time.perf_counter()
    order = noise = None
    with watch_for_termination() as termination:
        while progress.step < steps and None in progress.diverged:
            epoch, batch = divmod(progress.step, steps_per_epoch)
            if order is None or noise is None or batch == 0:
                shape = (steps_per_epoch, settings.batch_size, architecture.latent_size)
                order, noise = draw_epoch(seeds, epoch, len(images), shape, device)
                noise *= settings.beta > 0
            rate = one_cycle(progress.step, steps, settings.learning_rate)
            optimiser.learning_rate = rate

            # Rows by index_select: advanced indexing of bytes takes ten times as long.
            x = pixels.index_select(0, order[batch].flatten()).float().div_(255)
            x = x.view(len(seeds), settings.batch_size, PIXELS)
            with torch.autocast(device.type, precision, enabled=precision != torch.float32):
                reconstruction, kl = negative_elbo_terms(model, x, noise[batch])
            (reconstruction + settings.beta * kl).sum().backward()
            optimiser.step()
            progress.totals += torch.stack([reconstruction.detach(), kl.detach()])
            progress.step += 1

            now = time.perf_counter()
            progress.seconds = now - started
            if batch + 1 == steps_per_epoch:
                _end_epoch(progress, model, epoch + 1, steps_per_epoch, rate)
                _log_epoch(progress, epoch + 1, settings.epochs, seeds, log)
            if termination or now - saved >= checkpoint_seconds:
                state = {"model": model.state_dict(), "optimiser": optimiser.state()}
                save_checkpoint(checkpoint, mark, state | vars(progress))
                saved = now
            if termination:
                log.info("asked to end: saved at step %d of %d", progress.step, steps)
                raise SystemExit(143)
    checkpoint.unlink(missing_ok=True)
    facts = {
        "precision": str(precision).removeprefix("torch."),
        "device": device.type,
        "device_name": device_name(device),
        "threads": torch.get_num_threads(),
        "stacked_seeds": len(seeds),
        "peak_memory_mib": peak_memory_mib(device),
        "torch": torch.__version__,
    }
    return _results(progress, architecture, settings, seeds, steps_per_epoch, facts)


def _require_batch(count: int, batch_size: int) -> None:
    if batch_size > count:
        raise UserError(
            f"training.batch_size is {batch_size}, but there are {count} training images; "
            f"lower it to at most {count}"
        )


def _resume(model: VAE, optimiser: Adam, state: dict[str, Any] | None, log: Logger) -> Progress:
    """Progress at the start, or that of a checkpoint, whose model and optimiser are loaded."""
    members = range(model.members)
    device = next(model.parameters()).device
    if state is None:
        return Progress(
            step=0,
            seconds=0.0,
            totals=torch.zeros(2, model.members, device=device),
            histories=[[] for _ in members],
            finite=[member_state(model, member) for member in members],
            diverged=[None for _ in members],
        )
    model.load_state_dict(state.pop("model"))
    optimiser.load_state(state.pop("optimiser"))
    progress = Progress(**state)
    progress.totals = progress.totals.to(device)
    log.info("resumed from step %d", progress.step)
    return progress


def _end_epoch(
    progress: Progress, model: VAE, epoch: int, steps_per_epoch: int, rate: float
) -> None:
    """Write the epoch's row for each member that is still finite, and keep its parameters."""
    reconstructions, kls = (progress.totals / steps_per_epoch).tolist()
    progress.totals.zero_()
    for member in range(model.members):
        if progress.diverged[member] is not None:
            continue
        state = member_state(model, member)
        neg_elbo = reconstructions[member] + kls[member]
        if not (math.isfinite(neg_elbo) and all(t.isfinite().all() for t in state.values())):
            progress.diverged[member] = epoch
            continue
        progress.finite[member] = state
        terms = (reconstructions[member], kls[member])
        row = zip(HISTORY_COLUMNS, (epoch, neg_elbo, *terms, rate, progress.seconds), strict=True)
        progress.histories[member].append(dict(row))


def _log_epoch(
    progress: Progress, epoch: int, epochs: int, seeds: tuple[int, ...], log: Logger
) -> None:
    for seed, history, diverged in zip(seeds, progress.histories, progress.diverged, strict=True):
        if diverged == epoch:
            log.info(
                "epoch %d/%d: seed %d diverged; its last finite weights are kept",
                epoch,
                epochs,
                seed,
            )
        elif diverged is None:
            row = history[-1]
            log.info(
                "epoch %d/%d: seed %d, -ELBO %.2f = reconstruction %.2f + KL %.2f nats, "
                "%.1f s so far, %.0f s left",
                epoch, epochs, seed, row["neg_elbo"], row["reconstruction"], row["kl"],
                progress.seconds, progress.seconds * (epochs - epoch) / epoch,
            )  # fmt: skip


def _results(
    progress: Progress,
    architecture: Architecture,
    settings: Settings,
    seeds: tuple[int, ...],
    steps_per_epoch: int,
    facts: dict[str, Any],
) -> list[TrainedRun]:
    images_seen = progress.step * settings.batch_size
    runs = []
    for member, seed in enumerate(seeds):
        state, diverged = progress.finite[member], progress.diverged[member]
        described = {
            "latent_size": architecture.latent_size,
            "seed": seed,
            "status": "ok" if diverged is None else "diverged",
            "diverged_in_epoch": diverged,
            "architecture": architecture.kind,
            "hidden": list(architecture.hidden),
            **asdict(settings),
            **facts,
            "parameters": sum(tensor.numel() for tensor in state.values()),
            # A stack shares its seconds: this is the run's share of them.
            "train_seconds": progress.seconds / len(seeds),
            "images_per_second": images_seen * len(seeds) / progress.seconds,
        }
        runs.append(TrainedRun(seed, state, progress.histories[member], described))
    return runs
