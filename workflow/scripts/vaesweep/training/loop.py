"""The training loop: a stack of VAEs, each with its own seed, on images held in memory."""

import hashlib
from dataclasses import asdict, dataclass
from logging import Logger
from pathlib import Path
from typing import Any

import torch
from torch import nn

from vaesweep.data.splits import PIXELS, Images
from vaesweep.errors import UserError
from vaesweep.training import hardware as machine
from vaesweep.training.checkpoints import Checkpoint, fingerprint, watch_for_termination
from vaesweep.training.draws import draw_epoch, initialise
from vaesweep.training.hardware import Hardware
from vaesweep.training.model import ARCHITECTURES, Architecture
from vaesweep.training.objectives import OBJECTIVES
from vaesweep.training.optimiser import Adam, one_cycle
from vaesweep.training.progress import Progress, TrainedRun

ADAM_BETAS = (0.9, 0.99)
# Long trainings overfit without it: 50 epochs end 0.5 nats lower with it.
WEIGHT_DECAY = 0.05
# An epoch takes whole batches; more than this share of the images left over is worth a line.
MAX_LEFT_OUT = 0.01


@dataclass(frozen=True)
class Settings:
    """How a model is trained; each field is a key of config.yaml."""

    # Weight of the KL term (Higgins et al. 2017). 0 makes a plain autoencoder: the code is the
    # posterior mean and no noise is added.
    beta: float
    epochs: int  # passes over the training images
    batch_size: int  # images of one step
    learning_rate: float  # peak of the one-cycle schedule
    objective: str = "vae"  # one of OBJECTIVES


def train(
    images: Images,
    architecture: Architecture,
    settings: Settings,
    hardware: Hardware,
    seeds: tuple[int, ...],
    checkpoint: Path,
    checkpoint_seconds: float,
    log: Logger,
) -> list[TrainedRun]:
    """Train one VAE for each seed, side by side, on images (N, 28, 28); log a line an epoch.

    At least `checkpoint_seconds` pass between two saves of the file `checkpoint`, from which a
    training resumes, and which stays until `remove_checkpoints`. Raises UserError if the batch is
    larger than the data, SystemExit if SIGTERM came and the checkpoint was saved.
    """
    steps_per_epoch = _batches(len(images), settings.batch_size, log)
    steps = steps_per_epoch * settings.epochs
    objective = OBJECTIVES[settings.objective]
    device, precision = hardware.device, hardware.precision
    machine.reset_peak_memory(device)
    model, others = initialise(architecture, seeds, images), objective.others(seeds)
    networks = nn.ModuleList([model, *others]).to(device)
    optimiser, progress = Adam(networks, ADAM_BETAS, WEIGHT_DECAY), Progress(model, seeds)
    digest = hashlib.sha256(images.tobytes()).hexdigest()
    deciding = (digest, seeds, asdict(architecture), asdict(settings), hardware.deciding)
    saved = Checkpoint(checkpoint, checkpoint_seconds, fingerprint(deciding))
    if state := saved.load(log):
        networks.load_state_dict(state.pop("networks"))
        optimiser.load_state(state.pop("optimiser"))
        progress.load_state(state)
        log.info("resumed from step %d", progress.step)

    pixels = torch.from_numpy(images.reshape(-1, PIXELS)).to(device)
    order = noise = None
    with watch_for_termination() as termination:
        while progress.step < steps and None in progress.diverged:
            epoch, batch = divmod(progress.step, steps_per_epoch)
            if order is None or noise is None or batch == 0:
                order = noise = None  # the last epoch's noise makes room for the next one's
                draw, width = objective.noise(settings.beta, architecture.latent_size)
                shape = (steps_per_epoch, settings.batch_size, width)
                order, noise = draw_epoch(seeds, epoch, len(images), shape, device, draw)
            rate = one_cycle(progress.step, steps, settings.learning_rate)
            optimiser.learning_rate = rate

            # Rows by index_select: advanced indexing of bytes takes ten times as long.
            x = pixels.index_select(0, order[batch].flatten()).float().div_(255)
            x = x.view(len(seeds), settings.batch_size, PIXELS)
            with torch.autocast(device.type, precision, enabled=precision != torch.float32):
                loss, *terms = objective.terms(model, others, x, noise[batch], settings.beta)
            loss.sum().backward()
            optimiser.step()
            progress.count_step(*terms)

            if batch + 1 == steps_per_epoch:
                progress.end_epoch(networks, epoch + 1, steps_per_epoch, rate)
                progress.log_epoch(epoch + 1, settings.epochs, log)
            if termination or saved.is_due():
                state = {"networks": networks.state_dict(), "optimiser": optimiser.state()}
                saved.save(state | progress.state())
            if termination:
                log.info("asked to end: saved at step %d of %d", progress.step, steps)
                raise SystemExit(143)
    facts = _facts(architecture, settings, hardware) | {"images": digest[:16]}
    return progress.results(progress.step * settings.batch_size, facts)


