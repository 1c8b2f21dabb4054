"""Do the intervals cover the truth? Simulated sweeps with fixed seeds, as JSON.

python benchmarks/coverage.py [--sweeps 1000]

A sweep has latent sizes x seeds x (100 + 100) pairs. A score is the sum of effects of the pair
(partly shared by the sizes), of the seed, and of both together; all sizes are truly equal. The
statistics of today are compared with earlier ones ("before": a bootstrap stretched to Student's t):

- coverage: how often a 95 % interval contains the truth;
- false_difference: how often any size is reported to differ from the first;
- chosen: by how much the value of the chosen run exceeds its truth on average, and how often the
  95 % interval of the value contains it.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow" / "scripts"))

from vaesweep import statistics
from vaesweep.statistics import ALPHA, MIN_SEEDS, Array, Scores, means, spread_of_difference

PAIRS = 100
DRAWS = 1000
# Standard deviations of the effects: pair (all sizes), pair (one size), seed, remainder.
# "default" is what an analysis of variance finds in the default sweep on MNIST.
EFFECTS = {
    "equal seeds": (0.075, 0.015, 0.0, 0.025),
    "default": (0.075, 0.015, 0.003, 0.025),
    "seeds differ much": (0.05, 0.02, 0.02, 0.02),
}
# Seeds at each size.
TWO_SIZES = ((5, 5), (10, 10), (5, 3))
ALL_EQUAL = ((5,) * 5, (3,) * 16, (3, 3), (2, 2), (1, 1))
Interval = tuple[float, float]
BeforeAfter = dict[str, tuple[float, float]]


class Sweep:
    """A simulated sweep: scores by kind (runs, pairs), and the size and the truth of each run."""

    def __init__(
        self, seeds: Sequence[int], effects: Sequence[float], generator: np.random.Generator
    ):
        shared, of_size, between_seeds, remainder = effects
        self.sizes = np.repeat(np.arange(len(seeds)), seeds)
        runs = len(self.sizes)
        self.truths = generator.normal(0, between_seeds, runs)
        of_pair = generator.normal(0, of_size, (2, len(seeds), PAIRS))[:, self.sizes]
        of_pair += generator.normal(0, shared, (2, 1, PAIRS))
        values = self.truths[:, None] + of_pair + generator.normal(0, remainder, (2, runs, PAIRS))
        self.scores: Scores = {"same": values[0], "different": values[1]}
        self.of_sizes: list[Scores] = [
            {kind: values[self.sizes == size] for kind, values in self.scores.items()}
            for size in range(len(seeds))
        ]

    def choose(self, scores: Array) -> int:
        """The best run of the best size."""
        size = int(np.argmax([scores[self.sizes == size].mean() for size in set(self.sizes)]))
        return int(np.argmax(np.where(self.sizes == size, scores, -np.inf)))


class Stretched:
    """The earlier statistics: percentiles of a bootstrap whose variation by seeds is stretched."""

    def __init__(self, sweep: Sweep, generator: np.random.Generator):
        self.of_runs = statistics.draw_runs(sweep.scores, DRAWS, generator)
        self.parts = []
        for size in range(len(sweep.of_sizes)):
            of_runs = self.of_runs[sweep.sizes == size]
            over_pairs = of_runs.mean(axis=0)
            self.parts.append(
                (over_pairs, statistics.draw_setting(of_runs, generator) - over_pairs)
            )
        self.counts = np.bincount(sweep.sizes)

    def size(self, size: int, degrees: int | None = None) -> Array:
        """Draws of a size's mean, stretched to Student's t (Hesterberg 2015)."""
        count = self.counts[size]
        stretch = 1.0
        if count >= MIN_SEEDS:
            student = stats.t.ppf(0.975, degrees or count - 1) / stats.norm.ppf(0.975)
            stretch = student * (count / (count - 1)) ** 0.5
        return self.parts[size][0] + stretch * self.parts[size][1]

    def difference(self, a: int, b: int) -> Interval:
        degrees = self.counts[a] + self.counts[b] - 2
        return interval(self.size(a, degrees) - self.size(b, degrees))

    def differs_from_first(self, first: int) -> bool:
        """Whether the interval of any difference from the first excludes 0."""
        others = (size for size in range(len(self.counts)) if size != first)
        return any(not covers(self.difference(first, size)) for size in others)


def differs_from_first(sweep: Sweep, first: int) -> bool:
    """Today's rule: Holm's correction over all pairs of sizes that have enough seeds."""
    enough = np.flatnonzero(np.bincount(sweep.sizes) >= MIN_SEEDS)
    both = list(combinations(enough, 2))
    of_size = [means(scores).mean() for scores in sweep.of_sizes]
    spreads = [spread_of_difference(sweep.of_sizes[a], sweep.of_sizes[b]) for a, b in both]
    of_both = [of_size[a] - of_size[b] for a, b in both]
    p = statistics.holm(
        np.array([spread.p_value(d) for spread, d in zip(spreads, of_both, strict=True)])
    )
    return any(p[k] < ALPHA for k, sizes in enumerate(both) if first in sizes)


def interval(draws: Array) -> Interval:
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def covers(low_high: Interval, truth: float = 0.0) -> bool:
    return low_high[0] <= truth <= low_high[1]


def coverage(sweep: Sweep, old: Stretched) -> BeforeAfter:
    """For the first run, the second size, and the difference between the two sizes."""
    of_runs, (a, b) = means(sweep.scores), sweep.of_sizes
    run = statistics.spread_over_pairs({kind: values[:1] for kind, values in sweep.scores.items()})
    truth, of_a, of_b = sweep.truths[0], means(a).mean(), means(b).mean()
    return {
        "run": (covers(interval(old.of_runs[0]), truth), covers(run.interval(of_runs[0]), truth)),
        "latent size": (covers(interval(old.size(1))), covers(statistics.spread(b).interval(of_b))),
        "difference": (
            covers(old.difference(0, 1)),
            covers(spread_of_difference(a, b).interval(of_a - of_b)),
        ),
    }


def false_difference(sweep: Sweep, old: Stretched) -> BeforeAfter:
    first = int(np.argmax([means(scores).mean() for scores in sweep.of_sizes]))
    return {"rate": (old.differs_from_first(first), differs_from_first(sweep, first))}


def chosen(sweep: Sweep, old: Stretched) -> BeforeAfter:
    """For the value, which comes from a choice on each half of the pairs: of one run or of two."""
    halves: list[int] = []

    def choose(scores: Array) -> int:
        halves.append(sweep.choose(scores))
        return halves[-1]

    of_runs, held_out = means(sweep.scores), statistics.cross_fitted(sweep.scores, choose)
    run, value = sweep.choose(of_runs), float(means(held_out)[0])
    before = interval(old.of_runs[run])
    after = statistics.spread_over_pairs(held_out).interval(value)
    truth, of_halves = sweep.truths[run], sweep.truths[halves].mean()
    return {
        "bias": (of_runs[run] - truth, value - truth),
        "coverage": (covers(before, truth), covers(after, truth)),
        "coverage of what the halves choose": (covers(before, of_halves), covers(after, of_halves)),
    }


def average(
    measure: Callable[[Sweep, Stretched], BeforeAfter],
    seeds: Sequence[int],
    effects: str,
    sweeps: int,
) -> dict[str, object]:
    """Means of a measure over sweeps."""
    generator = np.random.default_rng(0)
    found = []
    for _ in range(sweeps):
        sweep = Sweep(seeds, EFFECTS[effects], generator)
        found.append(measure(sweep, Stretched(sweep, generator)))
    result: dict[str, object] = {
        "seeds of each size": ", ".join(map(str, seeds)),
        "effects": effects,
    }
    for name in found[0]:
        before, after = np.mean([measured[name] for measured in found], axis=0)
        result[name] = {"before": round(before, 4), "after": round(after, 4)}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sweeps", type=int, default=1000)
    sweeps = parser.parse_args().sweeps
    cases = {
        coverage: [(seeds, name) for name in list(EFFECTS)[1:] for seeds in TWO_SIZES],
        false_difference: [(seeds, "default") for seeds in ALL_EQUAL],
        chosen: [((5,) * 5, name) for name in EFFECTS],
    }
    found = {
        measure.__name__: [average(measure, *case, sweeps) for case in measured]
        for measure, measured in cases.items()
    }
    print(json.dumps({"sweeps": sweeps, **found}, indent=2))


if __name__ == "__main__":
    main()
