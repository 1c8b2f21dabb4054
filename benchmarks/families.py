"""Families of images with known paths between them, and many VAEs of each family, good and bad.

lines: anti-aliased lines from the centre, after Berthelot et al. 2018 (ACAI, arXiv:1807.07543). The
true path between two of them turns the line evenly. MNIST and FashionMNIST: one test image is
turned, slanted, scaled and shifted evenly, as in `references.known_paths`.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import configured, load_splits, train_seeds
from numpy.typing import NDArray

from vaesweep.data.pairs import draw_pairs, ends
from vaesweep.data.splits import SIDE, Split
from vaesweep.scoring import references
from vaesweep.scoring.barycentres import barycentres
from vaesweep.scoring.judges import Judge, load_judge, save_judge, train_judge
from vaesweep.training.model import VAE, Architecture, load_model, save_member

Images = NDArray[np.uint8]
Array = NDArray[np.float64]

STEPS = 7
CLASSES = 10
LENGTH, HALF_WIDTH = 12.5, 0.75
TRAINING_LINES, KNOWN_LINES = 60_000, 100
ANGLES_BETWEEN = (30, 120)  # degrees between the ends of a line's path
BANK = 720  # lines in all directions, from which the angle of a frame is read
KNOWN_SEED = 5  # other paths than those of the project's diagnostics
JUDGE_SEEDS, TRUTH_SEED = (0, 1), 99
SWEEP = [(latent, seed) for latent in (2, 8, 16, 32, 64) for seed in range(5)]
# Number of further models, the seed that draws them, and the most epochs of an MLP and of a conv.
VARIED = {"lines": (48, 1, 10, 10), "MNIST": (24, 2, 5, 1), "FashionMNIST": (24, 3, 5, 1)}


@dataclass(frozen=True)
class Pairs:
    """N pairs of images.

    Attributes:
        ends: (N, 2, side, side).
        class_a: (N,) class of the first image.
        class_b: (N,) class of the second image.
        true: (N, STEPS + 2, side, side), the known path between them with its ends, or None.
        angles: (N, 2), the angles of lines at the ends, or None.
    """

    ends: Images
    class_a: NDArray[np.int64]
    class_b: NDArray[np.int64]
    true: Images | None = None
    angles: Array | None = None


@dataclass(frozen=True)
class Variant:
    """How a model is made: its architecture, the values of Settings, and its seed."""

    architecture: Architecture
    values: dict[str, Any]
    seed: int


def draw_lines(angles: Array) -> Images:
    """Draw lines (..., side, side) from the centre at angles (...) in radians."""
    cosine, sine = (f(angles)[..., None, None] for f in (np.cos, np.sin))
    x = np.arange(SIDE) - (SIDE - 1) / 2
    along, across = x * cosine + x[:, None] * sine, x[:, None] * cosine - x * sine
    beyond = np.maximum(0, np.maximum(-along, along - LENGTH))
    levels = HALF_WIDTH + 0.5 - np.hypot(beyond, across)
    return np.rint(255 * levels.clip(0, 1)).astype(np.uint8)


def load_family(name: str) -> tuple[Split, dict[str, Pairs]]:
    """Training images with labels, and pairs: "known", whose paths are known, and "score" pairs."""
    if name == "lines":
        generator = np.random.default_rng(KNOWN_SEED)
        start = generator.uniform(0, 2 * np.pi, KNOWN_LINES)
        turn = np.deg2rad(generator.uniform(*ANGLES_BETWEEN, KNOWN_LINES))
        turn *= generator.choice([-1, 1], KNOWN_LINES)
        angles = start[:, None] + turn[:, None] * np.linspace(0, 1, STEPS + 2)
        true, no_class = draw_lines(angles), np.zeros(KNOWN_LINES, int)
        known = Pairs(true[:, [0, -1]], no_class, no_class, true, angles[:, [0, -1]])
        drawn = np.random.default_rng(12345).uniform(0, 2 * np.pi, TRAINING_LINES)
        return (draw_lines(drawn), np.zeros(TRAINING_LINES, np.uint8)), {"known": known}
    train, (images, labels) = load_splits(name)
    references.KNOWN_SEED = KNOWN_SEED
    true = references.known_paths(images, STEPS)
    # As known_paths draws them.
    chosen = np.random.default_rng(KNOWN_SEED).permutation(len(images))[: len(true)]
    classes = labels[chosen].astype(int)
    table = draw_pairs(labels, CLASSES, 0, 100)
    table = table[table["set"] == "score"]
    class_a, class_b = table["digit_a"].to_numpy(int), table["digit_b"].to_numpy(int)
    known = Pairs(true[:, [0, -1]], classes, classes, true)
    return train, {"known": known, "score": Pairs(ends(images, table), class_a, class_b)}


def variants(name: str) -> dict[str, Variant]:
    """The models of a family by name, not yet trained."""
    count, seed, most_mlp, most_conv = VARIED[name]
    generator = np.random.default_rng(seed)
    shapes = [(128,), (256, 256), (512,), (512, 512), (128, 128)]
    found = {}
    for k in range(count):
        kind = "conv" if k % 6 == 5 else "mlp"
        hidden = shapes[generator.integers(len(shapes))] if kind == "mlp" else (256,)
        latent = int(generator.choice([2, 4, 8, 16, 32, 64]))
        beta = float(generator.choice([0, 0.25, 1, 2, 4]))
        epochs = int(generator.choice([1, 2, 5, 10]))
        rate = float(generator.choice([2e-3, 5e-3, 8e-3]))
        epochs = min(epochs, most_mlp if kind == "mlp" else most_conv)
        values = {"beta": beta, "epochs": epochs, "batch_size": 256, "learning_rate": rate}
        found[f"varied-{k:02d}"] = Variant(Architecture(kind, hidden, latent), values, k)
    if name != "lines":
        for latent, seed in SWEEP:
            found[f"default-{latent:02d}-{seed}"] = Variant(*configured(latent), seed)
    return found


def have_model(path: Path, variant: Variant, images: Images) -> VAE:
    """The model of this file, which is trained if it does not exist."""
    if not path.exists():
        logging.info("training %s", path)
        [run] = train_seeds(variant.architecture, variant.values, (variant.seed,), images, "cpu")
        save_member(run.state, variant.architecture, path)
    return load_model(path)


def have_judge(path: Path, seed: int, name: str, train: Split) -> Judge:
    """The judge of this file, which is trained if it does not exist; for lines, on ten sectors."""
    if not path.exists():
        images, labels = train
        if name == "lines":
            angles = np.random.default_rng(777).uniform(0, 2 * np.pi, TRAINING_LINES)
            images, labels = draw_lines(angles), (angles / (2 * np.pi) * CLASSES).astype(np.uint8)
        save_judge(train_judge(images, labels, CLASSES, seed, logging.getLogger())[0], path)
    return load_judge(path)


def have_optimal(path: Path, pairs: Mapping[str, Pairs]) -> dict[str, Images]:
    """The optimal-transport paths of each set of pairs, from this file, written if missing."""
    if not path.exists():
        found = {
            key: barycentres(part.ends[:, 0], part.ends[:, 1], STEPS) for key, part in pairs.items()
        }
        np.savez_compressed(path, **found)
    return dict(np.load(path))