def train_stack(
    images: Images,
    architecture: Architecture,
    settings: Settings,
    hardware: Hardware,
    seeds: tuple[int, ...],
    checkpoint: Path,
    checkpoint_seconds: float,
    log: Logger,
) -> list[TrainedRun]:
    """As `train`; where the memory does not hold all seeds, one half of them after the other.

    Halves are halved again if need be, until a UserError says that not even one seed fits. They end
    within rounding of the same results, and have checkpoints of their own, beside `checkpoint`.
    """

    def attempt(part: tuple[int, ...], path: Path) -> list[TrainedRun]:
        task = (images, architecture, settings, hardware, part, path, checkpoint_seconds, log)
        return train(*task) if part == seeds else train_stack(*task)

    try:
        return attempt(seeds, checkpoint)
    except RuntimeError as error:
        if not machine.is_out_of_memory(error):
            raise
        if len(seeds) == 1:
            raise UserError(
                f"out of memory on {hardware.name} ({hardware.device}) with a single seed; lower "
                "training.batch_size or model.hidden, or take a device with more memory"
            ) from error
    # Not inside `except`: the error holds on to what the failed stack had allocated.
    half = (len(seeds) + 1) // 2
    log.info("out of memory with %d seeds at once; %d and then the rest instead", len(seeds), half)
    halves = (seeds[:half], seeds[half:])
    paths = [checkpoint.with_name(f"checkpoint-{part[0]}-{part[-1]}.pt") for part in halves]
    return [run for part, path in zip(halves, paths, strict=True) for run in attempt(part, path)]


def _batches(count: int, batch_size: int, log: Logger) -> int:
    if batch_size > count:
        raise UserError(
            f"training.batch_size is {batch_size}, but there are {count} training images; "
            f"lower it to at most {count}"
        )
    left_out = count % batch_size
    if left_out > MAX_LEFT_OUT * count:
        log.info(
            "an epoch takes whole batches: %d images, drawn anew each time, without %d (%.0f %%)",
            count - left_out, left_out, 100 * left_out / count,
        )  # fmt: skip
    return count // batch_size


def _facts(architecture: Architecture, settings: Settings, hardware: Hardware) -> dict[str, Any]:
    objective = OBJECTIVES[settings.objective]
    return {
        "latent_size": architecture.latent_size,
        "architecture": architecture.kind,
        "networks": ARCHITECTURES[architecture.kind].words,
        "hidden": list(architecture.hidden),
        **asdict(settings),
        "models": objective.words,
        "likelihood": objective.has_likelihood(settings.beta),
        "precision": str(hardware.precision).removeprefix("torch."),
        "device": hardware.device.type,
        "device_name": hardware.name,
        "threads": torch.get_num_threads(),
        "peak_memory_mib": machine.peak_memory_mib(hardware.device),
        "torch": torch.__version__,
    }
