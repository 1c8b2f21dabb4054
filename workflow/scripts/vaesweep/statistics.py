"""Statistics of a sweep: pure functions from arrays to numbers.

Scores come as (runs, pairs) for each kind of pair, and a run's score is the mean of its kinds'
means. Every run is scored on the same pairs, so that differences between runs are paired.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
Scores = Mapping[str, Array]

# With fewer seeds nothing is said of how much seeds differ: it would be a guess.
MIN_SEEDS = 3
# Two settings are tied unless the p-value of their difference, corrected for all, is below it.
ALPHA = 0.05
# The halves of the pairs are the same in every sweep of as many pairs, and random: of even and odd
# rows each would have classes of its own, since the classes take turns in the pairs.
HALVES_STREAM = 2


def means(scores: Scores) -> Array:
    """Score of each run (runs,): the mean of its kinds' means."""
    return np.mean([values.mean(axis=1) for values in scores.values()], axis=0)


@dataclass(frozen=True)
class Spread:
    """How far a mean may lie from its truth: independent parts of its variance."""

    parts: tuple[tuple[float, float], ...]  # of each its variance and its degrees of freedom

    @property
    def deviation(self) -> float:
        """The standard deviation of the mean."""
        return float(sum(variance for variance, _ in self.parts)) ** 0.5

    @property
    def degrees(self) -> float:
        """Degrees of freedom after Welch and Satterthwaite (1946)."""
        below = sum(variance**2 / degrees for variance, degrees in self.parts)
        return self.deviation**4 / below if below else float("inf")

    def interval(self, mean: float, level: float = 0.95) -> tuple[float, float]:
        """Student's interval around the mean."""
        reach = special.stdtrit(self.degrees, (1 + level) / 2) * self.deviation
        return float(mean - reach), float(mean + reach)

    def p_value(self, mean: float) -> float:
        """Two-sided p-value of a mean whose truth is 0."""
        if self.deviation == 0:
            return 1.0 if mean == 0 else 0.0
        return float(2 * special.stdtr(self.degrees, -abs(mean) / self.deviation))


def spread_over_pairs(scores: Scores) -> Spread:
    """Spread of the mean of these very runs, over two pairs of each kind at least."""
    parts = []
    for values in scores.values():
        count = values.shape[1]
        variance = float(values.mean(axis=0).var(ddof=1)) / count / len(scores) ** 2
        parts.append((variance, float(count - 1)))
    return Spread(tuple(parts))


def spread(scores: Scores) -> Spread:
    """Spread of the mean of a setting's runs, over seeds and pairs; two seeds at least."""
    return Spread((*spread_over_pairs(scores).parts, _over_seeds(scores)))


def spread_of_difference(a: Scores, b: Scores) -> Spread:
    """Spread of the difference of two settings' means, paired on the same pairs."""
    differences = {
        kind: a[kind].mean(axis=0, keepdims=True) - b[kind].mean(axis=0, keepdims=True)
        for kind in a
    }
    return Spread((*spread_over_pairs(differences).parts, _over_seeds(a), _over_seeds(b)))


def _over_seeds(scores: Scores) -> tuple[float, float]:
    of_runs = means(scores)
    return float(of_runs.var(ddof=1)) / len(of_runs), float(len(of_runs) - 1)


def holm(p_values: Array) -> Array:
    """Holm's step-down adjustment (1979) of p-values (n,)."""
    order = np.argsort(p_values)
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * p_values[order]), 1)
    return adjusted


def draw_runs(scores: Scores, draws: int, generator: np.random.Generator) -> Array:
    """Bootstrap draws (runs, draws) of each run's score: pairs resampled within their kind."""
    drawn = [values @ _resampled(values.shape[1], draws, generator).T for values in scores.values()]
    return np.mean(drawn, axis=0)


def draw_setting(of_runs: Array, generator: np.random.Generator) -> Array:
    """Draws (draws,) of the mean of a setting's runs, whole seeds resampled on top of the pairs.

    `of_runs` are draws (runs, draws) of its runs, from pairs that all settings share.
    """
    weights = _resampled(len(of_runs), of_runs.shape[1], generator)
    return np.einsum("bs,sb->b", weights, of_runs)


def _resampled(count: int, draws: int, generator: np.random.Generator) -> Array:
    """Shares (draws, count) of each of `count` units in bootstrap samples (Efron 1979)."""
    return generator.multinomial(count, np.full(count, 1 / count), size=draws) / count


def win_probabilities(draws: Array) -> Array:
    """Share of the draws in which each row of (rows, draws) is the highest; ties share evenly."""
    highest = draws == draws.max(axis=0)
    return (highest / highest.sum(axis=0)).mean(axis=1)


def probability_above(a: Array, b: Array) -> float:
    """Share of draws (draws,) in which a is above b; a tie counts half."""
    return float((a > b).mean() + 0.5 * (a == b).mean())


def rank_correlation(a: Array, b: Array) -> float:
    """Spearman's correlation of two orders (n,); NaN for fewer than two or for all equal."""
    from scipy import stats  # here, since it takes its time and many jobs do without

    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(stats.spearmanr(a, b).statistic)


def cross_fitted(scores: Scores, choose: Callable[[Array], int]) -> dict[str, Array]:
    """Scores, for each kind (1, pairs), of what either half of the pairs chooses, on the other.

    `choose` takes the score of each run (runs,) on a half, and returns the place of one. There are
    two pairs of each kind at least. The scores' mean is free of the luck of being chosen; if the
    choice is the same run whatever its score, they are that run's own.
    """
    halves = {
        kind: np.random.default_rng(HALVES_STREAM).permutation(values.shape[1]) % 2
        for kind, values in scores.items()
    }
    first, second = (
        choose(means({kind: values[:, halves[kind] == half] for kind, values in scores.items()}))
        for half in (0, 1)
    )
    return {
        kind: np.where(halves[kind] == 0, values[second], values[first])[None]
        for kind, values in scores.items()
    }
