"""Source code as numbered, coloured rows on pages, ready to be typeset.

Wrapping and paging happen here and not in Typst, so that no character is lost where a line is
broken, and so that a page can hold all its line numbers before all its code: who selects code in
a viewer then copies code without numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from pygments.lexer import Lexer
from pygments.lexers import PythonLexer, TextLexer, get_lexer_for_filename
from pygments.token import Comment, Keyword, Name, Number, String, Token
from pygments.util import ClassNotFound

COLUMNS = 100  # as many characters as fit across both papers
HEADING_ROWS = 3
TAB = 4
LEAST_ROWS_UNDER_HEADING = 5

# The first token type that holds the token names its style; the template gives the colours.
STYLES = (
    (Comment, "comment"),
    (String.Doc, "comment"),
    (String, "string"),
    (Number, "number"),
    (Keyword, "keyword"),
    (Name.Tag, "keyword"),
    (Name.Builtin, "builtin"),
    (Name.Decorator, "name"),
    (Name.Function, "name"),
    (Name.Class, "name"),
    (Token, "plain"),
)
SNAKEMAKE_WORDS = {"checkpoint", "configfile", "include", "module", "onsuccess", "rule", "use"}

Piece = tuple[str, str]  # style, text
Row = tuple[int | None, list[Piece]]  # line number (None: the line above goes on), pieces


@dataclass
class Part:
    """The rows of one file on one page; `first` says whether the file begins here."""

    path: str
    first: bool
    rows: list[Row] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return the part as the template reads it."""
        return {
            "path": self.path,
            "first": self.first,
            "numbers": [number for number, _ in self.rows],
            "rows": [pieces for _, pieces in self.rows],
        }


def source_rows(path: str, text: str) -> list[Row]:
    """Return the rows that show `text`; tabs become spaces, long lines go on in the next row."""
    rows: list[Row] = []
    for number, line in enumerate(_lines(path, text.expandtabs(TAB)), start=1):
        wrapped = list(_wrap(line))
        rows += [(number if k == 0 else None, pieces) for k, pieces in enumerate(wrapped)]
    return rows


def paginate(
    sources: Sequence[tuple[str, str]], rows_on_page: int, rows_on_first: int
) -> list[list[Part]]:
    """Spread the (path, text) of `sources` over pages, one after the other.

    A file's heading takes `HEADING_ROWS` and is never left alone at the foot of a page.
    """
    pages: list[list[Part]] = [[]]
    room = rows_on_first
    for path, text in sources:
        rows = source_rows(path, text)
        if room < HEADING_ROWS + min(len(rows), LEAST_ROWS_UNDER_HEADING):
            pages.append([])
            room = rows_on_page
        pages[-1].append(Part(path, first=True))
        room -= HEADING_ROWS
        for row in rows:
            if room == 0:
                pages.append([Part(path, first=False)])
                room = rows_on_page
            pages[-1][-1].rows.append(row)
            room -= 1
    return pages


def _lexer(path: str) -> Lexer:
    name = PurePath(path).name
    if name == "Snakefile" or name.endswith(".smk"):
        return PythonLexer()
    try:
        return get_lexer_for_filename(name)
    except ClassNotFound:
        return TextLexer()


def _lines(path: str, text: str) -> Iterator[list[Piece]]:
    """Yield each line of `text` as styled pieces, whose texts join to the line exactly."""
    line: list[Piece] = []
    # Not get_tokens(), which strips blank lines at both ends of the text.
    for _, token, value in _lexer(path).get_tokens_unprocessed(text.removesuffix("\n")):
        style = next(name for kind, name in STYLES if token in kind)
        if value in SNAKEMAKE_WORDS and token in Name and not line:
            style = "keyword"
        first, *others = value.split("\n")
        line += [(style, first)] if first else []
        for other in others:
            yield line
            line = [(style, other)] if other else []
    yield line


def _wrap(line: list[Piece]) -> Iterator[list[Piece]]:
    """Yield the pieces of `line` in rows of at most `COLUMNS` characters, at least one row."""
    row: list[Piece] = []
    room = COLUMNS
    for style, text in line:
        while len(text) > room:
            yield [*row, (style, text[:room])] if room else row
            row, text, room = [], text[room:], COLUMNS
        row.append((style, text))
        room -= len(text)
    yield row
