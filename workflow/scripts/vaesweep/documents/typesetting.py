"""The two PDF documents: Typst typesets, pypdf joins pages.

Texts and numbers reach the templates as JSON data and never as markup, so no text can break a
document. Neither tool writes a creation time: equal inputs give equal bytes.
"""

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst
from pypdf import PdfReader, PdfWriter

from vaesweep.documents.listing import paginate
from vaesweep.figures.paper import PAPER_INCHES

TEMPLATES = Path(__file__).parents[3] / "templates"
LISTING_PITCH = 10.2  # points from one row of code to the next
LISTING_MARGINS = 1.45 * 72  # points above and below the rows together
LISTING_TITLE_ROWS = 5
FIGURE_PAGES = 2


def typeset(
    template: str, data: Mapping[str, Any], pictures: Iterable[Path] = (), tagged: bool = True
) -> bytes:
    """Typeset a template of `workflow/templates` and return the PDF.

    Args:
        template: The template's file name.
        data: What the template reads as `json("data.json")`.
        pictures: Files that the template shows by their names without folder.
        tagged: Whether to mark the structure of the text for screen readers.
    """
    # Only fonts that come with the packages, so that the pages are alike on every machine.
    fonts = typst.Fonts(
        include_system_fonts=False, font_paths=[Path(mpl.get_data_path(), "fonts", "ttf")]
    )
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(TEMPLATES, folder, dirs_exist_ok=True)
        Path(folder, "data.json").write_text(json.dumps(data), encoding="utf-8")
        for path in pictures:
            shutil.copy(path, folder)
        compiler = typst.Compiler(Path(folder, template), root=folder, font_paths=fonts)
        pdf = compiler.compile(format="pdf", pdf_tags=tagged)
    assert isinstance(pdf, bytes)
    return pdf


def typeset_code(sources: Sequence[tuple[str, str]], heading: str, lead: str, paper: str) -> bytes:
    """Typeset source files, numbered and coloured, as pages that follow the two figures.

    Args:
        sources: (path, text) of each file, in order.
        heading: The title above the first file.
        lead: A sentence under the title.
        paper: A key of `paper.PAPER_INCHES`.
    """
    rows = int((PAPER_INCHES[paper][1] * 72 - LISTING_MARGINS) / LISTING_PITCH)
    pages = paginate(sources, rows, rows - LISTING_TITLE_ROWS)
    data = {
        "heading": heading,
        "lead": lead,
        "paper": paper,
        "pitch": LISTING_PITCH,
        "first_page": FIGURE_PAGES + 1,
        "pages": [[part.as_data() for part in page] for page in pages],
    }
    return typeset("listing.typ", data, tagged=False)  # joining the pages would drop the tags


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
