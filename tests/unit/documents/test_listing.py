import pymupdf
import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from listing_text import read_listing, shown

from vaesweep.documents import listing
from vaesweep.documents.submission import join_submission, typeset_code
from vaesweep.figures.grids import PAPER_INCHES

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
    code = sorted((ROOT / "workflow" / "scripts" / "vaesweep").rglob("*.py"))[:4]
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
