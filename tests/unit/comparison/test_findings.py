"""Findings that depend on a number are stated where it holds, and nowhere else."""

import pandas as pd
import pytest
from made_up_sweep import choose, controls, pair_scores, sweep

from vaesweep.comparison.findings import cautions, evidence, findings
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


def test_evidence_starts_with_known_paths_and_inverts_errors():
    runs = pd.DataFrame({"score": [0.1, 0.2, 0.3, 0.4], "neg_elbo": [104.0, 103.0, 102.0, 101.0]})
    runs = runs.assign(known_path_error=[0.4, 0.3, 0.1, 0.2], frechet=[0.5, 0.5, 0.5, 0.5])
    [text] = evidence(runs)
    expected = "is 0.80 with the error on known paths and 1.00 with the likelihood ("
    assert text.startswith(f"Over 4 runs the rank correlation of the score {expected}")
    assert "Fréchet" not in text  # constant, so it has no ranks
    assert list(evidence(runs[:2])) == [] and list(evidence(runs[["score"]])) == []


def test_settings_below_the_cross_fade_are_named():
    texts = findings_of({(2, 0): -0.5, (4, 0): -0.1, (8, 0): 0.3}, controls())
    assert "For latent sizes 2 and 4, the pixel cross-fade is better on average." in texts
    assert not any("better than the pixel cross-fade" in text for text in texts)


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
