"""The choice of a run, its reason, and the verdict on the settings."""

import numpy as np
import pandas as pd
import pytest
from made_up_sweep import SCORE_ROWS, choose, controls, pair_scores, sweep

from vaesweep.comparison.choice import choose_run
from vaesweep.comparison.verdict import split_settings, verdict
from vaesweep.errors import UserError
from vaesweep.runs import Run, Setting
from vaesweep.statistics import HALVES_STREAM

SCORES = {(2, 0): 0.1, (2, 1): 0.12, (2, 2): 0.11, (8, 0): 0.3, (8, 1): 0.34, (8, 2): 0.32}
MEANS = {("vae", 8): 0.2, ("vae", 2): 0.1, ("conv", 8): 0.3, ("conv", 2): 0.22}
VARIANTS = {
    Run(*setting, seed): mean + 0.02 * seed for setting, mean in MEANS.items() for seed in range(3)
}
PCA_SCORES = {Run("pca", 20, seed): 0.5 + 0.01 * seed for seed in range(3)}


def test_the_setting_is_chosen_before_the_seed():
    """The best single run is not chosen if the mean of its setting is lower."""
    scores = {(2, 0): 0.9, (2, 1): 0.1, (2, 2): 0.1, (8, 0): 0.5, (8, 1): 0.6, (8, 2): 0.55}
    chosen = choose(sweep(scores))
    assert (chosen["latent_size"], chosen["seed"], chosen["candidates"]) == (8, 1, 6)
    assert chosen["value"] == pytest.approx(0.6, abs=0.05)
    assert chosen["low"] <= chosen["value"] <= chosen["high"]
    assert chosen["tied_with"] == [Run("vae", 2, 0)._asdict()]


def test_the_value_is_measured_on_pairs_that_took_no_part_in_the_choice():
    """Each size is better on one half of the pairs, and as much worse on the other half."""
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


def test_a_diverged_run_is_not_chosen():
    assert choose(sweep(SCORES, diverged=((8, 1),)))["seed"] == 2


def test_with_no_run_left_the_error_says_what_to_do():
    with pytest.raises(UserError, match=r"6 of 6 runs diverged.*training\.learning_rate"):
        choose(sweep(SCORES, diverged=tuple(SCORES)))


def test_an_external_model_is_not_chosen():
    chosen = choose(sweep(VARIANTS | PCA_SCORES, external="pca"))
    assert (chosen["variant"], chosen["latent_size"], chosen["seed"]) == ("conv", 8, 2)
    assert chosen["candidates"] == len(VARIANTS) and chosen["tied_with"] == []
    assert "highest mean score, 0.320 over 3 seeds, of the models trained" in chosen["reason"]


@pytest.mark.parametrize(
    ("scores", "pinned", "run", "reason"),
    [
        ({(8, 0): 0.5}, {}, (8, 0), "the only latent size to choose from; seed 0 is its only run"),
        ({(8, 0): 0.5, (8, 1): 0.4}, {}, (8, 0), "to choose from; seed 0 is the best of its 2 (s"),
        ({(8, 0): 0.5, (2, 0): 0.4}, {}, (8, 0), "0.500 over 1 seed; seed 0 is its only run"),
        (SCORES, {}, (8, 1), "0.320 over 3 seeds; seed 1 is the best of its 3 (score on"),
        (SCORES, {"latent_size": 2}, (2, 1), "Latent size 2 was pinned in config.yaml; seed 1 is"),
        (SCORES, {"seed": 0}, (8, 0), "0.320 over 3 seeds; seed 0 was pinned in config.yaml ("),
        (SCORES, {"latent_size": 2, "seed": 0}, (2, 0), "pinned in config.yaml; seed 0 was pinned"),
        (VARIANTS, {"variant": "vae"}, ("vae", 8, 2), "vae at latent size 8 has the highest mean"),
        (VARIANTS, {"variant": "vae"}, ("vae", 8, 2), ", among those with variant vae, pinned in"),
        (VARIANTS, {"latent_size": 2}, ("conv", 2, 2), "among those with latent size 2, pinned in"),
        (VARIANTS, {"variant": "vae", "latent_size": 2}, ("vae", 2, 2), "size 2 was pinned in"),
    ],
)
def test_the_choice_and_its_reason(scores, pinned, run, reason):
    chosen = choose(sweep(scores), **pinned)
    assert (chosen["variant"], chosen["latent_size"], chosen["seed"])[-len(run) :] == run
    assert reason in chosen["reason"] and chosen["pinned"] == list(pinned)
    is_first = run[:-1] in ((8,), ("conv", 8))
    assert is_first or chosen["tied_with"] == []


