"""The data of the comparison report, and its captions."""

import json

import pandas as pd
import pymupdf
import pytest
from checkout import ROOT
from made_up_sweep import JUDGE, TRAINING, choose, controls, sweep

from vaesweep.documents.comparison_report import read_caption, report_data
from vaesweep.documents.typesetting import typeset

COMPARED = sweep(
    {(4, 0): 0.05, (4, 1): 0.06, (4, 2): 0.07, (16, 0): 0.1, (16, 1): 0.2, (16, 2): 0.3}
)
CHOSEN = choose(COMPARED) | {"value": 0.1287, "low": 0.119, "high": 0.139}
CONFIG = """\
dataset: {name: MNIST}
model: {architecture: mlp, beta: 1.0}
training: {epochs: 10}
interpolation: {steps: 7, path: straight}
submission: {paper: us-letter}
scoring: {pairs_per_kind: 100, bootstrap: 2000}
sweep: {variants: {vae: {}}, external: {}, latent_sizes: [4, 16], seeds: [0, 1, 2]}
"""
COSTS = pd.DataFrame(columns=["rule", "runs", "seconds", "memory_mib"])


def data_of(compared=COMPARED, chosen=CHOSEN, config=CONFIG, trainings=6):
    training = TRAINING | {"epochs": 10}
    return report_data(
        compared.runs,
        compared.settings,
        chosen,
        [JUDGE],
        compared.judges,
        controls(),
        [training] * trainings,
        COSTS,
        config,
    )


@pytest.fixture(scope="module")
def data():
    return data_of()


def test_the_choice_and_its_uncertainty(data):
    assert data["run"] == "Latent size 16, seed 2"
    assert data["tiles"]["value"] == "+0.129"
    assert data["tiles"]["within"] == "0.119 to 0.139"
    assert data["tiles"]["named"].startswith("score on pairs that took no part in")
    assert data["tiles"]["mean"] == "+0.200" and data["tiles"]["lost"] == "0.06 / 0.16"
    assert data["tiles"]["first"] == "100 %"
    assert json.dumps(data)


def test_the_chosen_run_and_its_setting_are_marked(data):
    assert data["runs"]["rows"][0][:3] == ["1", "16", "2"]
    assert data["runs"]["marked"] == [0] and data["settings"]["marked"] == [1]


def test_the_seed_is_luck_and_the_judges_agree(data):
    findings = " ".join(data["findings"])
    assert "luck" in findings and "+0.129" in findings and "the mean, +0.200" in findings
    assert "All judges put latent size 16 first" in findings
    assert data["judges"]["ghost_half"] == "0.86"


def test_a_single_run_is_described_in_the_singular():
    compared = sweep({(16, 2): 0.1234})
    config = CONFIG.replace("[4, 16]", "[16]").replace("[0, 1, 2]", "[2]")
    data = data_of(compared, choose(compared), config, trainings=1)
    kind = "variational autoencoders of fully connected networks"
    assert data["subtitle"].startswith(f"1 model on MNIST: {kind}; latent size 16; 1 seed;")
    assert "+0.123" in data["findings"][0]


def test_the_configuration_is_shown_line_by_line(data):
    assert data["config_lines"] == CONFIG.splitlines()


def test_a_caption_is_one_line_that_names_what_varies():
    caption = read_caption(ROOT / "workflow/report/differences.rst", "variant")
    assert caption.startswith("Mean score minus the mean score of the first variant,")
    assert "\n" not in caption and "{" not in caption


def test_equal_data_give_equal_bytes_without_a_date(data):
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>'
    names = [path.stem for path in (ROOT / "workflow/report").glob("*.rst")]
    whole = data | {"captions": dict.fromkeys(names, "A caption. And more.")}
    pictures = {f"{name}.svg": picture for name in names}
    pdf = typeset("comparison_report.typ", whole, pictures)
    assert typeset("comparison_report.typ", whole, pictures) == pdf
    document = pymupdf.open(stream=pdf)
    assert not document.metadata["creationDate"]
    for page in document:
        assert page.rotation == 0
        assert all(extension != "n/a" for _, extension, *_ in page.get_fonts()), "not embedded"
