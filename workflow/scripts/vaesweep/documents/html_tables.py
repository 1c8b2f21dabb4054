"""Tables of results as self-contained HTML pages: no script, no request, light and dark."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

MISSING = "–"


@dataclass(frozen=True)
class Column:
    """How one column of a frame is shown.

    Attributes:
        name: its name in the frame.
        heading: what the reader sees above it, with the unit.
        decimals: digits after the point; None shows the value as it is.
        meaning: one sentence for the legend under the table; may be empty.
    """

    name: str
    heading: str
    decimals: int | None = None
    meaning: str = ""


def number(value: Any, decimals: int | None) -> str:
    """Write one value for a reader, with a true minus sign and a dash where nothing is known."""
    if value is None or pd.isna(value):
        return MISSING
    if decimals is None or isinstance(value, str):
        return str(value)
    text = f"{float(value):,.{decimals}f}"
    is_zero = not text.strip("-0.,")
    return text.lstrip("-") if is_zero else text.replace("-", "−")


def signed(value: Any, decimals: int) -> str:
    """Write a value with its sign, plus as well as minus."""
    text = number(value, decimals)
    return f"+{text}" if not pd.isna(value) and value > 0 and text.strip("0.") else text


def percent(share: Any) -> str:
    """Write a share as whole per cent."""
    return MISSING if pd.isna(share) else f"{number(100 * share, 0)} %"


def interval(low: Any, high: Any, decimals: int) -> str:
    """Write an interval as "low to high", or a dash where a bound is unknown."""
    if pd.isna(low) or pd.isna(high):
        return MISSING
    return f"{number(low, decimals)} to {number(high, decimals)}"


def page(
    title: str,
    introduction: str,
    columns: Sequence[Column],
    frame: pd.DataFrame,
    style: str,
    chosen: int | None = None,
) -> str:
    """Write a frame as an HTML document.

    Args:
        title: heading of the page.
        introduction: what to see in the table, as plain text.
        columns: which columns to show, in order.
        frame: one row a line of the table; it may hold more columns.
        style: the stylesheet that goes into the document.
        chosen: position of the row to mark, if any.

    Returns:
        The document's text. The same table always gives the same text.
    """
    headings = "".join(f"<th scope=col>{html.escape(column.heading)}</th>" for column in columns)
    rows = "\n".join(
        _row(frame.iloc[position], columns, position == chosen) for position in range(len(frame))
    )
    legend = "".join(
        f"<dt>{html.escape(column.heading)}</dt><dd>{html.escape(column.meaning)}</dd>"
        for column in columns
        if column.meaning
    )
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title>
<style>{style}</style></head>
<body>
<h1>{html.escape(title)}</h1>
<p>{html.escape(introduction)}</p>
<div class="scroll"><table>
<thead><tr>{headings}</tr></thead>
<tbody>
{rows}
</tbody></table></div>
<dl>{legend}</dl>
</body></html>
"""


def _row(values: pd.Series, columns: Sequence[Column], is_chosen: bool) -> str:
    cells = "".join(_cell(values[column.name], column.decimals) for column in columns)
    mark = ' class="chosen"' if is_chosen else ""
    return f"<tr{mark}>{cells}</tr>"


def _cell(value: object, decimals: int | None) -> str:
    side = ' class="text"' if isinstance(value, str) else ""
    return f"<td{side}>{html.escape(number(value, decimals))}</td>"
