"""Bootstrap of a sweep: pure functions from arrays to numbers.

Scores come as (runs, pairs) for each kind of pair. Every run is scored on the same pairs, so one
set of resampled pairs serves all of them, and differences between runs are paired.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# A percentile interval over fewer seeds would be a guess dressed as a number.
LEAST_SEEDS = 3


def resampling_weights(count: int, draws: int, generator: np.random.Generator) -> Array:
    """Shares of each of `count` units in `draws` bootstrap samples.

    Returns:
        (draws, count), each row a multinomial count over `count`; a product with it gives the
        means of all bootstrap samples at once.
    """
    return generator.multinomial(count, np.full(count, 1 / count), size=draws) / count


def kind_weights(
    scores: dict[str, Array], draws: int, generator: np.random.Generator
) -> dict[str, Array]:
    """Resampling weights of the pairs of each kind; pairs are resampled within their kind."""
    return {
        kind: resampling_weights(values.shape[1], draws, generator)
        for kind, values in scores.items()
    }


def run_draws(scores: dict[str, Array], weights: dict[str, Array]) -> Array:
    """Bootstrap draws of each run's score, the mean of its kinds' means.

    Args:
        scores: for each kind (runs, pairs).
        weights: for each kind (draws, pairs).

    Returns:
        (runs, draws).
    """
    return np.mean([scores[kind] @ weights[kind].T for kind in scores], axis=0)


@dataclass(frozen=True)
class SizeDraws:
    """Two-way bootstrap draws of a latent size's mean over seeds, by what was resampled.

    Attributes:
        pairs: (draws,) means over the given seeds, whole pairs resampled.
        seeds: (draws,) what resampling whole seeds as well adds to them.
        count: number of seeds.
    """

    pairs: Array
    seeds: Array
    count: int


def resample_seeds(draws: Array, generator: np.random.Generator) -> SizeDraws:
    """Resample whole seeds on top of whole pairs.

    Args:
        draws: (seeds, draws) of the runs of one latent size, over shared pairs.
        generator: draws the seeds.
    """
    count, number = draws.shape
    means = draws.mean(axis=0)
    resampled = np.einsum("bs,sb->b", resampling_weights(count, number, generator), draws)
    return SizeDraws(means, resampled - means, count)


def size_draws(size: SizeDraws) -> Array:
    """Draws (draws,) of a latent size's score, for its interval."""
    return size.pairs + _widening(size.count, size.count - 1) * size.seeds


def difference_draws(a: SizeDraws, b: SizeDraws) -> Array:
    """Draws (draws,) of score of size a minus score of size b, paired on the same pairs."""
    degrees = a.count + b.count - 2
    of_a = a.pairs + _widening(a.count, degrees) * a.seeds
    of_b = b.pairs + _widening(b.count, degrees) * b.seeds
    return of_a - of_b


def _widening(count: int, degrees: int) -> float:
    """By how much to stretch the resampled seeds, of which there are few.

    The bootstrap of `count` units has (count - 1) / count of the variance of their mean, and its
    percentiles are those of a normal where Student's t is due; both are mended here (Hesterberg
    2015, The American Statistician 69:371, calls it the expanded percentile interval). The pairs
    are many and need neither.
    """
    # Imported where it is used, here and below: it takes a second, and most jobs need intervals
    # over pairs alone.
    from scipy import stats

    if count < LEAST_SEEDS:
        return 1.0
    student: float = stats.t.ppf(0.975, degrees) / stats.norm.ppf(0.975)
    return student * (count / (count - 1)) ** 0.5


def interval(draws: Array, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of draws (draws,) (Efron 1979)."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def win_probabilities(draws: Array) -> Array:
    """Share of the draws in which each row of (rows, draws) is the highest; ties share evenly."""
    highest = draws == draws.max(axis=0)
    shares: Array = (highest / highest.sum(axis=0)).mean(axis=1)
    return shares


def holds_zero(differences: Array) -> bool:
    """Whether the interval of a paired difference, given by its draws (draws,), holds 0: a tie."""
    low, high = interval(differences)
    return low <= 0 <= high


def probability_above(differences: Array) -> float:
    """Share of draws (draws,) of a difference that is above 0; a draw of 0 counts half."""
    return float((differences > 0).mean() + 0.5 * (differences == 0).mean())


def p_value(differences: Array) -> float:
    """Two-sided bootstrap p-value that a difference (draws,) is 0; at least 2 / (draws + 1)."""
    beyond = min((differences <= 0).sum(), (differences >= 0).sum())
    return float(min(1.0, 2 * (beyond + 1) / (len(differences) + 1)))


def holm(p_values: Array) -> Array:
    """Holm's step-down adjustment (1979) of p-values (n,)."""
    from statsmodels.stats.multitest import multipletests

    adjusted: Array = multipletests(p_values, method="holm")[1]
    return adjusted


def rank_correlation(a: Array, b: Array) -> float:
    """Spearman's correlation of two orders (n,); NaN for fewer than two or for all equal."""
    from scipy import stats

    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(stats.spearmanr(a, b).statistic)
