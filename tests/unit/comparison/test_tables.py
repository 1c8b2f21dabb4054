"""The tables of the comparison, for sweeps small enough to check by hand."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from made_up_sweep import metrics, pair_scores, sweep

from vaesweep.comparison.tables import compare
from vaesweep.runs import Run, Setting, settings_of
from vaesweep.scoring.summary import scores_by_kind, summarise_pairs
from vaesweep.statistics import ALPHA, holm, spread_of_difference

SCORES = {(2, 0): 0.1, (2, 1): 0.12, (2, 2): 0.11, (8, 0): 0.3, (8, 1): 0.34, (8, 2): 0.32}
# Ordered neither by name nor by latent size.
MEANS = {
    Setting("vae", 8): 0.2,
    Setting("vae", 2): 0.1,
    Setting("conv", 8): 0.3,
    Setting("conv", 2): 0.22,
    Setting("big", 8): 0.18,
    Setting("big", 2): 0.28,
}
VARIANT_SCORES = {
    Run(*setting, seed): mean + 0.02 * (seed - 1)
    for setting, mean in MEANS.items()
    for seed in range(3)
}
FIRST = Setting("conv", 8)


def test_the_score_of_a_run_is_the_mean_over_kinds():
    table = pair_scores(0.25, 0)
    table.loc[(table["set"] == "score") & (table["kind"] == "same"), "score"] = 0.4
    table.loc[(table["set"] == "score") & (table["kind"] == "different"), "score"] = 0.1
    summary = summarise_pairs(table)
    found = [summary[name] for name in ("score_same", "score_different", "score", "score_low")]
    assert found == pytest.approx([0.4, 0.1, 0.25, 0.25])


def test_ranks_and_means():
    compared = sweep(SCORES)
    assert compared.runs["rank"].tolist() == [6, 4, 5, 3, 1, 2]
    assert compared.runs["win_probability"].sum() == pytest.approx(1)
    settings = compared.settings
    assert settings["latent_size"].tolist() == [2, 8]
    assert settings["score"].tolist() == pytest.approx([0.11, 0.32])
    assert settings["rank"].tolist() == [2, 1]
    assert settings["best_seed"].tolist() == [1, 1]
    assert settings["tied_with_first"].tolist() == [False, True]
    assert (settings["score_low"] < settings["score"]).all()
    assert (settings["score"] < settings["score_high"]).all()


def test_the_difference_of_two_settings():
    [row] = sweep(SCORES).differences.to_dict("records")
    assert (row["latent_size_a"], row["latent_size_b"]) == (2, 8)
    assert row["difference"] == pytest.approx(-0.21)
    assert row["low"] < -0.21 < row["high"] < 0
    assert row["probability_a_above_b"] == 0
    tables = [pair_scores(score, seed) for (_, seed), score in SCORES.items()]
    spread = spread_of_difference(scores_by_kind(tables[:3]), scores_by_kind(tables[3:]))
    assert row["p_holm"] == row["p_value"] == pytest.approx(spread.p_value(-0.21))
    assert not row["tied"]


def test_the_first_of_two_settings_comes_first_as_often_as_it_is_above_the_other():
    scores = {run: score for run, score in SCORES.items() if run[0] == 8}
    compared = sweep(scores | {(9, seed): 0.01 + score for (_, seed), score in scores.items()})
    [above] = compared.differences["probability_a_above_b"]
    assert 0 < above < 0.5
    assert compared.settings["win_probability"].tolist() == pytest.approx([above, 1 - above])


@pytest.mark.parametrize("lost", [(2, 0), (8, 0)])
def test_a_setting_with_two_seeds_has_no_interval_and_no_ties(lost):
    """The two other settings are still compared with each other."""
    scores = SCORES | {(16, seed): 0.2 + 0.01 * seed for seed in range(3)}
    compared = sweep({run: score for run, score in scores.items() if run != lost})
    few = lost[0]
    settings = compared.settings.set_index("latent_size")
    assert settings["rank"].tolist() == [3, 1, 2] and settings["score"].notna().all()
    assert settings["score_low"].isna().tolist() == [size == few for size in (2, 8, 16)]
    assert settings["win_probability"].isna().all()
    unknown = settings["tied_with_first"].isna()
    assert unknown.tolist() == [few in (size, 8) for size in (2, 8, 16)]
    table = compared.differences
    undecided = table[(table["latent_size_a"] == few) | (table["latent_size_b"] == few)]
    assert len(undecided) == 2 and undecided["difference"].notna().all()
    assert undecided.iloc[:, 6:].isna().all(axis=None)
    [row] = table.drop(undecided.index).to_dict("records")
    assert row["p_holm"] == row["p_value"] and row["tied"] is False


def test_a_diverged_run_is_listed_without_numbers():
    """Its last finite weights give finite numbers, which mean nothing."""
    compared = sweep(SCORES, diverged=((8, 1),), frechet=7.0)
    run = compared.runs.set_index(["latent_size", "seed"]).loc[(8, 1)]
    numbers = ["rank", "score", "quality_same", "neg_elbo", "active_units", "frechet"]
    assert run[numbers].isna().all()
    assert run[["status", "device", "train_seconds"]].tolist() == ["diverged", "cpu", 1.0]
    assert run["flags"] == "diverged"
    setting = compared.settings.set_index("latent_size").loc[8]
    assert setting["seeds"] == 2 and setting["score"] == pytest.approx(0.31)


def test_a_setting_whose_runs_all_diverged_is_listed_without_numbers():
    settings = sweep(SCORES, diverged=((2, 0), (2, 1), (2, 2))).settings
    lost, left = settings.to_dict("records")
    assert (lost["latent_size"], lost["seeds"]) == (2, 0)
    assert all(pd.isna(lost[name]) for name in ("score", "rank", "tied_with_first"))
    assert left["rank"] == 1 and left["win_probability"] == 1
    assert sweep(SCORES, diverged=tuple(SCORES)).settings["seeds"].tolist() == [0, 0]


def axis_sweep(known):
    """Runs of latent size 2, by whether the way between their ends is known; both axes 0.3 to 0.5.

    The pairs of a run differ by as much as 0.1.
    """
    metrics_of_all, tables = [], []
    for seed, is_known in enumerate(known):
        table = pair_scores(0.1, seed)
        table["lost_at_ends"] = 0.3 + 0.1 * seed + 0.1 * (table["row"] % 2)
        table["lost_between"] = table["lost_at_ends"] if is_known else float("nan")
        table.loc[table["set"] == "display", ["lost_at_ends", "lost_between"]] = 100.0
        metrics_of_all.append(metrics(Run("vae", 2, seed), table))
        tables.append(table)
    return compare(metrics_of_all, tables, 100)


def test_axes_have_intervals_over_the_score_pairs_for_a_run_and_over_seeds_too_for_a_setting():
    compared = axis_sweep([True] * 3)
    bounds = ["lost_between_low", "lost_between", "lost_between_high"]
    assert compared.runs["lost_between"].tolist() == pytest.approx([0.35, 0.45, 0.55])
    # 2 x 20 pairs, half at -.05 and half at +.05: variance .05^2 20/19, degrees of freedom 38.
    reach = 2.0244 * (0.05**2 * 20 / 19 / 40) ** 0.5
    assert compared.runs[bounds].loc[0].tolist() == pytest.approx(
        [0.35 - reach, 0.35, 0.35 + reach], abs=1e-5
    )
    [setting] = compared.settings.to_dict("records")
    assert setting["lost_between"] == pytest.approx(0.45)
    assert setting["lost_between_high"] - setting["lost_between"] > 0.2  # t of about 2 freedoms
    assert [setting[f"lost_at_ends{end}"] for end in ("", "_low", "_high")] == pytest.approx(
        [setting[f"lost_between{end}"] for end in ("", "_low", "_high")]
    )


def test_what_is_lost_between_is_empty_for_a_collapsed_run_which_is_flagged():
    compared = axis_sweep([True, True, False, True])
    run = compared.runs.loc[2]
    between = ["lost_between", "lost_between_low", "lost_between_high"]
    assert run[between].isna().all() and run["lost_at_ends"] == pytest.approx(0.55)
    assert compared.runs["flags"].tolist() == ["", "", "collapsed", ""]
    [setting] = compared.settings.to_dict("records")
    assert setting["lost_between"] == pytest.approx((0.35 + 0.45 + 0.65) / 3)
    assert setting["lost_between_low"] < setting["lost_between"]
    [setting] = axis_sweep([True, True, False]).settings.to_dict("records")
    assert setting["lost_between"] == pytest.approx(0.4) and pd.isna(setting["lost_between_low"])


def test_settings_are_ordered_by_variant_as_configured_then_by_size():
    settings = sweep(VARIANT_SCORES).settings
    order = [Setting(name, size) for name in ("vae", "conv", "big") for size in (2, 8)]
    assert settings_of(settings) == order
    assert dict(zip(order, settings["score"], strict=True)) == pytest.approx(MEANS)


def expected_p_values():
    """For each two settings their family, p-value, and p-value corrected for all comparisons."""
    rows = {}
    for a, b in combinations(MEANS, 2):
        tables = [[pair_scores(VARIANT_SCORES[*key, k], k) for k in range(3)] for key in (a, b)]
        spread = spread_of_difference(*map(scores_by_kind, tables))
        family = "first"
        if a.variant == b.variant:
            family = "latent_size"
        elif a.latent_size == b.latent_size:
            family = "variant"
        rows[frozenset((a, b))] = (family, spread.p_value(MEANS[a] - MEANS[b]))
    corrected = holm(np.array([p_value for _, p_value in rows.values()]))
    return {pair: (*row, p) for (pair, row), p in zip(rows.items(), corrected, strict=True)}


def rows_by_pair(differences):
    pairs = [
        frozenset(
            (Setting(row.variant_a, row.latent_size_a), Setting(row.variant_b, row.latent_size_b))
        )
        for row in differences.itertuples()
    ]
    return dict(zip(pairs, differences.itertuples(), strict=True))


def test_p_values_are_corrected_within_a_family_and_against_the_first_for_all():
    found = rows_by_pair(sweep(VARIANT_SCORES).differences)
    assert len(found) == 11
    for name, size in (("latent_size", 3), ("variant", 6), ("first", 2)):
        family = {
            pair: row
            for pair, row in expected_p_values().items()
            if row[0] == name and (name != "first" or FIRST in pair)
        }
        assert len(family) == size
        corrected = holm(np.array([p_value for _, p_value, _ in family.values()]))
        if name == "first":
            corrected = [for_all for _, _, for_all in family.values()]
        for (pair, (_, p_value, _)), p_holm in zip(family.items(), corrected, strict=True):
            row = found[pair]
            assert (row.family, row.tied) == (name, p_holm >= ALPHA)
            assert (row.p_value, row.p_holm) == pytest.approx((p_value, p_holm))


def test_ties_with_the_first_are_corrected_for_all_comparisons():
    compared = sweep(VARIANT_SCORES)
    tied = compared.settings["tied_with_first"]
    ties = dict(zip(settings_of(compared.settings), tied, strict=True))
    assert ties.pop(FIRST)
    expected = expected_p_values()
    assert ties == {key: expected[frozenset((key, FIRST))][2] >= ALPHA for key in ties}
    # Tied when corrected for all comparisons, not tied within its family.
    close = Setting("conv", 2)
    assert ties[close] and not rows_by_pair(compared.differences)[frozenset((close, FIRST))].tied
