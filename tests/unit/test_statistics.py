"""The bootstrap against cases solved by hand and against SciPy."""

import numpy as np
import pytest
from scipy import stats

from vaesweep.statistics import (
    difference_draws,
    holds_zero,
    holm,
    interval,
    kind_weights,
    p_value,
    probability_above,
    rank_correlation,
    resample_seeds,
    resampling_weights,
    run_draws,
    size_draws,
    win_probabilities,
)


def test_weights_are_shares_of_counts():
    weights = resampling_weights(4, 500, np.random.default_rng(0))
    assert weights.shape == (500, 4)
    assert np.allclose(weights.sum(axis=1), 1)
    assert set(np.unique(weights * 4)) <= {0.0, 1.0, 2.0, 3.0, 4.0}
    assert np.allclose(weights.mean(axis=0), 0.25, atol=0.02)


def test_run_draws_by_hand():
    scores = {"same": np.array([[1.0, 3.0]]), "different": np.array([[0.0, 10.0]])}
    weights = {
        "same": np.array([[0.5, 0.5], [1.0, 0.0]]),
        "different": np.array([[0.5, 0.5], [0.0, 1.0]]),
    }
    assert run_draws(scores, weights).tolist() == [[3.5, 5.5]]


def test_interval_of_a_run_agrees_with_scipy():
    generator = np.random.default_rng(1)
    same, different = generator.normal(0.1, 0.1, 80), generator.normal(0.2, 0.1, 60)
    scores = {"same": same[None], "different": different[None]}
    draws = run_draws(scores, kind_weights(scores, 20000, np.random.default_rng(2)))[0]
    reference = stats.bootstrap(
        (same, different),
        lambda a, b, axis: (a.mean(axis=axis) + b.mean(axis=axis)) / 2,
        method="percentile",
        n_resamples=20000,
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert interval(draws) == pytest.approx((reference.low, reference.high), abs=0.002)


def test_seeds_are_resampled_as_wholes():
    """Two seeds without noise over pairs: a quarter, a half and a quarter of the draws."""
    size = resample_seeds(np.array([[0.0] * 4000, [1.0] * 4000]), np.random.default_rng(0))
    assert set(size.pairs) == {0.5}
    values, counts = np.unique(size.seeds, return_counts=True)
    assert values.tolist() == [-0.5, 0.0, 0.5]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)


def test_few_seeds_are_stretched_to_students_interval():
    """Without noise over pairs the interval is the t interval of the seeds' mean."""
    seeds = np.random.default_rng(5).normal(0.1, 0.02, 12)
    draws = np.repeat(seeds[:, None], 40000, axis=1)
    low, high = interval(size_draws(resample_seeds(draws, np.random.default_rng(6))))
    reference = stats.t.interval(0.95, 11, seeds.mean(), stats.sem(seeds))
    assert (low, high) == pytest.approx(reference, abs=0.0015)


def test_the_difference_of_two_sizes_is_paired():
    """What the sizes share, the pairs, cancels: two seeds' worth of noise is left."""
    shared = np.random.default_rng(0).normal(0, 1, 4000)
    a, b = (
        resample_seeds(np.stack([shared + level] * 4), np.random.default_rng(1))
        for level in (0.3, 0.1)
    )
    assert difference_draws(a, b) == pytest.approx(np.full(4000, 0.2))


def test_probability_and_p_value_by_hand():
    differences = np.array([-1.0, 0.0, 1.0, 2.0])
    assert probability_above(differences) == 0.625
    assert p_value(differences) == 1.0  # two of four are at most 0: 2 (2 + 1) / 5, at most 1
    assert p_value(np.ones(99)) == pytest.approx(2 / 100)


def test_holm_by_hand():
    """0.01 x 3, then 0.02 x 2, then 0.04 x 1 or what came before."""
    assert holm(np.array([0.04, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])


def test_rank_correlation():
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.2, 0.3])) == 1
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([3.0, 2.0, 1.0])) == -1
    assert np.isnan(rank_correlation(np.array([1.0]), np.array([3.0])))


def test_win_probabilities_share_ties():
    draws = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 3.0, 2.0, 1.0]])
    assert win_probabilities(draws).tolist() == [0.5, 0.5]
    assert win_probabilities(np.array([[1.0, 1.0], [0.0, 0.0]])).tolist() == [1.0, 0.0]


def test_a_tie_is_a_difference_whose_interval_holds_zero():
    generator = np.random.default_rng(0)
    assert holds_zero(np.zeros(1000))
    assert holds_zero(generator.normal(0, 1, 1000))
    # A small but steady difference is no tie.
    assert not holds_zero(generator.normal(0.1, 0.01, 1000))
