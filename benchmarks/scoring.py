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
from vaesweep.scoring.diagnostics import (
    FRECHET_IMAGES,
    interpolates_frechet,
    known_path_error,
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
    train, test = timed("data", lambda: [load_split(data / f"{n}.npz") for n in ("train", "test")])
    frames, _ = read_frames(run / "interpolations.npz", len(pairs))
    references = read_references(
        results / "references.npz", frames[:, [0, -1]], frames.shape[1] - 2
    )
    reference_scores = read_reference_scores(results / "reference_scores.csv", pairs, judges)
    model = load_model(run / "model.safetensors")
    assessed = timed("score", lambda: assess_paths(frames, references, pairs, judges))
    relative_scores(assessed, reference_scores)
    known = references["known_paths"]
    timed("known_path_error", lambda: known_path_error(model, known, "straight"))
    real = [judge.features(test[0][:FRECHET_IMAGES]) for judge in judges]
    timed("frechet", lambda: interpolates_frechet(frames[:, 1:-1], judges, real))
    timed("likelihood_and_probe", lambda: measure_model(model, train, test, True, 100))
    total = round(sum(seconds.values()), 2)
    report("scoring", pairs=len(pairs), judges=len(judges), cpu_seconds=seconds, total=total)


if __name__ == "__main__":
    main()
