"""What it costs to score one run: CPU seconds on one core, after imports, as JSON.

python benchmarks/scoring.py [--latent-size 32]

Uses the models, the judges and the references of a finished sweep (results/).
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import torch
from common import ROOT, report

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.interpolation import read_frames
from vaesweep.scoring.axes import measure_axes
from vaesweep.scoring.diagnostics import (
    FRECHET_IMAGES,
    interpolates_frechet,
    known_path_errors,
    measure_model,
)
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.references import read_references
from vaesweep.scoring.score import assess_paths, read_reference_scores, relative_scores
from vaesweep.training.model import load_model


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latent-size", type=int, default=32)
    options = parser.parse_args()
    torch.set_num_threads(1)
    results, seconds = ROOT / "results", {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        done = work()
        seconds[name] = round(time.process_time() - began, 2)
        return done

    run = results / f"runs/vae/latent-{options.latent_size}/seed-0"
    [data] = results.glob("data/*")
    pairs = read_pairs(results / "pairs.csv")
    judges = [load_judge(path) for path in sorted(results.glob("judges/*.safetensors"))]
    images, _ = timed("data", lambda: load_split(data / "test.npz"))
    frames, decoded = read_frames(run / "interpolations.npz", len(pairs))
    references = read_references(
        results / "references.npz", frames[:, [0, -1]], frames.shape[1] - 2
    )
    reference_scores = read_reference_scores(results / "reference_scores.csv", pairs, judges)
    model = load_model(run / "model.safetensors")
    inner = frames[:, 1:-1]
    found = timed("judges", lambda: [judge.assess(inner) for judge in judges])
    assessed = timed("score", lambda: assess_paths(inner, references, pairs, found))
    relative_scores(assessed, reference_scores)
    separation = references["separation"]
    timed("axes", lambda: measure_axes(frames, decoded, separation, pairs, judges, found))
    known = references["known_paths"]
    timed("known_paths", lambda: known_path_errors(model, known, "straight"))
    real = [judge.features(images[:FRECHET_IMAGES]) for judge in judges]
    timed("frechet", lambda: interpolates_frechet(found, real))
    timed("likelihood", lambda: measure_model(model, images, True, 100))
    total = round(sum(seconds.values()), 2)
    report("scoring", pairs=len(pairs), judges=len(judges), cpu_seconds=seconds, total=total)


if __name__ == "__main__":
    main()
