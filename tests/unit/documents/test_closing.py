"""What a run prints after its last job."""

import pytest
from made_up_sweep import choose, controls, sweep

from vaesweep.documents.closing import closing
from vaesweep.files import write_json, write_table, write_whole


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    compared = sweep(
        {(2, 4294967295): -0.1, (8, 4294967295): 0.1, (16, 0): 0.0},
        diverged=((16, 0),),
        axes={2: (0.9, 0.05), 8: (0.61, 0.172), 16: (0.3, 0.3)},
    )
    folder = tmp_path / "results/comparison"
    folder.mkdir(parents=True)
    for name in ("runs", "settings"):
        write_table(folder / f"{name}.csv", getattr(compared, name))
    write_json("results/chosen.json", choose(compared))
    return tmp_path / "results"


def test_the_closing_shows_settings_choice_and_documents(results):
    (results / "report.html").touch()
    text = closing("netid")
    assert text.index("8      0.100   ") < text.index("2     −0.100") and "-0.1" not in text
    assert "       0.610    0.172  <- chosen" in text and "nan" not in text
    words = " ".join(text.split())
    assert (
        "It loses 0.610 at the ends and 0.172 between them (0 is best)." in words
        and "4294967295" in words
    )
    assert "results/report.html" in text and "submission" not in text
    assert max(map(len, text.splitlines())) < 80 and "netid is still netid, the example" in text


def test_a_submission_of_an_earlier_netid_is_named(results):
    for name in ("netid", "abc2"):
        write_whole(results / f"submission/{name}_HW9.pdf", b"")
    text = closing("abc2")
    assert "Of another netid, and older: results/submission/netid_HW9.pdf." in text
    assert "example" not in text


def test_what_speaks_against_the_best_comes_first(results):
    text = closing("netid")
    assert "\n\nUse latent size 8; " in text and "\n\nCaution: Ink is dark.\n\nLatent" in text
    write_table(results / "comparison/controls.csv", controls(0.5, difference=0.4))
    doubt = "\n\nThe scale of this sweep is in doubt: a control scores above every run "
    assert doubt in closing("netid")
