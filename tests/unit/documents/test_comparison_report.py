"""The comparison report: its texts from tables, and its pages from its texts."""

import json
from io import BytesIO

import pandas as pd
import pymupdf
from made_up_sweep import JUDGE, TRAINING, controls

from vaesweep.comparison.costs import read_costs
from vaesweep.documents.comparison_report import report_data
from vaesweep.documents.typesetting import typeset

SIZES = pd.DataFrame(
    {
        "variant": "vae",
        "latent_size": [4, 16],
        "seeds": [3, 3],
        "score": [0.0512, 0.1234],
        "score_low": [0.04, 0.11],
        "score_high": [0.06, 0.13],
        "rank": [2, 1],
        "win_probability": [0.03, 0.97],
        "tied_with_first": [False, True],
        "best_seed": [0, 2],
        "neg_elbo": [118.31, 99.94],
        "kl": [12.0, 25.5],
        "active_units": [4.0, 16.0],
        "score_same": [0.04, 0.1],
        "score_different": [0.06, 0.15],
    }
)
RUNS = pd.DataFrame(
    {
        "variant": "vae",
        "latent_size": [4, 16],
        "seed": [0, 2],
        "status": ["ok", "ok"],
        "score": [0.0512, 0.1301],
        "score_low": [0.04, 0.12],
        "score_high": [0.06, 0.14],
        "rank": [2, 1],
        "win_probability": [0.01, 0.99],
        "quality_same": [0.6, 0.7],
        "quality_different": [0.5, 0.6],
        "neg_elbo": [118.31, 99.94],
        "active_units": [4, 16],
        "train_seconds": [44.0, 46.0],
        "device": "cpu",
        "flags": ["", ""],
    }
)
CHOSEN = {
    "variant": "vae",
    "latent_size": 16,
    "seed": 2,
    "value": 0.1287,
    "low": 0.119,
    "high": 0.139,
    "candidates": 6,
    "pinned": [],
    "tied_with": [],
    "reason": "It is the best.",
    "verdict": "Use latent size 16.",
}
JUDGES = pd.DataFrame(
    {
        "judge_a": [0],
        "judge_b": [1],
        "rank_correlation": [0.95],
        "first_variant_a": ["vae"],
        "first_latent_size_a": [16],
        "first_variant_b": ["vae"],
        "first_latent_size_b": [16],
    }
)
CONFIG = """\
dataset: {name: MNIST}
model: {architecture: mlp, beta: 1.0}
training: {epochs: 10}
interpolation: {steps: 7, path: straight}
submission: {paper: us-letter}
scoring: {pairs_per_kind: 100, bootstrap: 2000}
sweep: {variants: {vae: {}}, external: {}, latent_sizes: [4, 16], seeds: [0, 1, 2]}
"""


FIGURES = (
    "verdict",
    "score_by_latent_size",
    "display_rows",
    "best_and_worst",
    "differences",
    "quality_parts",
    "controls",
    "neg_elbo_and_score",
    "training_curves",
)


def data_of(runs=RUNS, sizes=SIZES, chosen=CHOSEN, config=CONFIG):
    costs = read_costs("nowhere", runs)
    return report_data(
        runs, sizes, chosen, [JUDGE], JUDGES, controls(), [TRAINING | {"epochs": 10}], costs, config
    )


def test_report_says_what_was_chosen_and_how_sure_it_is():
    data = data_of()
    assert data["run"] == "Latent size 16, seed 2"
    assert data["tiles"]["value"] == "+0.129"
    assert data["tiles"]["within"] == "0.119 to 0.139"
    assert data["tiles"]["named"] == "score on pairs that took no part in the choice"
    assert data["tiles"]["first"] == "97 %"
    assert data["runs"]["rows"][0][:3] == ["1", "16", "2"]
    assert data["runs"]["marked"] == [0]
    assert data["settings"]["marked"] == [1]
    assert json.dumps(data)


def test_report_names_failures_and_missing_intervals():
    sizes = SIZES.assign(tied_with_first=True, score_low=[None, 0.11], seeds=[2, 3])
    runs = RUNS.assign(status=["diverged", "ok"], flags=["diverged", ""])
    findings = " ".join(data_of(runs, sizes)["findings"])
    assert "No interval over seeds is given for latent size 4: fewer than 3 seeds" in findings
    assert "1 of 2 runs diverged and is excluded from all statistics." in findings
    assert "Flagged" not in findings
    assert data_of(runs, sizes.assign(win_probability=None))["tiles"]["first"] == "–"


def test_report_says_that_the_seed_is_a_draw_and_that_judges_agree():
    runs = pd.concat([RUNS, RUNS[1:].assign(seed=0, score=0.1167)])
    findings = " ".join(data_of(runs)["findings"])
    assert "it is the best of 2 seeds of latent size 16, whose scores on all pairs" in findings
    assert "to +0.130. On pairs that took no part in the choice, the score is +0.129." in findings
    assert "the mean, +0.123" in findings
    assert "All judges put latent size 16 first" in findings and "0.95" in findings
    assert data_of()["judges"]["ghost_half"] == "0.86"


def test_report_of_a_single_run_speaks_of_one():
    run, size = RUNS.iloc[:1], SIZES.iloc[1:].assign(seeds=1)
    config = CONFIG.replace("[4, 16]", "[16]").replace("[0, 1, 2]", "[2]")
    data = data_of(run, size, config=config)
    assert data["subtitle"].startswith(
        "1 variational autoencoder on MNIST: latent size 16; 1 seed;"
    )
    assert data["findings"][0] == (
        "The codes interpolate better than the pixel cross-fade on average: the lowest mean score "
        "is +0.123 (95 %: 0.110 to 0.130), of latent size 16."
    )


def test_report_of_many_latent_sizes_says_which_are_drawn():
    many = [SIZES.tail(1).assign(latent_size=16 + k) for k in range(11)]
    sizes = pd.concat(many, ignore_index=True)
    assert data_of()["all_drawn"] and not data_of(sizes=sizes)["all_drawn"]


def test_report_gives_the_configuration_line_by_line():
    assert data_of()["config_lines"] == CONFIG.splitlines()


def test_report_is_typeset_with_its_numbers(tmp_path):
    for name in FIGURES:
        (tmp_path / f"{name}.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>'
        )
    pdf = typeset(
        "comparison_report.typ",
        data_of(),
        {path.name: path.read_bytes() for path in tmp_path.glob("*.svg")},
    )
    document = pymupdf.open(stream=BytesIO(pdf))
    for page in document:
        assert page.rotation == 0
        assert all(extension != "n/a" for _, extension, *_ in page.get_fonts())
    titles = [title for _, title, _ in document.get_toc()]
    assert {"Which latent sizes differ", "Controls", "All runs", "Method"} <= set(titles)
    first = document[0].get_text()
    assert "Latent size 16, seed 2" in first and "+0.129" in first and "97 %" in first
    text = "".join(page.get_text() for page in document)
    assert "Abacus 1" in text and "Wasserstein" in text and "No benchmark files" in text
    assert "the best run of every latent size" in " ".join(text.split())
    assert "#" not in text and "else [" not in text, "the template's own words are shown"
    assert not document.metadata["creationDate"]
    assert (
        typeset(
            "comparison_report.typ",
            data_of(),
            {path.name: path.read_bytes() for path in tmp_path.glob("*.svg")},
        )
        == pdf
    )
