"""How far distances and barycentres are from the limit of many steps.

python benchmarks/transport.py

Measured on every third pair of two runs of a finished sweep (results/), with the smallest and the
largest latent size, and on the references. Prints JSON after two minutes.
"""

import time
from typing import Any

import numpy as np
import torch
from common import ROOT, report

from vaesweep.scoring import transport
from vaesweep.scoring.barycentres import barycentres

STEPS_TO_THE_LIMIT = 600
TRIED = ((16, 1.7), (16, 1.5), (24, 1.6), (32, 1.5))
ITERATIONS_TRIED, ITERATIONS_LIMIT = (30, 100, 200), 1000


def distances(
    both: tuple[np.ndarray, np.ndarray], refinements: int, momentum: float, chunk: int = 64
) -> np.ndarray:
    """Return the distances between both arrays, measured with these constants."""
    transport.REFINEMENTS, transport.MOMENTUM, transport.CHUNK = refinements, momentum, chunk
    transport._remembered.clear()  # costs depend on the constants
    return transport.wasserstein_distance(*both)


def compared(found: np.ndarray, limit: np.ndarray) -> dict[str, float]:
    """Return how far `found` is from `limit`, relative to it."""
    error = np.abs(found / limit - 1)
    return {
        "mean": error.mean(),
        "99_percent": float(np.quantile(error, 0.99)),
        "largest": error.max(),
    }


def tried_distances(kinds: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare numbers of steps and momenta with the limit."""
    limits = {name: distances(both, STEPS_TO_THE_LIMIT, 1.0) for name, both in kinds.items()}
    results = []
    for refinements, momentum in TRIED:
        started = time.process_time()
        found = {name: distances(both, refinements, momentum) for name, both in kinds.items()}
        seconds = time.process_time() - started
        alone = {name: distances(both, refinements, momentum, 1) for name, both in kinds.items()}
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
    return results


def tried_barycentres(a: np.ndarray, b: np.ndarray) -> list[dict[str, Any]]:
    """Compare numbers of iterations: how far frames are from the limit, relative to the ends."""
    limit = barycentres(a, b, 7, ITERATIONS_LIMIT)
    separation = transport.wasserstein_distance(a, b)
    results = []
    for iterations in ITERATIONS_TRIED:
        started = time.process_time()
        found = barycentres(a, b, 7, iterations)
        seconds = time.process_time() - started
        error = transport.wasserstein_distance(found, limit).max(axis=1) / separation
        results.append(
            {"iterations": iterations, "cpu_seconds": seconds, "mean_of_largest": error.mean()}
        )
    return results


def main() -> None:
    """Measure and report."""
    torch.set_num_threads(1)
    sizes = sorted(
        (ROOT / "results/runs/vae").glob("latent-*"), key=lambda path: int(path.name.split("-")[1])
    )
    if not sizes:
        raise SystemExit("No runs under results/runs/vae: run the sweep first (make).")
    optimal = np.load(ROOT / "results/references.npz")["transport"][::3]
    kinds: dict[str, Any] = {}
    for folder in (sizes[0], sizes[-1]):
        frames = np.load(sorted(folder.glob("*/interpolations.npz"))[0])["frames"][::3]
        kinds[f"from transport, {folder.name}"] = (frames[:, 1:-1], optimal)
    a, b = frames[:, 0], frames[:, -1]
    kinds["between the images"] = (a, b)
    tried = tried_distances(kinds)
    transport.REFINEMENTS, transport.MOMENTUM, transport.CHUNK = 24, 1.6, 64
    transport._remembered.clear()
    report("transport", pairs=len(a), distances=tried, barycentres=tried_barycentres(a, b))


if __name__ == "__main__":
    main()
