import json
from io import BytesIO

import pandas as pd
import pymupdf
import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from listing_text import read_listing, shown

from vaesweep.documents import listing
from vaesweep.documents.comparison_report import report_data
from vaesweep.documents.typesetting import join_submission, typeset, typeset_code
from vaesweep.figures.paper import PAPER_INCHES

AWKWARD = (
    "# café, naïve, Ω ≤ ∑ √2 → “quotes” … — ½\n"
    "\n"
    "\n"
    "\tindented = 'by a tab'\tand another\n"
    "fi = ffl  # no ligatures: fi fl ffi\n"
    "#set page(width: 1cm) $x^2$ @ref <label> *bold* _it_ `raw` \\ #panic()\n"
    "long = '" + "word, and-more " * 40 + "'\n"
    "unbroken = " + "x" * 350 + "\n"
    "        deep(indent)   # trailing spaces follow   \n"
    '"""A string\n'
    "    over lines\n"
    '"""\n'
)


def joined(row_pieces):
    return "".join(text for _, text in row_pieces)


def lines_of(path, text):
    lines = []
    for number, pieces in listing.source_rows(path, text):
        if number is None:
            lines[-1] += joined(pieces)
        else:
            lines.append(joined(pieces))
    return lines


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["a.py", "b.smk", "Snakefile", "c.yaml", "d.typ", "e.unknown"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\r")),
)
def test_rows_hold_every_character_of_the_source(path, text):
    expected = text.expandtabs(listing.TAB).removesuffix("\n").split("\n")
    assert lines_of(path, text) == expected


def test_rows_are_numbered_and_no_wider_than_the_page():
    rows = listing.source_rows("a.py", "x = 1\n" + "y" * 250 + "\n\nz\n")
    assert [number for number, _ in rows] == [1, 2, None, None, 3, 4]
    assert max(len(joined(pieces)) for _, pieces in rows) == listing.COLUMNS


def test_line_as_wide_as_the_page_is_not_wrapped():
    exact = "y" * listing.COLUMNS
    assert [number for number, _ in listing.source_rows("a.txt", exact)] == [1]


def test_colours_know_python_snakemake_and_yaml():
    def styles(path, text):
        return {piece: style for _, row in listing.source_rows(path, text) for style, piece in row}

    assert styles("a.py", "def f():\n    return 'x'")["return"] == "keyword"
    assert styles("Snakefile", "rule all:\n    input: 1")["rule"] == "keyword"
    assert styles("a.py", "x = rule")["rule"] == "plain"
    assert styles("a.yaml", "key: 1  # why")["# why"] == "comment"


def test_pages_are_full_but_not_overfull_and_keep_the_order():
    sources = [(f"{name}.py", "line\n" * count) for name, count in [("a", 7), ("b", 30), ("c", 1)]]
    pages = listing.paginate(sources, rows_on_page=20, rows_on_first=15)
    used = [
        sum(len(part.rows) + listing.HEADING_ROWS * part.first for part in page) for page in pages
    ]
    assert used[0] <= 15
    assert all(rows <= 20 for rows in used[1:])
    parts = [part for page in pages for part in page]
    assert [part.path for part in parts if part.first] == ["a.py", "b.py", "c.py"]
    assert sum(len(part.rows) for part in parts) == 38
    assert all(len(part.rows) >= 5 for part in parts if part.path == "b.py" and part.first)


