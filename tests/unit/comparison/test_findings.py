"""Findings that depend on a number are stated where it holds, and nowhere else."""

import pandas as pd
import pytest
from made_up_sweep import choose, controls, pair_scores, sweep

from vaesweep.comparison.findings import cautions, evidence, findings
from vaesweep.comparison.front import front, on_the_axes
from vaesweep.scoring.summary import difference


def findings_of(scores, control_table):
    compared = sweep(scores)
    runs, settings, judges = compared.runs, compared.settings, compared.judges
    return findings(runs, settings, choose(compared), judges, control_table)


@pytest.mark.parametrize(
    ("low", "start"),
    [
        (-0.1, "No other path through the chosen run's codes is found to score higher: "),
        (0.1, "Another path through the chosen run's codes scores higher: "),
    ],
)
def test_other_paths_are_better_if_their_interval_is_above_0(low, start):
    table = controls(0.2, difference=0.15, difference_low=low, difference_high=0.4)
    table.loc[table["control"] == "geodesic_pixels", "score"] = 0.3
    [text] = [text for text in findings_of({(2, 0): 0.1}, table) if " path " in text]
    best = "the decoder's geodesic in pixels scores 0.300 (+0.150, 95 %: "
    assert text.startswith(f"{start}{best}")


def test_axes_and_score_are_held_against_their_truths_on_known_paths():
    runs = pd.DataFrame({"score": [0.1, 0.2, 0.3, 0.4], "neg_elbo": [104.0, 103.0, 102.0, 101.0]})
    runs = runs.assign(known_path_error=[0.4, 0.3, 0.1, 0.2], frechet=[0.5, 0.5, 0.5, 0.5])
    runs = runs.assign(lost_at_ends=[1, 2, 3, 4], known_path_reconstruction=[4, 5, 6, 7])
    known, others = evidence(runs)
    assert known == (
        "On known paths, over the runs, the rank correlation is 1.00 of what is lost at the ends "
        "with reconstruction and 0.80 of the score with the whole error."
    )
    assert others.startswith("The rank correlation of the score is 1.00 with the likelihood (")
    assert "Fréchet" not in others  # constant, so it has no ranks
    assert list(evidence(runs[:2])) == [] and list(evidence(runs[["score"]])) == []


def test_settings_below_fading_and_those_not_distinguishable_from_it_are_named():
    scores = {(2, 0): -0.5, (4, 0): -0.1, (8, 0): 0.3, (16, 0): 0.005}
    texts = findings_of(scores, controls())
    assert texts[:2] == [
        "Latent sizes 2 and 4 score below fading.",
        "Latent size 16 is not distinguishable from fading.",
    ]
    assert not any("Every latent size" in text for text in texts)


def axes_of(axes, scores):
    settings = sweep({(size, 0): score for size, score in scores.items()}, axes=axes).settings
    return front(settings), list(on_the_axes(settings))


def test_the_front_and_the_lead_are_said_by_the_axes():
    axes = {2: (0.9, 0.05), 8: (0.5, 0.2), 16: (0.3, 0.1), 32: (0.2, 0.3)}
    found, (least, lead) = axes_of(axes, {2: -1, 8: 0.1, 16: 0.3, 32: 0.4})
    assert [setting.latent_size for setting in found] == [32, 16, 2]
    assert least == (
        "Latent size 32 loses least at the ends (0.200), latent size 2 between them (0.050). No "
        "latent size is better on both axes than any of latent sizes 2, 16 and 32."
    )
    assert lead == (
        "Latent size 32, the first by score, loses 0.100 less at the ends and 0.200 more between "
        "them than latent size 16, the second: it leads by what it loses less at the ends."
    )


def test_one_setting_may_be_best_on_both_axes():
    found, texts = axes_of({2: (0.9, 0.05), 8: (0.5, 0.01)}, {2: -1, 8: 0.1})
    assert found == [("vae", 8)] and texts[1].endswith("the second: it leads on both axes.")
    assert texts[0] == "Latent size 8 loses least at the ends (0.500) and between them (0.010)."
    assert axes_of({2: (0.9, 0.05), 8: (0.5, 0.01)}, {2: 1, 8: 0.1})[1][1].endswith(
        "neither axis explains its lead."
    )
    assert axes_of({8: (0.5, 0.01)}, {8: 0.1})[1] == []


def test_flagged_runs_are_named_up_to_a_limit():
    compared = sweep({(2, seed): 0.1 for seed in range(14)}, active_units=0)
    assert cautions(compared.runs, compared.settings)[-1] == (
        "Flagged “collapsed” (latent size/seed): "
        + ", ".join(f"2/{seed}" for seed in range(12))
        + " and 2 more."
    )


def test_the_difference_of_two_runs_is_paired():
    a, b = pair_scores(0.3, 0), pair_scores(0.1, 0)
    assert list(difference(a, b).values()) == pytest.approx([0.2] * 3)
    assert difference(a, pair_scores(0.1, 1))["difference_low"] < 0.2
