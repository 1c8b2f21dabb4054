"""How readers see counts, lists, numbers and headings."""

from collections.abc import Sequence
from typing import Any

MISSING = "–"


def counted(count: int, noun: str) -> str:
    """Write a count with its noun, in the plural unless the count is 1.

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
    """Start a sentence with the name of a setting. The name of a variant keeps its spelling.

    >>> capital("latent size 8 of 3"), capital("vae at latent size 8")
    ('Latent size 8 of 3', 'vae at latent size 8')
    """
    return text[0].upper() + text[1:] if text.startswith("latent size") else text


def listed(items: Sequence[object], conjunction: str = "and") -> str:
    """Join items as in a sentence.

    >>> listed([8, 16, 32]), listed(["vae"])
    ('8, 16 and 32', 'vae')
    """
    texts = [str(item) for item in items]
    if len(texts) == 1:
        return texts[0]
    return f"{', '.join(texts[:-1])} {conjunction} {texts[-1]}"


def number(value: Any, decimals: int | None) -> str:
    """Write a number for a reader, with a true minus sign; texts stay as they are.

    `decimals` are digits after the point. None is for whole numbers that are names, such as a
    seed: they have no thousands separators. A missing value (None, NaN) is a dash.

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
    """Write a number with its sign, also if it is positive.

    >>> signed(0.05, 2), signed(-0.05, 2), signed(0.0001, 2)
    ('+0.05', '−0.05', '0.00')
    """
    text = number(value, decimals)
    is_positive = bool(text.strip("0.")) and text[0] not in f"−{MISSING}"
    return f"+{text}" if is_positive else text


def percent(share: Any) -> str:
    """Write a share as a whole percentage."""
    text = number(share, 2)
    return text if text == MISSING else f"{number(100 * share, 0)} %"


def interval(low: Any, high: Any, decimals: int) -> str:
    """Write an interval as "low to high", or a dash if a bound is missing."""
    bounds = [number(low, decimals), number(high, decimals)]
    return MISSING if MISSING in bounds else " to ".join(bounds)


def paths_title(kind: str, noun: str) -> str:
    """Write the heading of a figure of paths.

    >>> paths_title("same", "digit"), paths_title("different", "class")
    ('Same digit', 'Different classes')
    """
    return f"Same {noun}" if kind == "same" else f"Different {plural(noun)}"
