"""Judges of frames: two small CNNs that tell the class and how much a frame looks like a ghost.

A ghost is a cross-fade of two images. The ghost network follows the critic of ACAI (Berthelot et
al. 2018, arXiv:1807.07543), which estimates from an image how far it was mixed; but it is trained
on cross-fades of real images instead of against a model, so that it is the same for every run.
"""

import json
from collections.abc import Callable
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

from vaesweep.data.cautions import near_chance
from vaesweep.data.splits import SIDE, Images
from vaesweep.errors import UserError
from vaesweep.files import reading, write_whole
from vaesweep.training.hardware import choose_precision
from vaesweep.training.optimiser import Adam, one_cycle

GHOST_EPOCHS, CLASS_EPOCHS = 3, 2
BATCH_SIZE = 128
LEARNING_RATE = 1.5e-2
ADAM_BETAS = (0.9, 0.99)
HELD_OUT = 5000  # images; a quarter of them if there are fewer than 20,000
MIN_IMAGES = 100
MIN_STEPS = 300  # for small data sets; on MNIST the networks take 858 and 1,287 steps
MAX_BLUR = 1.0  # standard deviation in pixels
BLURS = 16  # widths in a batch
CLEAN_SHARE, HALF_SHARE = 1 / 3, 1 / 4
CHUNK = 500
DENSE = -2  # where a network's layers end up to its hidden dense one, before the activation

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Assessment:
    """What a judge says about images (..., 28, 28)."""

    judge: int  # its seed
    ghost: NDArray[np.float64]  # (...) from 0, not a cross-fade, to 1, one of half and half
    classes: NDArray[np.float64]  # (..., classes) probabilities
    features: NDArray[np.float64]  # (..., 2, 128) dense layers: ghost network, classifier


class Judge(nn.Module):
    """A ghost regressor and a classifier, of the same shape but without shared weights."""

    def __init__(self, seed: int, classes: int) -> None:
        super().__init__()
        self.seed = seed
        self.classes = classes
        self.ghost = _network(1)
        self.classifier = _network(classes)

    @torch.no_grad()
    def assess(self, images: Images) -> Assessment:
        """Assess images (..., 28, 28). Features are those of the dense layers before activation."""
        ghosts, classes, features = [], [], []
        for chunk in _chunks(images):
            dense = [network[:DENSE](chunk) for network in (self.ghost, self.classifier)]
            ghosts.append(torch.sigmoid(self.ghost[DENSE:](dense[0])).squeeze(1))
            classes.append(torch.softmax(self.classifier[DENSE:](dense[1]), dim=1))
            features.append(torch.stack(dense, dim=1))
        found = [torch.cat(batches).double().numpy() for batches in (ghosts, classes, features)]
        shape = images.shape[:-2]
        return Assessment(self.seed, *(array.reshape(*shape, *array.shape[1:]) for array in found))

    @torch.no_grad()
    def features(self, images: Images) -> NDArray[np.float64]:
        """The classifier's dense layer (..., 128), as in `assess`, for images (..., 28, 28)."""
        features = torch.cat([self.classifier[:DENSE](chunk) for chunk in _chunks(images)])
        return features.double().numpy().reshape(*images.shape[:-2], -1)


def _chunks(images: Images) -> list[Tensor]:
    """Images (..., 28, 28) as batches (n, 1, 28, 28) of grey levels in [0, 1]."""
    flat = torch.from_numpy(np.ascontiguousarray(images).reshape(-1, 1, SIDE, SIDE))
    return [chunk.float() / 255 for chunk in flat.split(CHUNK)]


