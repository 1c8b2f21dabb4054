"""The comparison and the choice on a sweep small enough to check by hand."""

import numpy as np
import pandas as pd
import pytest

from vaesweep.comparison.choice import choose_run
from vaesweep.comparison.tables import (
    PART_COLUMNS,
    compare,
    compare_judges,
    gains_by_judge,
    run_flags,
    summarise_pairs,
)
from vaesweep.data.pairs import KINDS
from vaesweep.errors import UserError

DRAWS = 500


def pair_scores(gain: float, seed: int) -> pd.DataFrame:
    noise = np.random.default_rng(seed).normal(0, 0.05, 40)
    rows = [
        {"set": name, "kind": kind, "row": row, **dict.fromkeys(PART_COLUMNS, 0.5)}
        for name, count in (("display", 10), ("score", 20))
        for kind in KINDS
        for row in range(count)
    ]
    table = pd.DataFrame(rows)
    scored = table["set"] == "score"
    table.loc[scored, "gain"] = gain + noise - noise.mean()
    table.loc[~scored, "gain"] = 100.0  # display pairs must not count
    for judge, factor in ((0, 0.9), (1, 1.1)):
        table[f"gain_judge_{judge}"] = factor * table["gain"]
    return table


def sweep(gains: dict[tuple[int, int], float], diverged: tuple = ()):
    tables = [pair_scores(gain, seed) for (_, seed), gain in gains.items()]
    metrics = [
        {
            "latent_size": latent_size,
            "seed": seed,
            "status": "diverged" if (latent_size, seed) in diverged else "ok",
            "neg_elbo": 100.0 + latent_size,
            "reconstruction": 80.0,
            "kl": 20.0,
            "active_units": 0 if latent_size == 99 else latent_size,
            "train_seconds": 1.0,
            "device": "cpu",
            **summarise_pairs(table, DRAWS),
        }
        for (latent_size, seed), table in zip(gains, tables, strict=True)
    ]
    return compare(metrics, tables, DRAWS)


GAINS = {(2, 0): 0.1, (2, 1): 0.12, (2, 2): 0.11, (8, 0): 0.3, (8, 1): 0.34, (8, 2): 0.32}


def test_a_run_is_the_mean_of_its_kinds():
    table = pair_scores(0.25, 0)
    table.loc[(table["set"] == "score") & (table["kind"] == "same"), "gain"] = 0.4
    table.loc[(table["set"] == "score") & (table["kind"] == "different"), "gain"] = 0.1
    summary = summarise_pairs(table, DRAWS)
    assert summary["gain_same"] == pytest.approx(0.4)
    assert summary["gain_different"] == pytest.approx(0.1)
    assert [summary[key] for key in ("gain", "gain_low", "gain_high")] == pytest.approx([0.25] * 3)


def test_ranks_and_means():
    runs, sizes = (sweep(GAINS).runs, sweep(GAINS).latent_sizes)
    assert runs["rank"].tolist() == [6, 4, 5, 3, 1, 2]
    assert runs["win_probability"].sum() == pytest.approx(1)
    assert sizes["latent_size"].tolist() == [2, 8]
    assert sizes["gain"].tolist() == pytest.approx([0.11, 0.32])
    assert sizes["rank"].tolist() == [2, 1]
    assert sizes["best_seed"].tolist() == [1, 1]
    assert sizes["tied_with_first"].tolist() == [False, True]
    assert (sizes["gain_low"] < sizes["gain"]).all() and (sizes["gain"] < sizes["gain_high"]).all()


def test_differences_are_those_of_the_means():
    [row] = sweep(GAINS).differences.to_dict("records")
    assert (row["latent_size_a"], row["latent_size_b"]) == (2, 8)
    assert row["difference"] == pytest.approx(-0.21)
    assert row["low"] < -0.21 < row["high"] < 0
    assert row["probability_a_above_b"] == 0
    assert row["p_holm"] == row["p_value"] < 0.05
    assert not row["tied"]


