"""The submission: both figures of the chosen run, a page each, then code, as one tagged PDF."""

import ast
import re
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from typing import NamedTuple

import pandas as pd
from pypdf import PdfWriter

from vaesweep.data.datasets import Dataset
from vaesweep.data.pairs import KINDS, display_rows
from vaesweep.data.splits import Images
from vaesweep.documents.typesetting import typeset
from vaesweep.figures.grids import draw_page, save_pdf
from vaesweep.words import listed, paths_title


class FigurePage(NamedTuple):
    """A page of the submission that is one figure."""

    title: str
    alt: str  # what is to be seen, for who cannot see it
    pdf: bytes  # one page


def figure_pages(
    frames: Images, pairs: pd.DataFrame, dataset: Dataset, note: str, paper: str
) -> list[FigurePage]:
    """Draw the assignment's two pages, one for each kind of pair.

    The frames are (pairs, columns, height, width), in the order of pairs.csv; `note` says which run
    made them, `paper` is a key of `grids.PAPER_INCHES`.
    """
    pages = []
    for kind in KINDS:
        rows = display_rows(pairs, kind)
        title, names = paths_title(kind, dataset.noun), dataset.names_of(rows)
        save_pdf(draw_page(frames[rows.index], names, title, note, paper), page := BytesIO())
        ends = "; ".join(f"{first} to {last}" for first, last in names)
        alt = f"{title}: {note}. A row a pair, a test image at either end: {ends}."
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
    """Typeset the figures, a page each, and behind them source files, numbered and coloured.

    `sources` are (path, text) of each file, in order; none for no code. The lead stands
    above their index; `author` and `title` are the document's.
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
    # Taken over whole, with its bookmarks and the tags that screen readers go by.
    writer = PdfWriter(clone_from=BytesIO(typeset("listing.typ", data, pictures)))
    writer.metadata = {"/Title": title, "/Author": author}
    writer.page_mode = "/UseOutlines"
    writer.write(whole := BytesIO())
    return whole.getvalue()


def _purpose(path: str, text: str) -> str:
    """Say in a line what a file is for: by its docstring, or by the rules in it."""
    if path.endswith(".py"):
        with suppress(SyntaxError, ValueError):  # a test's, no module of ours
            return (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]
    rules = re.findall(r"^ *rule (\w+):", text, re.MULTILINE)
    return f"rules {listed(rules)}" if rules else ""
