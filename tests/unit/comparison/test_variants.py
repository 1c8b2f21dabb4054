"""Several variants, and models from elsewhere: what is compared with what, and what is chosen."""

from itertools import combinations

import numpy as np
import pytest
from made_up_sweep import choose, pair_scores, sweep

from vaesweep.comparison.agreement import compare_judges, run_flags, scores_by_judge
from vaesweep.runs import Names, Run, Setting, settings_of
from vaesweep.scoring.summary import scores_by_kind
from vaesweep.statistics import ALPHA, holm, spread_of_difference

# In the order of the rows, which is neither that of names nor that of sizes.
MEANS = {
    Setting("vae", 8): 0.2,
    Setting("vae", 2): 0.1,
    Setting("conv", 8): 0.3,
    Setting("conv", 2): 0.22,
    Setting("big", 8): 0.18,
    Setting("big", 2): 0.28,
}
SCORES = {
    Run(*setting, seed): mean + 0.02 * (seed - 1)
    for setting, mean in MEANS.items()
    for seed in range(3)
}
PCA_SCORES = {Run("pca", 20, seed): 0.5 + 0.01 * seed for seed in range(3)}
FIRST = Setting("conv", 8)


@pytest.fixture(scope="module")
def compared():
    return sweep(SCORES)


def by_settings(table):
    """The rows of differences.csv by their two settings, the smaller first."""
    sides = [
        settings_of(table.rename(columns=lambda name, end=end: name.removesuffix(end)))
        for end in ("_a", "_b")
    ]
    return dict(zip(map(frozenset, zip(*sides, strict=True)), table.itertuples(), strict=True))


def test_settings_stand_by_variant_as_configured_and_by_size(compared):
    ordered = [Setting(name, size) for name in ("vae", "conv", "big") for size in (2, 8)]
    assert settings_of(compared.settings) == ordered
    scores = dict(zip(settings_of(compared.settings), compared.settings["score"], strict=True))
    assert scores == pytest.approx(MEANS)


def test_each_family_is_corrected_for_itself_and_the_first_for_all(compared):
    rows = by_settings(compared.differences)
    p_values = {}
    for a, b in combinations(MEANS, 2):
        tables = [[pair_scores(SCORES[*each, k], k) for k in range(3)] for each in (a, b)]
        spread = spread_of_difference(*map(scores_by_kind, tables))
        p_values[frozenset((a, b))] = spread.p_value(MEANS[a] - MEANS[b])
    families = {
        "latent_size": [pair for pair in p_values if len({each.variant for each in pair}) == 1],
        "variant": [pair for pair in p_values if len({each.latent_size for each in pair}) == 1],
    }
    of_both = [*families["latent_size"], *families["variant"]]
    of_all = dict(zip(p_values, holm(np.array([*p_values.values()])), strict=True))
    families["first"] = [pair for pair in p_values if FIRST in pair and pair not in of_both]
    assert [len(pairs) for pairs in families.values()] == [3, 6, 2] and len(rows) == 11
    for family, pairs in families.items():
        own = holm(np.array([p_values[pair] for pair in pairs]))
        expected = [of_all[pair] for pair in pairs] if family == "first" else own
        assert {rows[pair].family for pair in pairs} == {family}
        assert [rows[pair].p_value for pair in pairs] == pytest.approx([*map(p_values.get, pairs)])
        assert [rows[pair].p_holm for pair in pairs] == pytest.approx(expected)
        assert [rows[pair].tied for pair in pairs] == [p >= ALPHA for p in expected]

    ties = dict(
        zip(settings_of(compared.settings), compared.settings["tied_with_first"], strict=True)
    )
    assert ties.pop(FIRST)
    assert ties == {each: of_all[frozenset((each, FIRST))] >= ALPHA for each in ties}
    # Among all it is a tie, among sizes alone it is none.
    close = Setting("conv", 2)
    assert ties[close] and not rows[frozenset((close, FIRST))].tied


def test_of_one_variant_a_family_is_all_there_is():
    alone = sweep({run[1:]: score for run, score in SCORES.items() if run.variant == "conv"})
    [row] = alone.differences.to_dict("records")
    assert (row["family"], row["p_holm"]) == ("latent_size", row["p_value"])
    assert alone.settings["tied_with_first"].tolist() == [row["tied"], True]


