"""Sentences that hang on a number: each is said where it is true, and only there."""

import pandas as pd
import pytest
from made_up_sweep import choose, controls, pair_scores, sweep

from vaesweep.comparison.findings import evidence, findings
from vaesweep.scoring.summary import difference


def said_of(scores, table):
    compared = sweep(scores)
    runs, settings, judges = compared.runs, compared.settings, compared.judges
    return findings(runs, settings, choose(compared), judges, table)


@pytest.mark.parametrize(
    ("low", "said"),
    [(-0.1, "No other way through the chosen run's codes is found"), (0.1, "is not the limit")],
)
def test_the_way_through_the_codes_is_the_limit_or_not(low, said):
    table = controls(0.2, difference=0.15, difference_low=low, difference_high=0.4)
    table.loc[table["control"] == "geodesic_pixels", "score"] = 0.3
    [text] = [text for text in said_of({(2, 0): 0.1}, table) if " way " in text]
    best = "the decoder's geodesic in pixels scores 0.300 (+0.150, 95 %: "
    assert said in text and f": {best}" in text


def test_evidence_names_known_paths_first_and_turns_errors_round():
    runs = pd.DataFrame({"score": [0.1, 0.2, 0.3, 0.4], "neg_elbo": [104.0, 103.0, 102.0, 101.0]})
    runs = runs.assign(known_path_error=[0.4, 0.3, 0.1, 0.2], probe=[0.5, 0.5, 0.5, 0.5])
    [text] = evidence(runs)
    assert (
        "Over the 4 runs the score's rank correlation with the error on known paths is 0.80; "
        in text
    )
    assert "with the likelihood 1.00" in text and "probe" not in text  # all equal: no order
    assert list(evidence(runs[:2])) == [] and list(evidence(runs[["score"]])) == []


def test_sizes_below_the_cross_fade_are_named():
    texts = said_of({(2, 0): -0.5, (4, 0): -0.1, (8, 0): 0.3}, controls())
    assert "For latent sizes 2 and 4, fading the test images is better on average." in texts
    assert not any("better than the pixel cross-fade" in text for text in texts)


def test_difference_is_paired():
    a, b = pair_scores(0.3, 0), pair_scores(0.1, 0)
    found = difference(a, b)
    assert list(found.values()) == pytest.approx([0.2] * 3)
    assert difference(a, pair_scores(0.1, 1))["difference_low"] < 0.2
