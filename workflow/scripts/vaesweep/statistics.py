"""Statistics of a sweep: pure functions from arrays to numbers.

Scores come as arrays (runs, pairs) by kind of pair. The score of a run is the mean over the kinds
of its mean over pairs. All runs are scored on the same pairs, so differences of runs are paired.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
Scores = Mapping[str, Array]

# With fewer seeds the variance between seeds is not estimated: it would be a guess.
MIN_SEEDS = 3
# Two settings are tied unless the corrected p-value of their difference is below this level.
ALPHA = 0.05
# Seeds the split of the pairs into halves. The split is random, not by even and odd rows: classes
# take turns in the rows of pairs.csv, so each half would have other classes.
HALVES_STREAM = 2


def means(scores: Scores) -> Array:
    """Score of each run (runs,): the mean over kinds of its mean over pairs."""
    return np.mean([values.mean(axis=1) for values in scores.values()], axis=0)


@dataclass(frozen=True)
class Spread:
    """The uncertainty of a mean: the variances of its independent sources, which add up."""

    parts: tuple[tuple[float, float], ...]  # variance and degrees of freedom of each source

    @property
    def standard_error(self) -> float:
        """The standard deviation of the mean."""
        return float(sum(variance for variance, _ in self.parts)) ** 0.5

    @property
    def degrees_of_freedom(self) -> float:
        """Degrees of freedom after Welch and Satterthwaite (1946)."""
        below = sum(variance**2 / degrees for variance, degrees in self.parts)
        return self.standard_error**4 / below if below else float("inf")

    def interval(self, mean: float, level: float = 0.95) -> tuple[float, float]:
        """Student's interval around the mean."""
        quantile = special.stdtrit(self.degrees_of_freedom, (1 + level) / 2)
        reach = quantile * self.standard_error
        return float(mean - reach), float(mean + reach)

    def p_value(self, mean: float) -> float:
        """Two-sided p-value of the hypothesis that the true mean is 0."""
        if self.standard_error == 0:
            return 1.0 if mean == 0 else 0.0
        t = -abs(mean) / self.standard_error
        return float(2 * special.stdtr(self.degrees_of_freedom, t))


def spread_over_pairs(scores: Scores) -> Spread:
    """Spread over pairs of the mean of these runs; at least two pairs of each kind."""
    parts = []
    for values in scores.values():
        count = values.shape[1]
        variance = float(values.mean(axis=0).var(ddof=1)) / count / len(scores) ** 2
        parts.append((variance, float(count - 1)))
    return Spread(tuple(parts))


def spread(scores: Scores) -> Spread:
    """Spread over seeds and pairs of the mean of a setting's runs; at least two seeds."""
    return Spread((*spread_over_pairs(scores).parts, _over_seeds(scores)))


def spread_of_difference(a: Scores, b: Scores) -> Spread:
    """Spread of the difference of two settings' means, paired on the same pairs."""
    differences = {
        kind: a[kind].mean(axis=0, keepdims=True) - b[kind].mean(axis=0, keepdims=True)
        for kind in a
    }
    return Spread((*spread_over_pairs(differences).parts, _over_seeds(a), _over_seeds(b)))


def _over_seeds(scores: Scores) -> tuple[float, float]:
    """Variance of the mean over seeds, and its degrees of freedom."""
    by_seed = means(scores)
    return float(by_seed.var(ddof=1)) / len(by_seed), float(len(by_seed) - 1)


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


def draw_setting(runs: Array, generator: np.random.Generator) -> Array:
    """Bootstrap draws (draws,) of the mean of a setting's runs: seeds and pairs resampled.

    `runs` are draws (runs, draws) of its runs by `draw_runs`, which resampled the pairs.
    """
    weights = _resampled(len(runs), runs.shape[1], generator)
    return np.einsum("bs,sb->b", weights, runs)


def _resampled(count: int, draws: int, generator: np.random.Generator) -> Array:
    """The weights (draws, count) of `count` units in bootstrap samples (Efron 1979)."""
    return generator.multinomial(count, np.full(count, 1 / count), size=draws) / count


def win_probabilities(draws: Array) -> Array:
    """Share of the draws in which each row of (rows, draws) is the highest; ties share evenly."""
    highest = draws == draws.max(axis=0)
    return (highest / highest.sum(axis=0)).mean(axis=1)


def probability_above(a: Array, b: Array) -> float:
    """Share of the draws (draws,) in which a is above b; a tie counts half."""
    return float((a > b).mean() + 0.5 * (a == b).mean())


def rank_correlation(a: Array, b: Array) -> float:
    """Spearman's rank correlation of (n,) and (n,); NaN if n < 2 or all values are equal."""
    from scipy import stats  # imported here because it is slow and most jobs do without it

    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(stats.spearmanr(a, b).statistic)


def cross_fitted(scores: Scores, choose: Callable[[Array], int]) -> dict[str, Array]:
    """Score a choice on pairs that took no part in it; returns scores (1, pairs) by kind.

    `choose` takes the score of each run (runs,) and returns the index of one. It chooses once on
    each half of the pairs, and its choice is scored on the other half. Their mean is free of
    selection bias. There are at least two pairs of each kind.
    """
    in_first = {}
    for kind, values in scores.items():
        order = np.random.default_rng(HALVES_STREAM).permutation(values.shape[1])
        in_first[kind] = order % 2 == 0
    first_half = {kind: values[:, in_first[kind]] for kind, values in scores.items()}
    second_half = {kind: values[:, ~in_first[kind]] for kind, values in scores.items()}
    by_first = choose(means(first_half))
    by_second = choose(means(second_half))
    return {
        kind: np.where(in_first[kind], values[by_second], values[by_first])[None]
        for kind, values in scores.items()
    }
