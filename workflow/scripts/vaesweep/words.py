"""Counts, lists, numbers and headings as readers have them."""

from collections.abc import Sequence
from typing import Any

MISSING = "–"


def counted(count: int, noun: str) -> str:
    """Write a count and its noun, in the plural unless it is one.

    >>> counted(1, "seed"), counted(5, "seed"), counted(2, "class")
    ('1 seed', '5 seeds', '2 classes')
    """
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Write a noun in the plural.

    >>> plural("digit"), plural("class")
    ('digits', 'classes')
    """
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def capital(text: str) -> str:
    """A name at the start of a sentence; that of a variant stays as it is written."""
    return text.capitalize() if text.startswith("latent size") else text


def listed(items: Sequence[object], joint: str = "and") -> str:
    """Join items as in a sentence.

    >>> listed([8, 16, 32])
    '8, 16 and 32'
    """
    *most, last = (str(item) for item in items)
    return f"{', '.join(most)} {joint} {last}" if most else last


def number(value: Any, decimals: int | None) -> str:
    """Write a number, a text or nothing (None or NaN) for a reader, with a true minus sign.

    Without `decimals`, the digits after the point, it is a name (a seed, a size): no commas.

    >>> number(-0.1234, 2), number(12345.6, 0), number(float("nan"), 3), number(2024.0, None)
    ('−0.12', '12,346', '–', '2024')
    """
    if value is None or value != value:
        return MISSING
    if isinstance(value, str):
        return value
    if decimals is None:
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = f"{float(value):,.{decimals}f}"
    is_zero = not text.strip("-0.,")
    return text.lstrip("-") if is_zero else text.replace("-", "−")


def signed(value: Any, decimals: int) -> str:
    """Write a value with its sign, plus as well as minus.

    >>> signed(0.05, 2), signed(-0.05, 2), signed(0.0001, 2)
    ('+0.05', '−0.05', '0.00')
    """
    text = number(value, decimals)
    return f"+{text}" if text.strip("0.") and text[0] not in "−–" else text


def percent(share: Any) -> str:
    """Write a share as whole per cent."""
    text = number(share, 2)
    return text if text == MISSING else f"{number(100 * share, 0)} %"


def interval(low: Any, high: Any, decimals: int) -> str:
    """Write an interval as "low to high", or a dash where a bound is unknown."""
    ends = [number(low, decimals), number(high, decimals)]
    return MISSING if MISSING in ends else " to ".join(ends)


def paths_title(kind: str, noun: str) -> str:
    """Return the heading of a figure of paths.

    >>> paths_title("same", "digit"), paths_title("different", "class")
    ('Same digit', 'Different classes')
    """
    return f"Same {noun}" if kind == "same" else f"Different {plural(noun)}"
