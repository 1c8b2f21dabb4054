"""The statistics of a sweep, checked by hand and against SciPy."""

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


def without_noise(*scores):
    """Runs with these scores on all pairs, so that only seeds differ."""
    return dict.fromkeys(("same", "different"), np.repeat(np.array([scores]).T, 4, axis=1))


def test_a_score_is_the_mean_over_kinds_with_students_interval():
    """The means of the kinds have variances 2 / 2 and 50 / 2; their mean divides these by 2²."""
    scores = {"same": np.array([[1.0, 3.0]]), "different": np.array([[0.0, 10.0]])}
    over_pairs = spread_over_pairs(scores)
    assert means(scores).tolist() == [3.5]
    assert over_pairs.standard_error == pytest.approx((1 / 4 + 25 / 4) ** 0.5)
    assert over_pairs.degrees_of_freedom == pytest.approx(26**2 / (1 + 25**2))
    one_kind = {"same": np.array([[1.0, 2.0, 4.0, 4.5]])}
    reference = stats.ttest_1samp(one_kind["same"][0], 0).confidence_interval()
    found = spread_over_pairs(one_kind).interval(means(one_kind)[0])
    assert found == pytest.approx((reference.low, reference.high))


def test_if_only_seeds_differ_intervals_and_p_values_are_welchs():
    a, b = (0.1, 0.3, 0.25, 0.22, 0.4), (0.5, 0.1, 0.8)
    welch = stats.ttest_ind(a, b, equal_var=False)
    difference = np.mean(a) - np.mean(b)
    found = spread_of_difference(without_noise(*a), without_noise(*b))
    reference = welch.confidence_interval()
    assert found.p_value(difference) == pytest.approx(welch.pvalue)
    assert found.interval(difference) == pytest.approx((reference.low, reference.high))
    reference = stats.t.interval(0.9, 4, np.mean(a), stats.sem(a))
    assert spread(without_noise(*a)).interval(np.mean(a), 0.9) == pytest.approx(reference)


def test_the_difference_of_two_settings_is_paired():
    """The effect of the pairs cancels in the difference, but not in either mean."""
    shared = np.random.default_rng(0).normal(0, 1, (1, 50))
    a, b = ({"same": np.repeat(shared + level, 3, axis=0)} for level in (0.3, 0.1))
    assert spread_of_difference(a, b).standard_error == pytest.approx(0)
    assert spread(a).standard_error == pytest.approx(stats.sem(shared[0]))


def test_p_values_can_be_very_small():
    far_apart = spread_of_difference(without_noise(*range(5)), without_noise(*range(90, 95)))
    assert 0 < far_apart.p_value(90) < 1e-6


def test_without_spread_any_difference_from_0_is_significant():
    assert [spread(without_noise(1, 1, 1)).p_value(mean) for mean in (0.0, 0.1)] == [1.0, 0.0]


def test_holm_by_hand():
    """0.01 x 3, then 0.02 x 2, then 0.04 x 1; never below the one before, never above 1."""
    assert holm(np.array([0.04, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])
    assert holm(np.array([0.8, 0.6])).tolist() == [1.0, 1.0]


def test_draws_of_runs_resample_pairs_within_their_kind():
    scores = {"same": np.array([[0.0, 1.0], [2.0, 3.0]]), "different": np.full((2, 3), 10.0)}
    drawn = draw_runs(scores, 4000, np.random.default_rng(0))
    values, counts = np.unique(drawn[0], return_counts=True)
    assert values.tolist() == [5.0, 5.25, 5.5]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)
    assert drawn[1] == pytest.approx(drawn[0] + 1), "all runs are scored on the same pairs"


def test_draws_of_a_setting_resample_whole_seeds():
    """Of two seeds, a quarter of the draws have one twice, and half of them have both."""
    drawn = draw_setting(np.array([[0.0] * 4000, [1.0] * 4000]), np.random.default_rng(0))
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [0.0, 0.5, 1.0]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)


def test_ties_are_shared_in_both_probabilities():
    draws = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 3.0, 2.0, 0.5]])
    assert win_probabilities(draws).tolist() == [0.625, 0.375]
    assert probability_above(*draws) == 0.625


def test_rank_correlation():
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.2, 0.3])) == 1
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([3.0, 2.0, 1.0])) == -1
    assert np.isnan(rank_correlation(np.array([1.0]), np.array([3.0])))


def test_the_choice_on_one_half_is_scored_on_the_other():
    """Each of two runs is good on the pair where the other is bad."""
    scores = {"same": np.array([[1.0, 0.0], [0.0, 1.0]])}
    assert cross_fitted(scores, np.argmax)["same"].tolist() == [[0.0, 0.0]]
    assert cross_fitted(scores, lambda _: 1)["same"].tolist() == [[0.0, 1.0]]


def test_a_run_that_is_always_chosen_keeps_its_score():
    """Also with an odd number of pairs, where the halves differ in size."""
    scores = {kind: np.random.default_rng(0).random((3, 11)) for kind in ("same", "different")}
    assert means(cross_fitted(scores, lambda _: 2)) == means(scores)[2]