def test_pinning_the_only_variant_does_not_change_the_reason():
    compared = sweep(SCORES)
    assert choose(compared, variant="vae")["reason"] == choose(compared)["reason"]


def test_settings_are_split_by_ties_with_the_best():
    table = {
        "variant": "vae",
        "latent_size": [2, 4, 8, 16, 32],
        "seeds": [3, 3, 3, 2, 0],
        "score": [0.1, 0.3, 0.2, 0.15, None],
        "tied_with_first": [False, True, True, None, None],
    }
    best, *others = split_settings(pd.DataFrame(table))
    assert best == Setting("vae", 4)
    assert others == [[Setting("vae", size)] for size in (8, 2, 16)]


@pytest.mark.parametrize(
    ("scores", "start"),
    [
        ({(8, 0): 0.5}, "Use latent size 8."),
        (
            {(8, 0): 0.5, (2, 0): 0.4},
            "Use latent size 8; ties with latent size 2 cannot be assessed with fewer than 3 seeds",
        ),
        (
            SCORES,
            "Use latent size 8; 2 is worse by 0.21; seeds differ by 0.02 (standard deviation).",
        ),
        (
            SCORES | {(4, seed): 0.31 + 0.02 * seed for seed in range(3)},
            "Use latent size 4 or 8 (tied); 2 is worse by 0.22; seeds differ by 0.02",
        ),
        (
            {(size, k): 8 + 0.02 * k - size for size in range(1, 8) for k in range(3)},
            "Use latent size 1; 2 is worse by 1.00, 3 by 2.00, 4 by 3.00, 5 by 4.00 and 2 more by "
            "up to 6.00; seeds differ",
        ),
    ],
)
def test_the_verdict(scores, start):
    assert choose(sweep(scores))["verdict"].startswith(start)


@pytest.mark.parametrize(
    ("scores", "lead"),
    [
        ({(8, k): 0.05 * k - 1 for k in range(3)}, "No latent size scores above fading: the "),
        ({(8, k): -1 for k in range(2)}, "No latent size scores above fading: the highest mean "),
        # The seeds differ, or with few seeds the pairs of one of them.
        ({(8, k): 0.2 * k - 0.15 for k in range(3)}, "Not distinguishable from fading: the "),
        ({(8, 0): 0.1, (8, 1): -0.004}, "Not distinguishable from fading: the highest mean score "),
        ({(8, 0): 0.1, (8, 1): 0.09}, "Use latent size 8; seeds"),
    ],
)
def test_the_verdict_recommends_nothing_that_is_not_above_fading(scores, lead):
    assert choose(sweep(scores))["verdict"].startswith(lead)


def test_the_verdict_starts_with_a_control_above_the_chosen_run():
    runs, settings = sweep(SCORES).runs, sweep(SCORES).settings

    def start(score, **changes):
        return verdict(runs, settings, controls(score, **changes))

    assert start(0.1) == verdict(runs, settings)
    above = "A control scores above the chosen run (cross-fade of the test images, +0.330). Latent"
    assert start(0.33, difference=0.01).startswith(f"{above} size 8 scores highest; ")
    doubt = "The scale of this sweep is in doubt: a control scores above every run ("
    assert start(0.5, difference=0.2).startswith(doubt)
    low = sweep({(8, 0): -1.0})
    text = verdict(low.runs, low.settings, controls(0, difference=1))
    assert text.startswith("No latent size") and f". {doubt}switch halfway, 0.000)." in text
