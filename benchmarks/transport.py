"""How far the score's Wasserstein distances are from the limit of many steps without momentum.

python benchmarks/transport.py

On every third pair of two runs of a finished sweep (results/): of the smallest and the largest
latent size. Prints JSON, a minute after its start.
"""

import time
from typing import Any

import numpy as np
import torch
from common import ROOT, report

from vaesweep.interpolation import cross_fade
from vaesweep.scoring import transport

STEPS_TO_THE_LIMIT = 600
TRIED = ((16, 1.7), (16, 1.5), (24, 1.6), (32, 1.5))


def distances(paths: np.ndarray, refinements: int, momentum: float, chunk: int = 64) -> np.ndarray:
    """Return the steps and, last, the distance of the ends of each path."""
    transport.REFINEMENTS, transport.MOMENTUM, transport.CHUNK = refinements, momentum, chunk
    steps, ends = transport.path_lengths(paths)
    return np.concatenate([steps, ends[:, None]], axis=1)


def compared(found: np.ndarray, limit: np.ndarray) -> dict[str, float]:
    """Return how far `found` lies from `limit`, relative to it."""
    error = np.abs(found / limit - 1)
    return {
        "mean": error.mean(),
        "99_percent": float(np.quantile(error, 0.99)),
        "largest": error.max(),
    }


def main() -> None:
    """Measure and report."""
    torch.set_num_threads(1)
    sizes = sorted(
        (ROOT / "results/runs").glob("latent-*"), key=lambda path: int(path.name.split("-")[1])
    )
    if not sizes:
        raise SystemExit("No runs under results/runs: run the sweep first (make).")
    kinds: dict[str, Any] = {}
    for folder in (sizes[0], sizes[-1]):
        arrays = np.load(sorted(folder.glob("*/interpolations.npz"))[0])
        frames, ends = arrays["frames"][::3], arrays["reconstructions"][::3]
        fade = cross_fade(ends[:, 0], ends[:, 1], frames.shape[1] - 2)
        kinds[f"path, {folder.name}"] = frames
        kinds[f"cross-fade, {folder.name}"] = np.concatenate(
            [frames[:, :1], fade, frames[:, -1:]], axis=1
        )
    limits = {name: distances(paths, STEPS_TO_THE_LIMIT, 1.0) for name, paths in kinds.items()}
    results = []
    for refinements, momentum in TRIED:
        started = time.process_time()
        found = {name: distances(paths, refinements, momentum) for name, paths in kinds.items()}
        seconds = time.process_time() - started
        alone = {name: distances(paths, refinements, momentum, 1) for name, paths in kinds.items()}
        results.append(
            {
                "refinements": refinements,
                "momentum": momentum,
                "cpu_seconds": seconds,
                "error_of_distances": {n: compared(found[n], limits[n]) for n in kinds},
                "largest_change_by_neighbours": max(
                    float(np.abs(found[n] / alone[n] - 1).max()) for n in kinds
                ),
            }
        )
    report("transport", pairs={n: len(p) for n, p in kinds.items()}, tried=results)


if __name__ == "__main__":
    main()