def test_judges_put_settings_first_and_flag_theirs_alone(compared):
    tables = [pair_scores(score, run.seed) for run, score in SCORES.items()]
    for table, run in zip(tables, SCORES, strict=True):
        table["score_judge_1"] = float(run.setting == ("big", 2))
    by_judge = scores_by_judge(tables)
    [row] = compare_judges(compared.runs, by_judge).to_dict("records")
    assert (row["first_variant_a"], row["first_latent_size_a"]) == FIRST
    assert (row["first_variant_b"], row["first_latent_size_b"]) == ("big", 2)
    flagged = dict(zip(SCORES, run_flags(compared.runs, by_judge), strict=True))
    of_firsts = {run for run, flags in flagged.items() if flags == "judge-dependent"}
    assert of_firsts == {run for run in SCORES if run.setting in (FIRST, ("big", 2))}


def test_a_model_from_elsewhere_is_ranked_and_never_chosen():
    compared = sweep(SCORES | PCA_SCORES, elsewhere="pca")
    own = compared.runs[compared.runs["variant"] == "pca"]
    assert sorted(own["rank"]) == [1, 2, 3] and own["neg_elbo"].isna().all()
    assert settings_of(compared.settings)[-1] == ("pca", 20)
    chosen = choose(compared)
    assert (chosen["variant"], chosen["latent_size"], chosen["seed"]) == (*FIRST, 2)
    assert chosen["candidates"] == len(SCORES) and chosen["tied_with"] == []
    said = "conv at latent size 8 has the highest mean score 0.300 over 3 seeds of what was trained"
    assert chosen["reason"].startswith(f"{said} here; seed 2 is the best of its 3 (")


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        (1, "The run of vae at latent size 8, seed 0 is the only one to choose from ("),
        (2, "vae at latent size 8 is the only one trained here; seed 1 is the best of its 2 ("),
    ],
)
def test_beside_models_from_elsewhere_one_setting_is_the_only_one(seeds, said):
    own = {Run("vae", 8, seed): 0.1 + seed for seed in range(seeds)}
    assert choose(sweep(own | PCA_SCORES, elsewhere="pca"))["reason"].startswith(said)


@pytest.mark.parametrize(
    ("pinned", "expected", "said"),
    [
        (
            {"variant": "vae"},
            ("vae", 8, 2),
            "vae at latent size 8 has the highest mean score 0.200 over 3 seeds among those of "
            "variant vae, pinned in config.yaml; seed 2 is the best of its 3 (",
        ),
        ({"latent_size": 2}, ("big", 2, 2), "among those of latent size 2, pinned in config.yaml"),
        (
            {"variant": "vae", "latent_size": 2},
            ("vae", 2, 2),
            "vae at latent size 2 was pinned in config.yaml; seed 2 is the best of its 3 (",
        ),
        (
            {"variant": "vae", "latent_size": 2, "seed": 0},
            ("vae", 2, 0),
            "The run of vae at latent size 2, seed 0 was pinned in config.yaml (",
        ),
    ],
)
def test_what_is_pinned_is_taken_and_said(compared, pinned, expected, said):
    chosen = choose(compared, **pinned)
    assert tuple(chosen[key] for key in Run._fields) == expected
    assert said in chosen["reason"] and chosen["pinned"] == [*pinned]
    assert chosen["tied_with"] == []  # the first is not what was chosen


def test_pinning_the_only_variant_says_nothing():
    alone = sweep({run[1:]: score for run, score in SCORES.items() if run.variant == "conv"})
    assert choose(alone, variant="vae")["reason"] == choose(alone)["reason"]


def test_names_of_variants_at_one_size_leave_it_out():
    every = [Setting("vae", 8), Setting("conv", 8)]
    names = Names.of(every)
    assert (names.noun, names.short(every[1]), names.all(every)) == (
        "variant",
        "conv",
        "vae and conv",
    )
    assert names.run(Run("conv", 8, 3)) == "conv, latent size 8, seed 3"
    assert Names.of(every[:1]).run(Run("vae", 8, 3)) == "latent size 8, seed 3"
