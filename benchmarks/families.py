"""Families of images, with known paths between them and with pairs to measure the axes on.

lines: anti-aliased lines from the centre, after Berthelot et al. 2018 (ACAI, arXiv:1807.07543). The
true path between two of them turns the line evenly. MNIST and FashionMNIST: one test image is
turned, slanted, stretched, shifted and dimmed evenly.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import load_splits
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from vaesweep.data.pairs import draw_pairs
from vaesweep.data.pairs import ends as ends_of
from vaesweep.data.splits import SIDE, Split
from vaesweep.interpolation import cross_fade
from vaesweep.scoring.barycentres import barycentres
from vaesweep.scoring.judges import Judge, load_judge, save_judge, train_judge
from vaesweep.scoring.score import score_references
from vaesweep.scoring.transport import wasserstein_distance

Images = NDArray[np.uint8]
Array = NDArray[np.float64]

FAMILIES = ("lines", "MNIST", "FashionMNIST")
STEPS = 7
CLASSES = 10
JUDGE_SEEDS = (0, 1)
PAIRS_PER_KIND = 40
KNOWN_PATHS, KNOWN_SEED = 60, 5
LENGTH, HALF_WIDTH = 12.5, 0.75  # of a line, in pixels
TRAINING_LINES = 30_000
# The most that an image is changed on a known path, in either direction: radians, shares, pixels
# and a share. On smaller moves, models of FashionMNIST can hardly be distinguished.
TURN, SLANT, STRETCH, SHIFT, DIM = 0.4, 0.6, 0.5, 2.0, 0.6


@dataclass(frozen=True)
class Family:
    """Images to train on, paths between images that are known, and pairs to measure the axes on."""

    training: Images
    known: Images  # (KNOWN_PATHS, STEPS + 2, side, side)
    ends: Images  # (N, 2, side, side)
    pairs: pd.DataFrame  # N rows of pairs.csv, all score pairs
    judges: list[Judge]
    references: dict[str, NDArray[Any]]  # as `read_references` gives them; of lines, separation
    reference_scores: pd.DataFrame | None  # the content of reference_scores.csv; None for lines


def load_family(name: str, folder: Path) -> Family:
    """A family of images by name, with judges from the folder, trained if they are missing."""
    if name == "lines":
        random = np.random.default_rng(12345)
        angles = random.uniform(0, 2 * np.pi, TRAINING_LINES)
        # The classes that a judge learns are tenths of the circle.
        train = draw_lines(angles), (angles / (2 * np.pi) * CLASSES).astype(np.uint8)
        known, ends = line_paths(KNOWN_PATHS, 10), line_paths(2 * PAIRS_PER_KIND, 0)[:, [0, -1]]
        pairs = pd.DataFrame({"set": "score", "kind": "different", "row": range(len(ends))})
    else:
        train, (images, labels) = load_splits(name)
        known = moved_paths(images)
        pairs = draw_pairs(labels, CLASSES, 0, PAIRS_PER_KIND)
        pairs = pairs[pairs["set"] == "score"].reset_index(drop=True)
        ends = ends_of(images, pairs)
    judges = [
        have_judge(folder / f"judges/{name}-{seed}.safetensors", seed, train)
        for seed in JUDGE_SEEDS
    ]
    references = {"separation": wasserstein_distance(ends[:, 0], ends[:, 1])}
    scores = None
    if name != "lines":
        references["cross_fade"] = cross_fade(ends[:, 0], ends[:, 1], STEPS)
        references["transport"] = barycentres(ends[:, 0], ends[:, 1], STEPS)
        scores = score_references(references, pairs, judges)
    return Family(train[0], known, ends, pairs, judges, references, scores)


def draw_lines(angles: Array) -> Images:
    """Draw lines (..., side, side) from the centre at angles (...) in radians."""
    cosine, sine = (f(angles)[..., None, None] for f in (np.cos, np.sin))
    x = np.arange(SIDE) - (SIDE - 1) / 2
    along, across = x * cosine + x[:, None] * sine, x[:, None] * cosine - x * sine
    beyond = np.maximum(0, np.maximum(-along, along - LENGTH))
    levels = HALF_WIDTH + 0.5 - np.hypot(beyond, across)
    return np.rint(255 * levels.clip(0, 1)).astype(np.uint8)


def line_paths(count: int, least: float) -> Images:
    """Paths (count, STEPS + 2, side, side) on which a line turns by `least` to 170 degrees."""
    random = np.random.default_rng(KNOWN_SEED + count)
    start = random.uniform(0, 2 * np.pi, count)
    turn = np.deg2rad(random.uniform(least, 170, count)) * random.choice([-1, 1], count)
    return draw_lines(start[:, None] + turn[:, None] * np.linspace(0, 1, STEPS + 2))


def moved_paths(images: Images) -> Images:
    """Paths (KNOWN_PATHS, STEPS + 2, side, side), each made of one of the images (N, side, side).

    It is turned, slanted, stretched, shifted and dimmed evenly, and is itself half way.
    """
    random = np.random.default_rng(KNOWN_SEED)
    paths = np.empty((KNOWN_PATHS, STEPS + 2, SIDE, SIDE), np.uint8)
    centre = np.full(2, (SIDE - 1) / 2)
    for path, image in zip(paths, random.permutation(images)[:KNOWN_PATHS], strict=True):
        turn, slant, *move = random.uniform(-1, 1, 6) * [TURN, SLANT, *[STRETCH] * 2, *[SHIFT] * 2]
        stretch, shift, dim = np.array(move[:2]), np.array(move[2:]), random.uniform(-DIM, DIM)
        for frame, t in zip(path, np.linspace(-0.5, 0.5, STEPS + 2), strict=True):
            cosine, sine = np.cos(t * turn), np.sin(t * turn)
            forward = np.array([[cosine, -sine], [sine, cosine]]) @ [[1, 0], [t * slant, 1]]
            inverse = np.linalg.inv(forward * (1 + t * stretch))
            offset = centre - inverse @ (centre + t * shift)
            levels = affine_transform(image.astype(float), inverse, offset, order=1)
            frame[:] = np.rint(levels * (1 + t * dim - abs(dim) / 2))
    return paths


def have_judge(path: Path, seed: int, train: Split) -> Judge:
    """The judge of this file, which is trained if it does not exist."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        save_judge(train_judge(*train, CLASSES, seed, logging.getLogger())[0], path)
    return load_judge(path)
