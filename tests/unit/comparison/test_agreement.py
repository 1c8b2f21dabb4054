"""The agreement of the judges, and the flags of runs."""

import pytest
from made_up_sweep import pair_scores, sweep

from vaesweep.comparison.agreement import compare_judges, run_flags, scores_by_judge
from vaesweep.runs import Run

SCORES = {
    Run(variant, size, seed): 0.1 + 0.01 * seed + (0.2 if (variant, size) == ("conv", 8) else 0)
    for variant in ("vae", "conv")
    for size in (2, 8)
    for seed in range(3)
}


def test_judges_that_agree():
    compared = sweep(SCORES)
    [row] = compared.judges.to_dict("records")
    assert (row["judge_a"], row["judge_b"]) == ("0", "1")
    assert row["rank_correlation"] == pytest.approx(1)
    for side in ("a", "b"):
        assert (row[f"first_variant_{side}"], row[f"first_latent_size_{side}"]) == ("conv", 8)
    assert set(compared.runs["flags"]) == {""}


def test_judges_that_disagree_flag_the_runs_of_the_settings_they_put_first():
    runs = sweep(SCORES).runs
    tables = [pair_scores(score, run.seed) for run, score in SCORES.items()]
    for table, run in zip(tables, SCORES, strict=True):
        table["score_judge_1"] = float(run.setting == ("vae", 2))
    by_judge = scores_by_judge(tables)
    [row] = compare_judges(runs, by_judge).to_dict("records")
    assert (row["first_variant_a"], row["first_latent_size_a"]) == ("conv", 8)
    assert (row["first_variant_b"], row["first_latent_size_b"]) == ("vae", 2)
    flags = run_flags(runs.assign(precision="float32"), by_judge)
    flagged = {run for run, flag in zip(SCORES, flags, strict=True) if flag == "judge-dependent"}
    assert flagged == {run for run in SCORES if run.setting in (("conv", 8), ("vae", 2))}


def test_a_collapsed_run_is_flagged():
    assert sweep({(4, 0): 0.0}, active_units=0).runs["flags"].tolist() == ["collapsed"]


def test_a_run_on_other_hardware_than_most_of_its_variant_is_flagged():
    runs = sweep(SCORES).runs.assign(precision="float32")
    tables = [pair_scores(score, run.seed) for run, score in SCORES.items()]
    runs.loc[1, "precision"], runs.loc[2, "device"] = "bfloat16", "cuda"
    conv = runs["variant"] == "conv"
    runs.loc[conv, "precision"] = "bfloat16"
    flags = run_flags(runs, scores_by_judge(tables))
    assert [place for place, flag in enumerate(flags) if flag == "other-hardware"] == [1, 2]


def test_external_models_have_no_hardware():
    external = sweep({(4, 0): 0.1, ("pca", 9, 0): 0.2, ("pca", 9, 1): 0.2}, external="pca")
    assert set(external.runs["flags"]) == {""}
