"""Two small CNNs that judge frames: which class is it, and how much of a ghost is it?

The ghost judge takes the critic of ACAI (Berthelot et al. 2018, arXiv:1807.07543), which guesses
from an image how far it was mixed, and trains it on cross-fades of real images instead of against
the model, so that it is the same for every run.
"""

import json
from dataclasses import dataclass
from logging import Logger
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from vaesweep.data.splits import SIDE
from vaesweep.files import reading, write_whole
from vaesweep.training.optimiser import Adam, one_cycle

EPOCHS = 3
BATCH_SIZE = 128
LEARNING_RATE = 5e-3
ADAM_BETAS = (0.9, 0.99)
HELD_OUT = 5000
MAX_BLUR = 1.0
CLEAN_SHARE = 1 / 3
CHUNK = 500


@dataclass(frozen=True)
class Judgement:
    """What a judge says of images; arrays of the images' leading shape.

    Attributes:
        ghost: how far the image looks like a cross-fade, 0 not at all, 1 half and half.
        classes: probability of each class, along a last axis.
    """

    ghost: NDArray[np.float64]
    classes: NDArray[np.float64]


class Judge(nn.Module):
    """A ghost regressor and a classifier of the same small shape, sharing nothing.

    Attributes:
        seed: what it was trained with.
        classes: how many it knows.
    """

    def __init__(self, seed: int, classes: int) -> None:
        super().__init__()
        self.seed = seed
        self.classes = classes
        self.ghost = _network(1)
        self.classifier = _network(classes)

    @torch.no_grad()
    def judge(self, images: NDArray[np.uint8]) -> Judgement:
        """Judge images (..., 28, 28)."""
        ghosts, classes = [], []
        for pixels in _chunks(images):
            ghosts.append(torch.sigmoid(self.ghost(pixels)).squeeze(1))
            classes.append(torch.softmax(self.classifier(pixels), dim=1))
        shape = images.shape[:-2]
        return Judgement(
            torch.cat(ghosts).double().numpy().reshape(shape),
            torch.cat(classes).double().numpy().reshape(*shape, self.classes),
        )

    @torch.no_grad()
    def features(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The classifier's last hidden layer: images (..., 28, 28) to (..., 128)."""
        found = torch.cat([self.classifier[:-1](pixels) for pixels in _chunks(images)])
        return found.double().numpy().reshape(*images.shape[:-2], -1)


def _chunks(images: NDArray[np.uint8]) -> list[Tensor]:
    """Grey levels in [0, 1] of images (..., 28, 28), as batches (n, 1, 28, 28)."""
    flat = torch.from_numpy(np.ascontiguousarray(images).reshape(-1, 1, SIDE, SIDE))
    return [chunk.float() / 255 for chunk in flat.split(CHUNK)]


def _network(outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2),
        nn.SiLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.SiLU(),
        nn.Flatten(),
        nn.Linear(32 * (SIDE // 4) ** 2, 128),
        nn.SiLU(),
        nn.Linear(128, outputs),
    )


def train_judge(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], classes: int, seed: int, log: Logger
) -> tuple[Judge, dict[str, float]]:
    """Train a judge on the training split, less 5,000 images held out to measure it.

    Args:
        images: (N, 28, 28) training images.
        labels: (N,) classes, 0 to `classes` - 1.
        classes: how many there are.
        seed: seeds the split, the initialisation and every draw.
        log: gets a line an epoch.

    Returns:
        The judge, and on held-out images: accuracy (share right) and ghost_error (mean absolute
        error of the ghost judge on cross-fades).
    """
    torch.manual_seed(seed)
    judge = Judge(seed, classes)
    order = torch.randperm(len(images))
    held_out, kept = order[:HELD_OUT], order[HELD_OUT:]
    pixels, targets = torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels).long()
    steps = EPOCHS * (len(kept) // BATCH_SIZE)
    optimiser = Adam(judge, ADAM_BETAS)
    step = 0
    for epoch in range(EPOCHS):
        for chosen in kept[torch.randperm(len(kept))].split(BATCH_SIZE)[: steps // EPOCHS]:
            x = pixels[chosen].float() / 255
            mixed, target = _cross_fade(x)
            ghost_loss = functional.mse_loss(torch.sigmoid(judge.ghost(mixed)).squeeze(1), target)
            class_loss = functional.cross_entropy(judge.classifier(_blur(x)), targets[chosen])
            (ghost_loss + class_loss).backward()
            optimiser.learning_rate = one_cycle(step, steps, LEARNING_RATE)
            optimiser.step()
            step += 1
        facts = _measure(judge, pixels[held_out].float() / 255, targets[held_out])
        log.info("epoch %d/%d: accuracy %.4f, ghost error %.4f, on %d held-out training images",
                 epoch + 1, EPOCHS, facts["accuracy"], facts["ghost_error"], HELD_OUT)  # fmt: skip
    return judge, facts


def _cross_fade(x: Tensor) -> tuple[Tensor, Tensor]:
    """Blurred mixes (1-a) x + a x' of images with one another, and their targets 2 min(a, 1-a).

    A third is not mixed. Mixed or not, all are blurred alike, so that blur, of which VAEs are
    fond, is no cue.
    """
    a = torch.rand(len(x)) * (torch.rand(len(x)) >= CLEAN_SHARE)
    partner = x[torch.randperm(len(x))]
    weight = a.view(-1, 1, 1, 1)
    return _blur((1 - weight) * x + weight * partner), 2 * torch.minimum(a, 1 - a)


def _blur(x: Tensor) -> Tensor:
    """Blur a batch (N, 1, 28, 28) by a Gaussian of random width, up to MAX_BLUR pixels."""
    grid = torch.arange(SIDE, dtype=x.dtype)
    width = MAX_BLUR * torch.rand(()) + 1e-3
    kernel = torch.exp(-((grid[:, None] - grid) ** 2) / (2 * width**2))
    kernel = (kernel / kernel.sum(-1, keepdim=True)).T
    for _ in range(2):  # one product an axis; the transpose brings the other axis last
        x = (x.reshape(-1, SIDE) @ kernel).view(-1, 1, SIDE, SIDE).transpose(-1, -2)
    return x


@torch.no_grad()
def _measure(judge: Judge, x: Tensor, targets: Tensor) -> dict[str, float]:
    right = judge.classifier(x).argmax(1) == targets
    errors = []
    for batch in x.split(BATCH_SIZE):  # as in training, each batch has its own blur
        mixed, target = _cross_fade(batch)
        errors.append((torch.sigmoid(judge.ghost(mixed)).squeeze(1) - target).abs())
    return {
        "accuracy": right.float().mean().item(),
        "ghost_error": torch.cat(errors).mean().item(),
    }


def save_judge(judge: Judge, path: str | Path) -> None:
    """Write a judge's parameters as safetensors, with its seed and classes as metadata."""
    # One entry: safetensors writes several in an order that changes from process to process.
    described = json.dumps({"seed": judge.seed, "classes": judge.classes})
    write_whole(path, save(judge.state_dict(), {"judge": described}))


def load_judge(path: str | Path) -> Judge:
    """Read a judge that `save_judge` wrote.

    Raises:
        UserError: the file is missing or damaged.
    """
    with reading(path, "judge"), safe_open(str(path), framework="pt") as file:
        judge = Judge(**json.loads(file.metadata()["judge"]))
        judge.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    return judge
