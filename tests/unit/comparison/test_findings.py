"""Sentences that hang on a number: each is said where it is true, and only there."""

import pandas as pd
import pytest
from made_up_sweep import controls, pair_scores

from vaesweep.comparison.findings import _against_the_fade, _other_ways, evidence
from vaesweep.runs import Names
from vaesweep.scoring.summary import difference


@pytest.mark.parametrize(
    ("low", "said"),
    [(-0.1, "No other way through the chosen run's codes is found"), (0.1, "is not the limit")],
)
def test_the_way_through_the_codes_is_the_limit_or_not(low, said):
    table = controls(0.2, difference=0.15, difference_low=low, difference_high=0.4)
    table.loc[table["control"] == "geodesic_pixels", "score"] = 0.3
    [text] = _other_ways(table)
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
    scored = pd.DataFrame({"variant": "vae", "latent_size": [8, 4, 2], "score": [0.3, -0.1, -0.5]})
    scored = scored.assign(score_low=scored["score"] - 0.05, score_high=scored["score"] + 0.05)
    assert list(_against_the_fade(scored, Names(variants=False, sizes=True))) == [
        "For latent sizes 2 and 4, fading the test images is better on average."
    ]


def test_difference_is_paired():
    a, b = pair_scores(0.3, 0), pair_scores(0.1, 0)
    found = difference(a, b)
    assert list(found.values()) == pytest.approx([0.2] * 3)
    assert difference(a, pair_scores(0.1, 1))["difference_low"] < 0.2
