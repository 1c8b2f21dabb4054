"""Counts, lists and headings as readers have them."""

from collections.abc import Sequence


def counted(count: int, noun: str) -> str:
    """Write a count and its noun, in the plural unless it is one.

    >>> counted(1, "seed"), counted(5, "seed")
    ('1 seed', '5 seeds')
    """
    return f"{count} {noun}" + ("s" if count != 1 else "")


def listed(items: Sequence[object]) -> str:
    """Join items as in a sentence.

    >>> listed([8, 16, 32])
    '8, 16 and 32'
    """
    *most, last = (str(item) for item in items)
    return f"{', '.join(most)} and {last}" if most else last


def paths_title(kind: str, dataset: str) -> str:
    """Return the heading of a figure of paths; `kind` is "same" or "different"."""
    one, many = ("digit", "digits") if dataset == "MNIST" else ("class", "classes")
    return f"Same {one}" if kind == "same" else f"Different {many}"