def _network(outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2),
        nn.SiLU(),
        nn.Conv2d(16, 32, 2, stride=2),  # a kernel of 3 is half as fast and no better
        nn.SiLU(),
        nn.Flatten(),
        nn.Linear(32 * (SIDE // 4) ** 2, 128),
        nn.SiLU(),
        nn.Linear(128, outputs),
    )


def train_judge(
    images: Images, labels: NDArray[np.uint8], classes: int, seed: int, log: Logger
) -> tuple[Judge, dict[str, float]]:
    """Train a judge on training images (N, 28, 28) with labels (N,) from 0 to `classes` - 1.

    The seed determines the split, the initialisation and every random draw. Returns the judge and
    what `_measure` finds on the held-out images. Raises UserError if there are too few images, or
    only one class among those held out.
    """
    if len(images) < MIN_IMAGES:
        raise UserError(
            f"{len(images)} training images, expected at least {MIN_IMAGES}: a quarter of them is "
            "held out to measure a judge; add images"
        )
    torch.manual_seed(seed)
    judge = Judge(seed, classes)
    for parameter in judge.parameters():  # PyTorch's default, smaller, needs twice the epochs
        if parameter.ndim > 1:
            nn.init.kaiming_normal_(parameter)
        else:
            nn.init.zeros_(parameter)
    order = torch.randperm(len(images))
    held_out, kept = order.tensor_split([min(HELD_OUT, len(images) // 4)])
    pixels, targets = torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels).long()

    def ghost_loss(x: Tensor, _: Tensor) -> Tensor:
        mixed, share = _cross_fade(x)
        logits = judge.ghost(mixed).squeeze(1).float()
        return functional.binary_cross_entropy_with_logits(logits, share)

    def class_loss(x: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(judge.classifier(_blur(x)).float(), target)

    _train(judge.ghost, ghost_loss, pixels[kept], targets[kept], GHOST_EPOCHS)
    log.info("the ghost network is trained")
    _train(judge.classifier, class_loss, pixels[kept], targets[kept], CLASS_EPOCHS)
    facts = _measure(judge, pixels[held_out].float() / 255, targets[held_out])
    log.info("the classifier is trained; on %d held-out images: %s", len(held_out), facts)
    for caution in near_chance([facts]):
        log.warning("caution: %s", caution)
    return judge, facts


def _train(network: nn.Module, loss: Loss, pixels: Tensor, targets: Tensor, epochs: int) -> None:
    precision, _ = choose_precision("auto", torch.device("cpu"))
    batch_size = min(BATCH_SIZE, len(pixels) // BLURS * BLURS)
    steps_per_epoch = len(pixels) // batch_size
    steps = steps_per_epoch * max(epochs, MIN_STEPS // steps_per_epoch)
    optimiser = Adam(network, ADAM_BETAS)
    for step in range(steps):
        batch = step % steps_per_epoch
        if batch == 0:
            order = torch.randperm(len(pixels))
        chosen = order[batch * batch_size :][:batch_size]
        with torch.autocast("cpu", precision, enabled=precision != torch.float32):
            loss(pixels[chosen].float() / 255, targets[chosen]).backward()
        optimiser.learning_rate = one_cycle(step, steps, LEARNING_RATE)
        optimiser.step()


def _cross_fade(x: Tensor) -> tuple[Tensor, Tensor]:
    """Blurred mixes (1-a) x + a x' of images with one another, and their targets 2 min(a, 1-a).

    A third of the images is not mixed, and a quarter is mixed half and half, which few mixes are by
    chance. All are blurred, mixed or not, so that blur, typical of VAEs, is a weaker cue.
    """
    a, group = torch.rand(2, len(x))
    a = torch.where(group > 1 - HALF_SHARE, 0.5, a)
    a = torch.where(group < CLEAN_SHARE, 0.0, a)
    partner = x[torch.randperm(len(x))]
    weight = a.view(-1, 1, 1, 1)
    return _blur((1 - weight) * x + weight * partner), 2 * torch.minimum(a, 1 - a)


def _blur(x: Tensor, widths: Tensor | None = None) -> Tensor:
    """Blur a batch (N, 1, 28, 28) by Gaussians, each of which has a width and a group of images.

    The `widths` are in pixels; by default BLURS widths up to MAX_BLUR are drawn.
    """
    if widths is None:
        widths = MAX_BLUR * torch.rand(BLURS)
    grid = torch.arange(SIDE, dtype=x.dtype)
    kernels = torch.exp(-((grid[:, None] - grid) ** 2) / (2 * (widths.view(-1, 1, 1) + 1e-3) ** 2))
    kernels = (kernels / kernels.sum(-1, keepdim=True)).transpose(1, 2)
    for _ in range(2):  # a product for each axis; transposing brings the other axis to the end
        rows = x.reshape(len(widths), -1, SIDE)
        x = (rows @ kernels).view(-1, 1, SIDE, SIDE).transpose(-1, -2)
    return x


@torch.no_grad()
def _measure(judge: Judge, x: Tensor, targets: Tensor) -> dict[str, float]:
    """Measure a judge on held-out images: the classifier's accuracy and three mean ghost scores.

    chance is the accuracy of naming the commonest class.
    ghost_clean (the images) and ghost_blurred (by 0.8 pixels) should be low and ghost_half (half
    and half of two classes) high.
    """
    partner = torch.randperm(len(x))
    classes_differ = targets != targets[partner]
    if not classes_differ.any():
        raise UserError(
            f"no two of the {len(x)} training images held out to measure a judge are of different "
            "classes; add images of the rarer classes"
        )
    half = (0.5 * x + 0.5 * x[partner])[classes_differ]
    images = {"clean": x, "blurred": _blur(x, torch.tensor([0.8])), "half": half}
    facts = {"accuracy": (judge.classifier(x).argmax(1) == targets).float().mean()}
    facts["chance"] = targets.bincount().max() / len(targets)
    for name, batch in images.items():
        facts[f"ghost_{name}"] = torch.sigmoid(judge.ghost(batch)).mean()
    return {name: round(value.item(), 4) for name, value in facts.items()}


def save_judge(judge: Judge, path: str | Path) -> None:
    """Write a judge's parameters as safetensors, with its seed and classes as metadata."""
    # One entry: safetensors writes several in an order that changes from process to process.
    metadata = {"judge": json.dumps({"seed": judge.seed, "classes": judge.classes})}
    write_whole(path, save(judge.state_dict(), metadata))


def load_judge(path: str | Path) -> Judge:
    """Read a judge that `save_judge` wrote. UserError if the file is missing or damaged."""
    with reading(path, "judge"), safe_open(str(path), framework="pt") as file:
        judge = Judge(**json.loads(file.metadata()["judge"]))
        judge.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    return judge
