"""The statistics of a sweep against cases solved by hand and against SciPy."""

import numpy as np
import pytest
from scipy import stats

from vaesweep.statistics import (
    cross_fitted,
    draw_runs,
    draw_setting,
    holm,
    means,
    probability_above,
    rank_correlation,
    spread,
    spread_of_difference,
    spread_over_pairs,
    win_probabilities,
)


def flat(*of_runs):
    """Runs whose pairs all score the same: nothing is left to chance but the seed."""
    return dict.fromkeys(("same", "different"), np.repeat(np.array([of_runs]).T, 4, axis=1))


def test_a_score_is_the_mean_of_its_kinds_and_its_interval_students():
    """Variances of the two means: 2 / 2 and 50 / 2, over the square of two kinds."""
    scores = {"same": np.array([[1.0, 3.0]]), "different": np.array([[0.0, 10.0]])}
    over_pairs = spread_over_pairs(scores)
    assert means(scores).tolist() == [3.5]
    assert over_pairs.deviation == pytest.approx((1 / 4 + 25 / 4) ** 0.5)
    assert over_pairs.degrees == pytest.approx(26**2 / (1 + 25**2))
    one_kind = {"same": np.array([[1.0, 2.0, 4.0, 4.5]])}
    reference = stats.ttest_1samp(one_kind["same"][0], 0).confidence_interval()
    found = spread_over_pairs(one_kind).interval(means(one_kind)[0])
    assert found == pytest.approx((reference.low, reference.high))


def test_without_spread_over_pairs_intervals_and_p_values_are_welchs():
    a, b = (0.1, 0.3, 0.25, 0.22, 0.4), (0.5, 0.1, 0.8)
    welch = stats.ttest_ind(a, b, equal_var=False)
    difference, found = np.mean(a) - np.mean(b), spread_of_difference(flat(*a), flat(*b))
    reference = welch.confidence_interval()
    assert found.p_value(difference) == pytest.approx(welch.pvalue)
    assert found.interval(difference) == pytest.approx((reference.low, reference.high))
    of_mean = stats.t.interval(0.9, 4, np.mean(a), stats.sem(a))
    assert spread(flat(*a)).interval(np.mean(a), 0.9) == pytest.approx(of_mean)


def test_the_difference_of_two_settings_is_paired():
    """What they share, the pairs, cancels; each alone spreads by it."""
    shared = np.random.default_rng(0).normal(0, 1, (1, 50))
    a, b = ({"same": np.repeat(shared + level, 3, axis=0)} for level in (0.3, 0.1))
    assert spread_of_difference(a, b).deviation == pytest.approx(0)
    assert spread(a).deviation == pytest.approx(stats.sem(shared[0]))


def test_p_values_have_no_floor():
    """And without any spread the smallest difference is one."""
    assert 0 < spread_of_difference(flat(*range(5)), flat(*range(90, 95))).p_value(90) < 1e-6
    assert [spread(flat(1, 1, 1)).p_value(mean) for mean in (0.0, 0.1)] == [1.0, 0.0]


def test_holm_by_hand():
    """0.01 x 3, then 0.02 x 2, then 0.04 x 1 or what came before; never above 1."""
    assert holm(np.array([0.04, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])
    assert holm(np.array([0.8, 0.6])).tolist() == [1.0, 1.0]


def test_draws_resample_pairs_within_their_kind():
    scores = {"same": np.array([[0.0, 1.0], [2.0, 3.0]]), "different": np.full((2, 3), 10.0)}
    drawn = draw_runs(scores, 4000, np.random.default_rng(0))
    values, counts = np.unique(drawn[0], return_counts=True)
    assert values.tolist() == [5.0, 5.25, 5.5]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)
    assert drawn[1] == pytest.approx(drawn[0] + 1), "all runs are scored on the same pairs"


def test_draws_resample_seeds_as_wholes():
    """Two seeds without noise over pairs: a quarter, a half and a quarter of the draws."""
    drawn = draw_setting(np.array([[0.0] * 4000, [1.0] * 4000]), np.random.default_rng(0))
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [0.0, 0.5, 1.0]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)


def test_probabilities_by_hand_share_ties_and_agree():
    draws = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 3.0, 2.0, 0.5]])
    assert win_probabilities(draws).tolist() == [0.625, 0.375]
    assert probability_above(*draws) == 0.625


def test_rank_correlation():
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.2, 0.3])) == 1
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([3.0, 2.0, 1.0])) == -1
    assert np.isnan(rank_correlation(np.array([1.0]), np.array([3.0])))


def test_each_half_of_the_pairs_is_scored_by_what_the_other_chose():
    """Two runs, each good where the other is bad: what is best on a half is worst on the other."""
    # To whom a pair belongs is seen from a run that scores pairs by their number.
    seen = []
    cross_fitted({"same": np.arange(6.0)[None]}, lambda scores: seen.append(scores[0] * 3) or 0)
    assert sum(seen) == 15
    scores = {"same": np.array([[1.0, 0.0], [0.0, 1.0]])}
    assert cross_fitted(scores, np.argmax)["same"].tolist() == [[0.0, 0.0]]
    assert cross_fitted(scores, lambda _: 1)["same"].tolist() == [[0.0, 1.0]]


def test_a_run_that_is_always_chosen_keeps_its_score():
    """Of an odd number of pairs, too, where halves differ in size."""
    scores = {kind: np.random.default_rng(0).random((3, 11)) for kind in ("same", "different")}
    assert means(cross_fitted(scores, lambda _: 2)) == means(scores)[2]