def test_judges_that_agree():
    [row] = sweep(GAINS).judges.to_dict("records")
    assert (row["judge_a"], row["judge_b"]) == ("0", "1")
    assert row["rank_correlation"] == pytest.approx(1)
    assert row["first_latent_size_a"] == row["first_latent_size_b"] == 8


def test_a_size_that_only_one_judge_puts_first_is_flagged():
    tables = [pair_scores(gain, seed) for (_, seed), gain in GAINS.items()]
    for table, (latent_size, _) in zip(tables, GAINS, strict=True):
        table["gain_judge_1"] = 1.0 if latent_size == 2 else 0.0
    by_judge = gains_by_judge(tables)
    runs = sweep(GAINS).runs
    assert compare_judges(runs, by_judge)["first_latent_size_b"].tolist() == [2]
    assert run_flags(runs, by_judge) == ["judge-dependent"] * 6


def test_fewer_than_three_seeds_have_no_interval_over_seeds():
    sizes = sweep({(2, 0): 0.1, (2, 1): 0.2}).latent_sizes
    assert sizes[["gain_low", "gain_high"]].isna().all(axis=None)


def test_a_diverged_run_is_listed_but_not_ranked():
    compared = sweep(GAINS, diverged=((8, 1),))
    run = compared.runs.set_index(["latent_size", "seed"]).loc[(8, 1)]
    assert run["flags"] == "diverged" and pd.isna(run["rank"])
    size = compared.latent_sizes.set_index("latent_size").loc[8]
    assert size["seeds"] == 2 and size["gain"] == pytest.approx(0.31)
    assert choose_run(compared.runs, compared.latent_sizes, None, None)["seed"] == 2


def test_a_collapsed_run_is_flagged():
    assert sweep({(99, 0): 0.0}).runs["flags"].tolist() == ["collapsed"]


def test_size_first_then_seed():
    """The best single run is not shown if its latent size is worse on the average."""
    gains = {(2, 0): 0.9, (2, 1): 0.1, (2, 2): 0.1, (8, 0): 0.5, (8, 1): 0.6, (8, 2): 0.55}
    compared = sweep(gains)
    chosen = choose_run(compared.runs, compared.latent_sizes, None, None)
    assert (chosen["latent_size"], chosen["seed"]) == (8, 1)
    assert chosen["value"] == pytest.approx(0.6)
    assert chosen["low"] <= chosen["value"] <= chosen["high"]
    assert chosen["tied_with"] == [{"latent_size": 2, "seed": 0}]
    assert "tied with latent size 2" in chosen["reason"]


@pytest.mark.parametrize(
    ("gains", "reason"),
    [
        ({(8, 0): 0.5}, "The run of latent size 8, seed 0 is the only one to choose from (gain"),
        ({(8, 0): 0.5, (8, 1): 0.4}, "Latent size 8 is the only one; seed 0 is the best of its 2"),
        ({(8, 0): 0.5, (2, 0): 0.4}, "mean gain 0.500 over 1 seed; its run is seed 0."),
    ],
)
def test_the_reason_fits_a_small_sweep(gains, reason):
    compared = sweep(gains)
    chosen = choose_run(compared.runs, compared.latent_sizes, None, None)
    assert reason in chosen["reason"]


@pytest.mark.parametrize(
    ("size", "seed", "expected"), [(2, None, (2, 1)), (None, 0, (8, 0)), (2, 0, (2, 0))]
)
def test_a_pinned_part_is_taken_as_it_is(size, seed, expected):
    compared = sweep(GAINS)
    chosen = choose_run(compared.runs, compared.latent_sizes, size, seed)
    assert (chosen["latent_size"], chosen["seed"]) == expected
    assert chosen["pinned"] and "pinned" in chosen["reason"]


def test_nothing_left_to_choose():
    compared = sweep(GAINS, diverged=tuple(GAINS))
    assert compared.latent_sizes.empty
    with pytest.raises(UserError, match=r"6 of 6 runs diverged.*training\.learning_rate"):
        choose_run(compared.runs, compared.latent_sizes, None, None)
