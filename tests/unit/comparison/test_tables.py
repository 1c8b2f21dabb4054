"""The comparison and the choice on a sweep small enough to check by hand."""

import numpy as np
import pandas as pd
import pytest
from made_up_sweep import SCORE_ROWS, choose, metrics, pair_scores, sweep

from vaesweep.comparison.agreement import compare_judges, run_flags, scores_by_judge
from vaesweep.comparison.choice import choose_run
from vaesweep.comparison.tables import read_runs
from vaesweep.errors import UserError
from vaesweep.files import write_json, write_table
from vaesweep.runs import Run
from vaesweep.scoring.summary import scores_by_kind, summarise_pairs
from vaesweep.statistics import HALVES_STREAM, holm, spread_of_difference

SCORES = {(2, 0): 0.1, (2, 1): 0.12, (2, 2): 0.11, (8, 0): 0.3, (8, 1): 0.34, (8, 2): 0.32}


def test_a_run_is_the_mean_of_its_kinds():
    table = pair_scores(0.25, 0)
    table.loc[(table["set"] == "score") & (table["kind"] == "same"), "score"] = 0.4
    table.loc[(table["set"] == "score") & (table["kind"] == "different"), "score"] = 0.1
    summary = summarise_pairs(table)
    assert summary["score_same"] == pytest.approx(0.4)
    assert summary["score_different"] == pytest.approx(0.1)
    assert [summary[key] for key in ("score", "score_low", "score_high")] == pytest.approx(
        [0.25] * 3
    )


def test_ranks_and_means():
    runs, sizes = (sweep(SCORES).runs, sweep(SCORES).settings)
    assert runs["rank"].tolist() == [6, 4, 5, 3, 1, 2]
    assert runs["win_probability"].sum() == pytest.approx(1)
    assert sizes["latent_size"].tolist() == [2, 8]
    assert sizes["score"].tolist() == pytest.approx([0.11, 0.32])
    assert sizes["rank"].tolist() == [2, 1]
    assert sizes["best_seed"].tolist() == [1, 1]
    assert sizes["tied_with_first"].tolist() == [False, True]
    assert (sizes["score_low"] < sizes["score"]).all() and (
        sizes["score"] < sizes["score_high"]
    ).all()


def test_differences_are_those_of_the_means():
    [row] = sweep(SCORES).differences.to_dict("records")
    assert (row["latent_size_a"], row["latent_size_b"]) == (2, 8)
    assert row["difference"] == pytest.approx(-0.21)
    assert row["low"] < -0.21 < row["high"] < 0
    assert row["probability_a_above_b"] == 0
    tables = [pair_scores(score, seed) for (_, seed), score in SCORES.items()]
    of_both = spread_of_difference(scores_by_kind(tables[:3]), scores_by_kind(tables[3:]))
    assert row["p_holm"] == row["p_value"] == pytest.approx(of_both.p_value(-0.21))
    assert not row["tied"]


def test_one_rule_for_ties():
    """Two sizes that differ alone, p = 0.038, tie among three, and their interval leaves 0 out."""
    better = {(size, k): 0.3 + 0.02 * k for size in (2, 4) for k in range(3)}
    better |= {(8, k): 0.35 + 0.02 * k for k in range(3)}
    alone = sweep({run: score for run, score in better.items() if run[0] != 4})
    assert alone.settings["tied_with_first"].tolist() == [False, True]
    among = sweep(better)
    table = among.differences
    assert table["p_holm"].tolist() == holm(table["p_value"].to_numpy()).tolist()
    assert table["p_value"].iloc[1] == alone.differences["p_holm"].iloc[0] < 0.05
    assert table["tied"].tolist() == among.settings["tied_with_first"].tolist() == [True] * 3
    assert (table["high"].iloc[1:] < 0).all()


def test_one_number_for_one_probability():
    """How often the first of two sizes comes first is how often it is above the other."""
    near = {run: score for run, score in SCORES.items() if run[0] == 8}
    compared = sweep(near | {(9, seed): 0.01 + score for (_, seed), score in near.items()})
    [above] = compared.differences["probability_a_above_b"]
    assert 0 < above < 0.5
    assert compared.settings["win_probability"].tolist() == pytest.approx([above, 1 - above])


