"""The training loop: a stack of VAEs, each with its own seed, on images held in memory."""

import hashlib
from dataclasses import asdict, dataclass
from logging import Logger
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from vaesweep.data.splits import PIXELS, Images
from vaesweep.errors import UserError
from vaesweep.training.checkpoints import Checkpoint, fingerprint, watch_for_termination
from vaesweep.training.draws import draw_epoch, initialise
from vaesweep.training.hardware import Hardware, peak_memory_mib, reset_peak_memory
from vaesweep.training.model import ARCHITECTURES, Architecture
from vaesweep.training.objectives import OBJECTIVES, Objective
from vaesweep.training.optimiser import Adam, one_cycle
from vaesweep.training.progress import Progress, TrainedRun

ADAM_BETAS = (0.9, 0.99)
# Long trainings overfit without it: after 50 epochs the -ELBO is 0.5 nats lower with it.
WEIGHT_DECAY = 0.05
# An epoch uses whole batches; the log mentions left-out images if their share is above this.
MAX_LEFT_OUT = 0.01


@dataclass(frozen=True)
class Settings:
    """How a model is trained; each field is a key of config.yaml."""

    beta: float  # weight of the KL term; 0 trains a plain autoencoder
    epochs: int  # passes over the training images
    batch_size: int  # images per step
    learning_rate: float  # peak of the one-cycle schedule
    objective: str = "vae"  # one of OBJECTIVES


class Stack:
    """Models in training side by side, one for each seed."""

    def __init__(
        self,
        images: Images,
        architecture: Architecture,
        settings: Settings,
        hardware: Hardware,
        seeds: tuple[int, ...],
    ) -> None:
        objective = OBJECTIVES[settings.objective]
        self.objective = objective(settings.beta, architecture.latent_size, seeds)
        self.model = initialise(architecture, seeds, images)
        networks = [self.model, *self.objective.others]
        self.networks = nn.ModuleList(networks).to(hardware.device)
        self.optimiser = Adam(self.networks, ADAM_BETAS, WEIGHT_DECAY)
        self.progress = Progress(self.model, seeds)
        self.pixels = torch.from_numpy(images.reshape(-1, PIXELS)).to(hardware.device)
        self.precision = hardware.precision

    def step(self, order: Tensor, noise: Tensor, learning_rate: float) -> None:
        """Take one step on the images with the indices `order` (members, batch)."""
        # index_select, because advanced indexing of bytes takes ten times as long.
        rows = self.pixels.index_select(0, order.flatten())
        x = rows.float().div_(255).view(*order.shape, PIXELS)
        is_mixed = self.precision != torch.float32
        with torch.autocast(self.pixels.device.type, self.precision, enabled=is_mixed):
            loss, reconstruction, kl = self.objective.terms(self.model, x, noise)
        loss.sum().backward()
        self.optimiser.learning_rate = learning_rate
        self.optimiser.step()
        self.progress.count_step(reconstruction, kl)

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on, for a checkpoint."""
        networks, optimiser = self.networks.state_dict(), self.optimiser.state()
        return {"networks": networks, "optimiser": optimiser, **self.progress.state()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.networks.load_state_dict(state.pop("networks"))
        self.optimiser.load_state(state.pop("optimiser"))
        self.progress.load_state(state)


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
    """Train a stack of models, one for each seed, on images (N, 28, 28); log a line per epoch.

    The training resumes from the file `checkpoint`, if it belongs to the same training, and saves
    to it whenever `checkpoint_seconds` have passed since the last save. Raises UserError if a batch
    is larger than the data, and SystemExit, after saving, on SIGTERM, SIGINT or SIGHUP.
    """
    steps_per_epoch = _count_steps(len(images), settings.batch_size, log)
    steps = steps_per_epoch * settings.epochs
    reset_peak_memory(hardware.device)
    stack = Stack(images, architecture, settings, hardware, seeds)
    progress = stack.progress
    digest = hashlib.sha256(images.tobytes()).hexdigest()
    deciding = (digest, seeds, asdict(architecture), asdict(settings), hardware.deciding)
    saved = Checkpoint(checkpoint, checkpoint_seconds, fingerprint(deciding))
    state = saved.load(log)
    if state:
        stack.load_state(state)
        log.info("resumed from step %d", progress.step)

    objective, device = stack.objective, hardware.device
    shape = (steps_per_epoch, settings.batch_size, objective.noise_width)
    with watch_for_termination() as signals:
        while progress.step < steps and None in progress.diverged:
            epoch, first_batch = divmod(progress.step, steps_per_epoch)
            order, noise = draw_epoch(
                seeds, epoch, len(images), shape, device, objective.draw, objective.noise_type
            )
            for batch in range(first_batch, steps_per_epoch):
                rate = one_cycle(progress.step, steps, settings.learning_rate)
                stack.step(order[:, batch], noise[:, batch], rate)
                if batch + 1 == steps_per_epoch:
                    progress.end_epoch(stack.networks, epoch + 1, steps_per_epoch, rate)
                    progress.log_epoch(epoch + 1, settings.epochs, log)
                if signals or saved.is_due():
                    saved.save(stack.state())
                if signals:
                    log.info("asked to stop; saved at step %d of %d", progress.step, steps)
                    raise SystemExit(143)
            del order, noise  # make room for those of the next epoch
    facts = _facts(architecture, settings, objective, hardware)
    facts["images"] = digest[:16]
    return progress.results(progress.step * settings.batch_size, facts)


def _count_steps(images: int, batch_size: int, log: Logger) -> int:
    """How many whole batches an epoch has."""
    if batch_size > images:
        raise UserError(
            f"training.batch_size is {batch_size}, but there are {images} training images; "
            f"lower it to at most {images}"
        )
    left_out = images % batch_size
    if left_out > MAX_LEFT_OUT * images:
        log.info(
            "an epoch uses whole batches, %d images; another %d (%.0f %%) are left out every time",
            images - left_out, left_out, 100 * left_out / images,
        )  # fmt: skip
    return images // batch_size


def _facts(
    architecture: Architecture, settings: Settings, objective: Objective, hardware: Hardware
) -> dict[str, Any]:
    """What training.json says of every member of a stack."""
    return {
        "latent_size": architecture.latent_size,
        "architecture": architecture.kind,
        "networks": ARCHITECTURES[architecture.kind].words,
        "hidden": list(architecture.hidden),
        **asdict(settings),
        "models": objective.words,
        "likelihood": objective.has_likelihood,
        "precision": str(hardware.precision).removeprefix("torch."),
        "device": hardware.device.type,
        "device_name": hardware.name,
        "threads": torch.get_num_threads(),
        "peak_memory_mib": peak_memory_mib(hardware.device),
        "torch": torch.__version__,
    }
