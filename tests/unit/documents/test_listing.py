from io import BytesIO

import pymupdf
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from listing_text import read_listing, shown
from pypdf import PdfReader

from vaesweep.documents.submission import FigurePage
from vaesweep.documents.submission import submission as submission_of
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


def typeset(*sources, paper="us-letter"):
    return submission_of(figures(), sources, "All of it.", paper, "someone2", "Work")


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(["a.py", "b.smk", "Snakefile", "c.yaml", "d.typ", "e.unknown"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("\n\t")),
)
def test_pages_hold_every_character_of_the_source(path, text):
    # On the page, a line that is a number looks like the number of a line.
    assume(not any(line.strip().isdigit() for line in text.split("\n")))
    assert read_listing(typeset((path, text)))[path] == shown(text)


def test_rows_are_numbered_and_fit_the_page():
    text = "x = 1\n" + "y" * 250 + "\n\n" + "z" * 100 + "\n"
    rows = pymupdf.open(stream=typeset(("a.py", text)))[2].get_text().split("\n")
    at = rows.index("1")
    assert rows[at : at + 6] == ["1", "2", "↪", "↪", "3", "4"]
    assert [len(row) for row in rows[at + 6 : at + 12]] == [5, 100, 100, 50, 1, 100]


def test_python_snakemake_and_yaml_have_syntax_colours():
    def colours(path, text):
        page = pymupdf.open(stream=typeset((path, text)))[2].get_text("dict")
        lines = [line for block in page["blocks"] for line in block.get("lines", ())]
        return {span["text"].strip(): span["color"] for line in lines for span in line["spans"]}

    python = colours("a.py", "def f():\n    return 'x'\n\n\nrule = y  # why")
    assert len({python[text] for text in ("return", "'x'", "y", "# why")}) == 4
    assert colours("Snakefile", "rule all:\n    input: 1")["rule"] == python["return"]
    assert python["rule"] == python["y"]
    assert colours("a.yaml", "key: 1  # why")["# why"] == python["# why"]


def test_pages_are_full_and_no_heading_ends_a_page():
    on_page, title, index, heading = 81, 5, 3, 3
    room = on_page - title - index - heading
    for lines, begins in ((room - heading - 5, 1), (room - heading - 4, 2), (room + on_page, 3)):
        pdf = typeset(("a.py", "line\n" * lines), ("b.py", "line\n" * 30))
        places = {name: page for _, name, page in pymupdf.open(stream=pdf).get_toc()}
        assert (places["a.py"], places["b.py"]) == (3, begins + 2)


def test_the_header_names_the_file_at_the_top_of_the_page():
    pdf = typeset(("a.py", "line\n" * 71), ("b.py", "line\n" * 79), ("c.py", "line\n" * 90))
    heads = [page.get_text().split("\n")[0] for page in list(pymupdf.open(stream=pdf))[2:]]
    assert heads == ["a.py", "a.py", "b.py", "c.py"]


def test_the_first_page_of_code_has_its_title_once_and_describes_files_without_markup():
    page = pymupdf.open(stream=typeset(("a.py", '"""Draw `x` as it is."""')))[2].get_text()
    assert page.count("The code that made the figures") == 1
    assert "Draw x as it is." in page


@pytest.fixture(scope="module")
def sources():
    return [("config.yaml", "a: [1, 2]\n# why\n"), ("awkward.py", AWKWARD)]


@pytest.fixture(scope="module")
def submission(sources):
    return typeset(*sources)


def figures():
    document = pymupdf.open()
    document.new_page(width=612, height=792)
    blank = document.tobytes(no_new_id=True)
    return [FigurePage(title, f"Rows of {title}.", blank) for title in ("Same", "Different")]


def test_the_submission_has_bookmarks_metadata_and_no_dates(submission, sources):
    document = pymupdf.open(stream=submission)
    titles = [(level, title) for level, title, _ in document.get_toc()]
    assert titles == [
        (1, "Same"),
        (1, "Different"),
        (1, "The code that made the figures"),
        *((2, path) for path, _ in sources),
    ]
    assert [page for _, _, page in document.get_toc()][:4] == [1, 2, 3, 3]
    assert document.metadata["title"] == "Work"
    assert document.metadata["author"] == "someone2"
    assert not document.metadata["creationDate"] and not document.metadata["modDate"]


def test_pages_have_the_size_of_the_paper_and_embedded_fonts(submission):
    document = pymupdf.open(stream=submission)
    for page in document:
        assert (page.rect.width, page.rect.height) == (612, 792)
        assert page.rotation == 0
        assert all(extension != "n/a" for _, extension, *_ in page.get_fonts())
        inside = pymupdf.Rect(35.5, 30, 577, 765)
        assert all(pymupdf.Rect(block[:4]) in inside for block in page.get_text("blocks"))


def test_equal_inputs_give_equal_bytes(submission, sources):
    assert typeset(*sources) == submission


def test_the_figures_are_described_for_screen_readers(submission):
    root = PdfReader(BytesIO(submission)).trailer["/Root"]
    assert root["/MarkInfo"] == {"/Marked": True} and root["/Lang"] == "en"

    def texts(node):
        node = node.get_object()
        if isinstance(node, list):
            return [text for kid in node for text in texts(kid)]
        if not isinstance(node, dict):
            return []
        text = [str(node["/Alt"])] if "/Alt" in node else []
        return text + (texts(node["/K"]) if "/K" in node else [])

    assert texts(root["/StructTreeRoot"]) == ["Rows of Same.", "Rows of Different."]


def test_a_submission_without_code_is_the_two_figures():
    assert len(pymupdf.open(stream=typeset())) == 2


def test_a4_pages_are_a4():
    document = pymupdf.open(stream=typeset(("awkward.py", AWKWARD * 12), paper="a4"))
    assert len(document) > 3
    for page in document:
        assert page.rect.width == pytest.approx(PAPER_INCHES["a4"][0] * 72, abs=0.1)
        assert page.rect.height == pytest.approx(PAPER_INCHES["a4"][1] * 72, abs=0.1)