@pytest.mark.parametrize("gone", [(2, 0), (8, 0)])
def test_of_fewer_than_three_seeds_nothing_is_told(gone):
    """Of a size more, of which enough is left, its difference from the other is told."""
    more = SCORES | {(16, seed): 0.2 + 0.01 * seed for seed in range(3)}
    compared = sweep({run: score for run, score in more.items() if run != gone})
    few = gone[0]
    sizes = compared.settings.set_index("latent_size")
    assert sizes["rank"].tolist() == [3, 1, 2] and sizes["score"].notna().all()
    assert sizes["score_low"].isna().tolist() == [size == few for size in (2, 8, 16)]
    assert sizes["win_probability"].isna().all()
    tied = sizes["tied_with_first"]
    assert tied.isna().tolist() == [few in (size, 8) for size in (2, 8, 16)]
    table = compared.differences
    undecided = table[(table["latent_size_a"] == few) | (table["latent_size_b"] == few)]
    assert len(undecided) == 2 and undecided["difference"].notna().all()
    assert undecided.iloc[:, 6:].isna().all(axis=None)
    [told] = table.drop(undecided.index).to_dict("records")
    assert told["p_holm"] == told["p_value"] and told["tied"] is False
    chosen = choose(compared)
    assert ("cannot be told with fewer than 3 seeds" in chosen["reason"]) == (few == 8)
    assert chosen["tied_with"] == (None if few == 8 else [])


def test_judges_that_agree():
    [row] = sweep(SCORES).judges.to_dict("records")
    assert (row["judge_a"], row["judge_b"]) == ("0", "1")
    assert row["rank_correlation"] == pytest.approx(1)
    assert row["first_latent_size_a"] == row["first_latent_size_b"] == 8


def test_a_size_that_only_one_judge_puts_first_is_flagged():
    tables = [pair_scores(score, seed) for (_, seed), score in SCORES.items()]
    for table, (latent_size, _) in zip(tables, SCORES, strict=True):
        table["score_judge_1"] = 1.0 if latent_size == 2 else 0.0
    by_judge = scores_by_judge(tables)
    runs = sweep(SCORES).runs
    assert compare_judges(runs, by_judge)["first_latent_size_b"].tolist() == [2]
    assert run_flags(runs, by_judge) == ["judge-dependent"] * 6


def test_a_diverged_run_is_listed_but_not_ranked():
    compared = sweep(SCORES, diverged=((8, 1),))
    run = compared.runs.set_index(["latent_size", "seed"]).loc[(8, 1)]
    assert run["flags"] == "diverged" and pd.isna(run["rank"])
    size = compared.settings.set_index("latent_size").loc[8]
    assert size["seeds"] == 2 and size["score"] == pytest.approx(0.31)
    assert choose(compared)["seed"] == 2


def test_a_collapsed_run_is_flagged():
    assert sweep({(4, 0): 0.0}, active_units=0).runs["flags"].tolist() == ["collapsed"]


def test_size_first_then_seed():
    """The best single run is not shown if its latent size is worse on the average."""
    scores = {(2, 0): 0.9, (2, 1): 0.1, (2, 2): 0.1, (8, 0): 0.5, (8, 1): 0.6, (8, 2): 0.55}
    compared = sweep(scores)
    chosen = choose(compared)
    assert (chosen["latent_size"], chosen["seed"], chosen["candidates"]) == (8, 1, 6)
    assert chosen["value"] == pytest.approx(0.6, abs=0.05)
    assert chosen["low"] <= chosen["value"] <= chosen["high"]
    assert chosen["tied_with"] == [Run("vae", 2, 0)._asdict()]
    assert "tied with latent size 2" in chosen["reason"]


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        (
            {(8, 0): 0.5},
            "The run of latent size 8, seed 0 is the only one to choose from (score: 0.500, 95 %: ",
        ),
        ({(8, 0): 0.5, (8, 1): 0.4}, "Latent size 8 is the only one; seed 0 is the best of its 2"),
        (
            {(8, 0): 0.5, (2, 0): 0.4},
            "mean score 0.500 over 1 seed; what ties with it cannot be told with fewer than 3 "
            "seeds; its run is seed 0 (score on pairs that took no part in choosing it: 0.500",
        ),
    ],
)
def test_the_reason_fits_a_small_sweep(scores, reason):
    compared = sweep(scores)
    chosen = choose(compared)
    assert reason in chosen["reason"]


