"""The submission: both figures of the chosen run, a page each, then code, as one PDF."""

import ast
import re
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pypdf import PdfReader, PdfWriter

from vaesweep.data.datasets import Dataset
from vaesweep.data.pairs import KINDS, display_rows
from vaesweep.documents.typesetting import typeset
from vaesweep.figures.grids import draw_page, save_pdf
from vaesweep.words import listed, paths_title

TAB = 4


def figure_pages(
    frames: NDArray[np.uint8], pairs: pd.DataFrame, dataset: Dataset, note: str, paper: str
) -> list[tuple[str, bytes]]:
    """Draw the assignment's two pages: (heading, PDF) of each kind of pair.

    Args:
        frames: (pairs, columns, height, width) of the run.
        pairs: pairs.csv.
        dataset: What the images are.
        note: Which run made them, from `grids.paths_note`.
        paper: A key of `grids.PAPER_INCHES`.
    """
    pages = []
    for kind in KINDS:
        rows = display_rows(pairs, kind)
        title = paths_title(kind, dataset.noun)
        figure = draw_page(frames[rows.index], dataset.names_of(rows), title, note, paper)
        save_pdf(figure, page := BytesIO())
        pages.append((title, page.getvalue()))
    return pages


def typeset_code(sources: Sequence[tuple[str, str]], heading: str, lead: str, paper: str) -> bytes:
    """Typeset source files, numbered and coloured, as pages that follow the two figures.

    Args:
        sources: (path, text) of each file, in order.
        heading: The title above the index of files.
        lead: A sentence under the title.
        paper: A key of `grids.PAPER_INCHES`.
    """
    files = [
        {
            "path": path,
            "words": _purpose(path, text),
            "text": text.expandtabs(TAB).removesuffix("\n"),
        }
        for path, text in sources
    ]
    data = {"heading": heading, "lead": lead, "paper": paper, "before": len(KINDS), "files": files}
    return typeset("listing.typ", data, tagged=False)  # joining the pages would drop the tags


def _purpose(path: str, text: str) -> str:
    """Say in a line what a file is for: by its docstring, or by the rules in it."""
    if path.endswith(".py"):
        with suppress(SyntaxError, ValueError):  # a test's, no module of ours
            return (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]
    rules = re.findall(r"^ *rule (\w+):", text, re.MULTILINE)
    return f"rules {listed(rules)}" if rules else ""


def join_submission(
    figures: Sequence[tuple[str, bytes]], code: bytes | None, title: str, author: str
) -> bytes:
    """Join figure pages and code into one PDF with bookmarks and metadata.

    Args:
        figures: (bookmark, one-page PDF) of each figure.
        code: A PDF whose own bookmarks are taken over, or None for no code.
        title: The document's title.
        author: Its author, a netid.
    """
    writer = PdfWriter()
    for bookmark, pdf in figures:
        writer.append(BytesIO(pdf), outline_item=bookmark, import_outline=False)
    if code is not None:
        writer.append(PdfReader(BytesIO(code)), import_outline=True)
    # Replaced as a whole: pypdf would keep the tools' dates of the parts.
    writer.metadata = {"/Title": title, "/Author": author}
    writer.page_mode = "/UseOutlines"
    joined = BytesIO()
    writer.write(joined)
    return joined.getvalue()
