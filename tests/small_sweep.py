"""A tiny sweep of three classes of images, and what it takes to break, copy and compare it."""

import hashlib
import re
import shutil
from pathlib import Path

import numpy as np
from checkout import Checkout, copy_checkout

from vaesweep.data.idx import FILES, idx_bytes

PDF = "results/submission/netid_HW9.pdf"
CONFIG = {
    "dataset": {"name": "custom", "dir": "images"},
    "sweep": {"seeds": [0, 1], "latent_sizes": [2, 4]},
    "model": {"hidden": [16]},
    "training": {"epochs": 1, "batch_size": 60, "checkpoint_seconds": 0, "device": "cpu"},
    "scoring": {"pairs_per_kind": 10, "judge_seeds": [0], "bootstrap": 100},
}
# What comes before the trainings. Other sweeps of the same images copy it, which saves a training.
JUDGED = ("data", "judges", "benchmarks/fetch_data", "benchmarks/train_judges")
# Files without times: two sweeps of the same configuration, code and data have the same bytes.
EXACT = ("model.safetensors", "interpolations.npz", "pair_scores.csv", "pairs.csv", "chosen.json")


def make(folder: Path, mnist) -> None:
    """Make all documents of the sweep in `folder`."""
    prepare(folder, mnist).snakemake("--cores", "2", "all", "report")


def prepare(folder: Path, mnist, **sections) -> Checkout:
    """Copy the project, with the sweep's configuration and images; nothing is run."""
    checkout = copy_checkout(folder)
    checkout.configure(**CONFIG)
    checkout.configure(**sections)
    write_images(checkout / "images", mnist, classes=3)
    return checkout


def write_images(folder: Path, mnist, classes: int, train: int = 60, test: int = 40) -> None:
    """Write a custom data set with this many images of each class.

    Class d + 10 k is digit d, turned by k quarters.
    """
    folder.mkdir()
    for split, count in (("train", train), ("test", test)):
        images, labels = mnist[split]
        parts = []
        for number in range(classes):
            turns, digit = divmod(number, 10)
            part = images[labels == digit][turns : turns + count]
            parts.append(np.rot90(part, turns, (1, 2)))
        image_file, label_file = FILES[split]
        (folder / image_file).write_bytes(idx_bytes(np.concatenate(parts)))
        class_numbers = np.repeat(np.arange(classes, dtype=np.uint8), count)
        (folder / label_file).write_bytes(idx_bytes(class_numbers))


def remove(checkout: Checkout, *names: str) -> None:
    """Remove files and folders of results/."""
    for name in names:
        path = checkout / f"results/{name}"
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def digests(checkout: Checkout) -> dict[str, str]:
    """The SHA-256 of each result that has no times in it."""
    results = checkout / "results"
    paths = [path for path in results.rglob("*") if path.name in EXACT] + [checkout / PDF]
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
    }


def job_counts(results: Path) -> dict[str, str]:
    """The number of jobs of each rule, as the cost table of the HTML report has it."""
    page = (results / "comparison/cost.html").read_text(encoding="utf-8")
    return dict(re.findall(r'<td class="text">(\w+)</td><td>(.*?)</td>', page))
