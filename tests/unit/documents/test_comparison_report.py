"""The data of the comparison report, and its captions."""

import json

import pymupdf
import pytest
from checkout import ROOT
from made_up_documents import Documents
from made_up_sweep import choose, sweep

from vaesweep.documents.comparison_report import read_caption
from vaesweep.documents.typesetting import typeset

SCORES = {(4, 0): 0.05, (4, 1): 0.06, (4, 2): 0.07, (16, 0): 0.1, (16, 1): 0.2, (16, 2): 0.3}
VALUE = {"value": 0.1287, "low": 0.119, "high": 0.139}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    compared = sweep(SCORES)
    folder = tmp_path_factory.mktemp("results")
    return Documents(folder, compared, choose(compared) | VALUE, judges=1).data


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
