"""Reads source files back from the code pages of a submission PDF."""

from pathlib import Path

import pymupdf

MORE = "↪"
INCH = 72


def read_listing(pdf: str | Path | bytes) -> dict[str, list[str]]:
    """Return the lines of each listed file, by its bookmark; wrapped lines are joined again.

    For each part of a file, a page has its line numbers (or `MORE` where a line continues), and
    then as many rows of code.
    """
    document = pymupdf.open(stream=pdf) if isinstance(pdf, bytes) else pymupdf.open(pdf)
    files: dict[str, list[str]] = {
        title: [] for level, title, _ in document.get_toc() if level == 2
    }
    current = ""
    for page in document:
        if not files or (page.number + 1 < min(p for n, _, p in document.get_toc() if n == 2)):
            continue
        # Without the running header and footer.
        clip = pymupdf.Rect(0, 0.72 * INCH, page.rect.width, page.rect.height - 0.65 * INCH)
        rows = page.get_text(clip=clip).split("\n")
        at = 0
        while at < len(rows):
            if rows[at] in files and rows[at + 1] == "1":
                current = rows[at]
                at += 1
            marks = _marks(rows[at:], len(files[current]) + 1) if current else []
            if not marks:
                at += 1  # the title of the first page
                continue
            code = rows[at + len(marks) : at + 2 * len(marks)]
            for mark, row in zip(marks, code, strict=True):
                if mark == MORE:
                    files[current][-1] += row
                else:
                    files[current].append(row)
            at += 2 * len(marks)
    return {path: [line.rstrip() for line in lines] for path, lines in files.items()}


def _marks(rows: list[str], expected: int) -> list[str]:
    """Return the line numbers at the beginning of `rows`."""
    marks = []
    for row in rows:
        if row == str(expected):
            expected += 1
        elif row != MORE:
            break
        marks.append(row)
    return marks


def shown(text: str) -> list[str]:
    """Return the lines that a listing of `text` should show: tabs and trailing spaces replaced."""
    return [line.rstrip() for line in text.expandtabs(4).removesuffix("\n").split("\n")]