def test_the_value_is_of_pairs_that_took_no_part_in_choosing():
    """Each size is best on one half of the pairs, by as much as it is worst on the other."""
    scores = dict.fromkeys([Run("vae", size, seed) for size in (2, 8) for seed in (0, 1)], 0.2)
    compared = sweep(scores)
    half = np.random.default_rng(HALVES_STREAM).permutation(SCORE_ROWS) % 2

    def value(**pinned):
        tables = {run: pair_scores(0.2, 0) for run in scores}
        for run, table in tables.items():
            better = 0.1 if run.latent_size == 2 else -0.1
            table.loc[table["set"] == "score", "score"] = np.tile(0.2 + better * (2 * half - 1), 2)
        free = dict.fromkeys(Run._fields)
        return choose_run(compared.runs, compared.settings, tables, free | pinned)["value"]

    assert value() == value(seed=0) == pytest.approx(0.1)
    assert value(latent_size=2) == value(latent_size=8, seed=1) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("size", "seed", "expected"), [(2, None, (2, 1)), (None, 0, (8, 0)), (2, 0, (2, 0))]
)
def test_a_pinned_part_is_taken_as_it_is(size, seed, expected):
    compared = sweep(SCORES)
    chosen = choose(compared, latent_size=size, seed=seed)
    assert (chosen["latent_size"], chosen["seed"]) == expected
    assert chosen["pinned"] and "pinned" in chosen["reason"]


def test_nothing_left_to_choose():
    compared = sweep(SCORES, diverged=tuple(SCORES))
    assert compared.settings["seeds"].tolist() == [0, 0]
    with pytest.raises(UserError, match=r"6 of 6 runs diverged.*training\.learning_rate"):
        choose(compared)


def test_what_a_diverged_run_still_measures_counts_nowhere():
    """Its last finite weights give finite numbers, which mean nothing."""
    compared = sweep(SCORES, diverged=((8, 1),), frechet=7.0)
    run = compared.runs.set_index(["latent_size", "seed"]).loc[(8, 1)]
    assert run[["score", "quality_same", "neg_elbo", "active_units", "frechet"]].isna().all()
    assert run[["status", "device", "train_seconds"]].tolist() == ["diverged", "cpu", 1.0]
    assert run["flags"] == "diverged"


def test_a_size_whose_runs_all_diverged_is_listed_without_numbers():
    compared = sweep(SCORES, diverged=((2, 0), (2, 1), (2, 2)))
    gone, left = compared.settings.to_dict("records")
    assert (gone["latent_size"], gone["seeds"]) == (2, 0)
    assert all(pd.isna(gone[name]) for name in ("score", "rank", "tied_with_first"))
    assert left["rank"] == 1 and left["win_probability"] == 1
    chosen = choose(compared)
    assert chosen["reason"].startswith(
        "Latent size 8 is the only one with a run that did not diverge; seed 1 is the best of its 3"
    )


@pytest.mark.parametrize(
    ("pinned", "said"),
    [
        (
            {"latent_size": 2, "seed": None},
            "Latent size 2 was pinned in config.yaml; seed 1 is the ",
        ),
        ({"latent_size": None, "seed": 0}, "over 3 seeds; seed 0 was pinned in config.yaml (score"),
        ({"latent_size": 2, "seed": 0}, "The run of latent size 2, seed 0 was pinned in config.ya"),
    ],
)
def test_the_reason_says_what_was_pinned(pinned, said):
    compared = sweep(SCORES)
    chosen = choose(compared, **pinned)
    assert said in chosen["reason"]
    assert chosen["pinned"] == [name for name, value in pinned.items() if value is not None]


@pytest.fixture
def stored(tmp_path):
    """Two runs' files, and what reads them; `change` edits the second run's metrics."""
    pairs = pair_scores(0.1, 0)

    def read(config, change=None):
        files = []
        for seed in (0, 1):
            table = pair_scores(0.1, seed)
            made_with = {"epochs": 5, "images": "abc"}
            metric = metrics(Run("vae", 2, seed), table, made_with=made_with)
            if seed == 1 and change:
                change(metric)
            names = [tmp_path / f"seed-{seed}" / name for name in ("metrics.json", "scores.csv")]
            write_json(names[0], metric)
            write_table(names[1], table)
            files.append(tuple(map(str, names)))
        return read_runs(files, pairs, {"vae": config})

    return read


def test_runs_of_one_sweep_are_read(stored):
    found, scores = stored({"epochs": 5})
    assert [metric["seed"] for metric in found] == [0, 1] and len(scores) == 2


def test_mixed_sweeps_are_refused(stored):
    """As when .snakemake was lost, and a seed was added after the epochs were changed."""
    with pytest.raises(UserError, match=r"seed-0/metrics.json: .* with epochs 5, and config.yaml "):
        stored({"epochs": 2})

    def other_epochs(metric):
        metric["made_with"]["epochs"] = 2

    with pytest.raises(UserError, match=r"seed-1/metrics.json: .* with epochs 2, and config.yaml "):
        stored({"epochs": 5}, other_epochs)

    def other_images(metric):
        metric["made_with"]["images"] = "def"

    with pytest.raises(UserError, match=r"seed-1/metrics.json: the run was trained on other imag"):
        stored({"epochs": 5}, other_images)