@pytest.fixture(scope="module")
def sources():
    code = sorted((ROOT / "workflow" / "scripts" / "vaesweep").glob("*.py"))[:4]
    files = [(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in code]
    return [("config.yaml", "a: [1, 2]\n# why\n"), ("awkward.py", AWKWARD), *files]


@pytest.fixture(scope="module")
def submission(sources):
    code = typeset_code(sources, "The code", "All of it.", "us-letter")
    return join_submission([("Same", blank()), ("Different", blank())], code, "Work", "someone2")


def blank():
    document = pymupdf.open()
    document.new_page(width=612, height=792)
    return document.tobytes(no_new_id=True)


def test_text_of_the_code_pages_equals_the_sources(submission, sources):
    read = read_listing(submission)
    assert list(read) == [path for path, _ in sources]
    for path, text in sources:
        assert read[path] == shown(text), path


def test_submission_has_bookmarks_metadata_and_no_dates(submission, sources):
    document = pymupdf.open(stream=submission)
    titles = [(level, title) for level, title, _ in document.get_toc()]
    assert titles == [
        (1, "Same"),
        (1, "Different"),
        (1, "The code"),
        *((2, path) for path, _ in sources),
    ]
    assert [page for _, _, page in document.get_toc()][:4] == [1, 2, 3, 3]
    assert document.metadata["title"] == "Work"
    assert document.metadata["author"] == "someone2"
    assert not document.metadata["creationDate"] and not document.metadata["modDate"]


def test_code_pages_have_the_papers_size_and_embedded_fonts(submission):
    document = pymupdf.open(stream=submission)
    for page in document:
        assert (page.rect.width, page.rect.height) == (612, 792)
        assert page.rotation == 0
        assert all(extension != "n/a" for _, extension, *_ in page.get_fonts())
        inside = pymupdf.Rect(35.5, 30, 577, 765)
        assert all(pymupdf.Rect(block[:4]) in inside for block in page.get_text("blocks"))


def test_equal_inputs_give_equal_bytes(submission, sources):
    code = typeset_code(sources, "The code", "All of it.", "us-letter")
    again = join_submission([("Same", blank()), ("Different", blank())], code, "Work", "someone2")
    assert again == submission


def test_submission_without_code_is_the_two_figures():
    pdf = join_submission([("Same", blank()), ("Different", blank())], None, "Work", "someone2")
    assert len(pymupdf.open(stream=pdf)) == 2


def test_a4_pages_are_a4():
    pdf = typeset_code([("awkward.py", AWKWARD * 12)], "The code", "All of it.", "a4")
    document = pymupdf.open(stream=pdf)
    assert len(document) > 1
    for page in document:
        assert page.rect.width == pytest.approx(PAPER_INCHES["a4"][0] * 72, abs=0.1)
        assert page.rect.height == pytest.approx(PAPER_INCHES["a4"][1] * 72, abs=0.1)
    assert read_listing(pdf)["awkward.py"] == shown(AWKWARD * 12)


# ------------------------------------------------------------------ the comparison report

SIZES = pd.DataFrame(
    {
        "latent_size": [4, 16],
        "seeds": [3, 3],
        "gain": [0.0512, 0.1234],
        "gain_low": [0.04, 0.11],
        "gain_high": [0.06, 0.13],
        "rank": [2, 1],
        "win_probability": [0.03, 0.97],
        "tied_with_first": [False, True],
        "best_seed": [0, 2],
        "neg_elbo": [118.31, 99.94],
        "kl": [12.0, 25.5],
        "active_units": [4.0, 16.0],
        "gain_same": [0.04, 0.1],
        "gain_different": [0.06, 0.15],
    }
)
RUNS = pd.DataFrame(
    {
        "latent_size": [4, 16],
        "seed": [0, 2],
        "status": ["ok", "ok"],
        "gain": [0.0512, 0.1301],
        "gain_low": [0.04, 0.12],
        "gain_high": [0.06, 0.14],
        "rank": [2, 1],
        "win_probability": [0.01, 0.99],
        "quality_same": [0.6, 0.7],
        "quality_different": [0.5, 0.6],
        "neg_elbo": [118.31, 99.94],
        "active_units": [4, 16],
        "train_seconds": [44.0, 46.0],
        "flags": [None, None],
    }
)
CHOSEN = {
    "latent_size": 16,
    "seed": 2,
    "value": 0.1301,
    "low": 0.12,
    "high": 0.14,
    "pinned": False,
    "tied_with": [],
    "reason": "It is the best.",
}
JUDGES = pd.DataFrame(
    {
        "judge_a": [0],
        "judge_b": [1],
        "rank_correlation": [0.95],
        "first_latent_size_a": [16],
        "first_latent_size_b": [16],
    }
)
TRAINING = {
    "device": "cpu",
    "device_name": "Abacus 1",
    "threads": 1,
    "precision": "float32",
    "images_per_second": 12000.0,
    "parameters": 700000,
}
CONFIG = """\
dataset: {name: MNIST}
model: {architecture: mlp, beta: 1.0}
training: {epochs: 10}
interpolation: {steps: 7}
scoring: {pairs_per_kind: 100, bootstrap: 2000}
"""


FIGURES = (
    "gain_by_latent_size",
    "display_rows",
    "best_and_worst",
    "differences",
    "quality_parts",
    "controls",
    "neg_elbo_and_gain",
    "training_curves",
)


def data_of(runs=RUNS, sizes=SIZES, chosen=CHOSEN):
    judges = [{"accuracy": 0.9912, "ghost_error": 0.031}]
    return report_data(
        runs, sizes, chosen, judges, JUDGES, [TRAINING], pd.DataFrame(), CONFIG, "us-letter"
    )


def test_report_says_what_was_chosen_and_how_sure_it_is():
    data = data_of()
    assert data["run"] == "Latent size 16, seed 2"
    assert data["tiles"][0]["value"] == "+0.130"
    assert data["tiles"][0]["note"] == "95 %: 0.120 to 0.140"
    assert data["tiles"][2]["value"] == "97 %"
    assert "no other is tied" in data["findings"][0]
    assert data["runs"]["rows"][0][:3] == ["1", "16", "2"]
    assert data["runs"]["marked"] == [0]
    assert data["sizes"]["marked"] == [1]
    assert json.dumps(data)


def test_report_names_ties_failures_and_missing_intervals():
    sizes = SIZES.assign(tied_with_first=True, gain_low=[None, 0.11])
    runs = RUNS.assign(status=["diverged", "ok"], flags=["diverged", None])
    findings = " ".join(data_of(runs, sizes)["findings"])
    assert "but 4 is tied with it" in findings
    assert "No interval over seeds is given at latent size 4: it takes at least 3" in findings
    assert "1 of 2 runs diverged" in findings
    assert "Flagged “diverged” (latent size/seed): 4/0" in findings


def test_report_says_that_the_seed_is_a_draw_and_that_judges_agree():
    findings = " ".join(data_of()["findings"])
    assert "seed 2 is the best of 3 at latent size 16 (gain +0.130)" in findings
    assert "their mean, +0.123" in findings
    assert "All judges put latent size 16 first" in findings and "0.95" in findings
    assert "held out" in data_of()["judges"]


def test_report_of_a_single_run_speaks_of_one():
    run, size = RUNS.iloc[:1], SIZES.iloc[1:].assign(seeds=1)
    data = data_of(run, size)
    assert data["subtitle"].startswith(
        "1 variational autoencoder on MNIST: latent size 16; 1 seed;"
    )
    assert data["findings"][0] == (
        "Interpolating between codes is better than the pixel cross-fade by +0.123 on average."
    )


def test_report_of_many_latent_sizes_says_which_are_drawn():
    many = [SIZES.tail(1).assign(latent_size=16 + k) for k in range(11)]
    sizes = pd.concat(many, ignore_index=True)
    assert data_of(sizes=sizes)["drawn_sizes"] == "the chosen latent size and of the best others"


def test_report_gives_the_configuration_line_by_line():
    lines = data_of()["config"]
    assert lines[:2] == ["dataset:", "  name: MNIST"]
    assert "  beta: 1.0" in lines


def test_report_is_typeset_with_its_numbers(tmp_path):
    for name in FIGURES:
        (tmp_path / f"{name}.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>'
        )
    pdf = typeset("comparison_report.typ", data_of(), tmp_path.glob("*.svg"))
    document = pymupdf.open(stream=BytesIO(pdf))
    for page in document:
        assert page.rotation == 0
        assert all(extension != "n/a" for _, extension, *_ in page.get_fonts())
    titles = [title for _, title, _ in document.get_toc()]
    assert {"Which latent sizes differ", "Controls", "All runs", "Method"} <= set(titles)
    first = document[0].get_text()
    assert "Latent size 16, seed 2" in first and "+0.130" in first and "97 %" in first
    text = "".join(page.get_text() for page in document)
    assert "Abacus 1" in text and "Wasserstein" in text and "No benchmark files" in text
    assert "the best run of every latent size" in " ".join(text.split())
    assert "#" not in text and "else [" not in text, "the template's own words are shown"
    assert not document.metadata["creationDate"]
    assert typeset("comparison_report.typ", data_of(), tmp_path.glob("*.svg")) == pdf
