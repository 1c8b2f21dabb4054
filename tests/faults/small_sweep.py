"""A small sweep on part of MNIST, and the means to copy and compare it."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
from checkout import Checkout, copy_checkout

from vaesweep.data.idx import FILES, idx_bytes
from vaesweep.files import write_arrays

SEEDS = [0, 1]
LATENT_SIZES = [2, 4]
PDF = "results/submission/netid_HW9.pdf"
# Files that hold no times: the same in every sweep of the same config, code and data.
EXACT = ("model.safetensors", "interpolations.npz", "pair_scores.csv", "pairs.csv", "chosen.json")


def prepare(folder: Path, mnist, **sections) -> Checkout:
    """A checkout in which fetch_data has run; its data are then cut to MNIST's first images."""
    checkout = copy_checkout(folder)
    checkout.configure(
        **{
            "sweep": {"seeds": SEEDS, "latent_sizes": LATENT_SIZES},
            "model": {"hidden": [32]},
            "training": {"epochs": 1, "checkpoint_seconds": 0, "device": "cpu"},
            "scoring": {"pairs_per_kind": 10, "judge_seeds": [0], "bootstrap": 100},
        }
        | sections
    )
    checkout.snakemake("--cores", "1", "results/data/MNIST/train.npz")
    for split, count in (("train", 6000), ("test", 1000)):
        images, labels = mnist[split]
        file = checkout / f"results/data/MNIST/{split}.npz"
        write_arrays(file, images=images[:count], labels=labels[:count])
    return checkout


def lay_out(folder: Path, mnist, classes: int, each: tuple[int, int] = (60, 40)) -> None:
    """Write so many images of each class, training and test: class d + 10 k is digit d turned."""
    folder.mkdir()
    for (split, names), count in zip(FILES.items(), each, strict=True):
        images, labels = mnist[split]
        own = [images[labels == n % 10][n // 10 :][:count] for n in range(classes)]
        turned = [np.rot90(part, n // 10, (1, 2)) for n, part in enumerate(own)]
        found = np.concatenate(turned), np.repeat(np.arange(classes, dtype=np.uint8), count)
        for name, values in zip(names, found, strict=True):
            (folder / name).write_bytes(idx_bytes(values))


def forget(checkout: Checkout, *names: str) -> None:
    """Remove parts of results/, as if they had never been made."""
    for name in names:
        path = checkout / f"results/{name}"
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def digests(checkout: Checkout) -> dict[str, str]:
    """The SHA-256 of each result that holds no times."""
    results = checkout / "results"
    paths = [path for path in results.rglob("*") if path.name in EXACT or path == checkout / PDF]
    names = {str(path.relative_to(results)): path for path in paths}
    return {name: hashlib.sha256(names[name].read_bytes()).hexdigest() for name in sorted(names)}


def processes_in(folder: Path) -> list[int]:
    """Processes whose working folder is `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def is_whole(path: Path) -> bool:
    """Whether an .npz file can be read to its end."""
    with np.load(path) as arrays:
        return all(arrays[name].size for name in arrays)
