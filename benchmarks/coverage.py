"""Do 95 % intervals cover the truth? Simulated sweeps with a fixed seed, as JSON.

python benchmarks/coverage.py [--sweeps 500]

A sweep is 2 latent sizes x seeds x (100 + 100) pairs; a score is the size's truth plus effects of
the pair (partly shared by the sizes), of the seed, and of both together. Each scenario draws its
own effects anew in every sweep, and counts how often the interval of a run, of a latent size and
of the difference of two sizes holds the truth.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow" / "scripts"))

from vaesweep.statistics import (
    difference_draws,
    interval,
    kind_weights,
    resample_seeds,
    run_draws,
    size_draws,
)

PAIRS = 100
DRAWS = 1000
# Standard deviations of the effects: pair shared by the sizes, pair of one size, seed, remainder.
# Those of "default" are what an analysis of variance finds in the default sweep on MNIST.
DEFAULT = (0.075, 0.015, 0.003, 0.025)
SCENARIOS = {
    "default, 5 seeds": (5, *DEFAULT),
    "default, 10 seeds": (10, *DEFAULT),
    "seeds differ much, 5 seeds": (5, 0.05, 0.02, 0.02, 0.02),
    "seeds differ much, 10 seeds": (10, 0.05, 0.02, 0.02, 0.02),
}


def covers(low_high: tuple[float, float], truth: float) -> bool:
    return low_high[0] <= truth <= low_high[1]


def simulate(scenario: tuple[int, float, float, float, float], sweeps: int) -> dict[str, float]:
    seeds, shared, own, between_seeds, remainder = scenario
    generator = np.random.default_rng(0)
    held = {"run": 0, "latent size": 0, "difference": 0}
    for _ in range(sweeps):
        of_pair = generator.normal(0, shared, (2, 1, PAIRS))
        runs, scores = [], []
        for _size in range(2):
            of_seed = generator.normal(0, between_seeds, (seeds, 1))
            runs.append(of_seed[0, 0])
            scores.append(
                of_pair
                + generator.normal(0, own, (2, 1, PAIRS))
                + of_seed
                + generator.normal(0, remainder, (2, seeds, PAIRS))
            )
        stacked = np.concatenate(scores, axis=1)
        by_kind = {"same": stacked[0], "different": stacked[1]}
        drawn = run_draws(by_kind, kind_weights(by_kind, DRAWS, generator))
        sizes = [resample_seeds(part, generator) for part in np.split(drawn, 2)]
        held["run"] += covers(interval(drawn[0]), runs[0])
        held["latent size"] += covers(interval(size_draws(sizes[0])), 0.0)
        held["difference"] += covers(interval(difference_draws(*sizes)), 0.0)
    return {name: round(count / sweeps, 3) for name, count in held.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sweeps", type=int, default=500)
    options = parser.parse_args()
    found = {name: simulate(scenario, options.sweeps) for name, scenario in SCENARIOS.items()}
    print(json.dumps({"sweeps": options.sweeps, "coverage": found}, indent=2))


if __name__ == "__main__":
    main()
