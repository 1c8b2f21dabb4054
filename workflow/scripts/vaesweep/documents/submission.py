"""The submission PDF: a page for each figure of the chosen run, then the code."""

import ast
import re
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from typing import NamedTuple, cast

import pandas as pd
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject

from vaesweep.data.datasets import Dataset
from vaesweep.data.pairs import KINDS, display_rows
from vaesweep.data.splits import Images
from vaesweep.documents.typesetting import typeset
from vaesweep.figures.grids import draw_page, save_pdf
from vaesweep.words import listed, paths_title


class FigurePage(NamedTuple):
    """A page of the submission that is one figure."""

    title: str
    alt: str  # description for screen readers
    pdf: bytes  # one page


def figure_pages(
    frames: Images, pairs: pd.DataFrame, dataset: Dataset, note: str, paper: str
) -> list[FigurePage]:
    """Draw the two pages of the assignment, one per kind of pair.

    `frames` are (pairs, columns, height, width) in the order of pairs.csv, `note` names the run,
    and `paper` is a key of `grids.PAPER_INCHES`.
    """
    pages = []
    for kind in KINDS:
        rows = display_rows(pairs, kind)
        title, names = paths_title(kind, dataset.noun), dataset.names_of(rows)
        save_pdf(draw_page(frames[rows.index], names, title, note, paper), page := BytesIO())
        ends = "; ".join(f"{first} to {last}" for first, last in names)
        alt = f"{title}: {note}. Each row is a pair with a test image at both ends: {ends}."
        pages.append(FigurePage(title, alt, page.getvalue()))
    return pages


def submission(
    pages: Sequence[FigurePage],
    sources: Sequence[tuple[str, str]],
    lead: str,
    paper: str,
    author: str,
    title: str,
) -> bytes:
    """Typeset the figures and then the source files, numbered and with syntax colours.

    `sources` are (path, text) of each file; without any, there are no code pages. `lead` is the
    text above the list of files, `author` and `title` go into the document's metadata.
    """
    files = [
        {"path": path, "words": _purpose(path, text), "text": text.expandtabs(4).removesuffix("\n")}
        for path, text in sources
    ]
    pictures = {f"figure-{place}.pdf": page.pdf for place, page in enumerate(pages)}
    figures = [
        {"file": file, "title": page.title, "alt": page.alt}
        for file, page in zip(pictures, pages, strict=True)
    ]
    data = {"lead": lead, "paper": paper, "figures": figures, "files": files}
    # Clone the document to keep its bookmarks and its tags for screen readers.
    writer = PdfWriter(clone_from=BytesIO(typeset("listing.typ", data, pictures)))
    writer.metadata = {"/Title": title, "/Author": author}
    writer.page_mode = "/UseOutlines"
    mark_info = cast(DictionaryObject, writer.root_object["/MarkInfo"])
    mark_info.pop("/Suspects", None)  # PDF readers warn of Typst's value
    writer.write(whole := BytesIO())
    return whole.getvalue()


def _purpose(path: str, text: str) -> str:
    """Describe a file in a line: by its docstring, or by the rules in it."""
    if path.endswith(".py"):
        with suppress(SyntaxError, ValueError):  # the file may not be valid Python
            docstring = ast.get_docstring(ast.parse(text)) or ""
            return docstring.split("\n")[0].replace("`", "")
    rules = re.findall(r"^ *rule (\w+):", text, re.MULTILINE)
    return f"rules {listed(rules)}" if rules else ""
