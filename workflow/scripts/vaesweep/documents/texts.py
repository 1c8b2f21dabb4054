"""Tables of numbers as tables of texts, for every report."""

from collections.abc import Sequence

import pandas as pd

from vaesweep.comparison.columns import COLUMNS, Column
from vaesweep.words import interval, number, percent


def with_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Add what is shown in place of numbers: the interval of the score, the share of firsts, flags.

    Args:
        table: runs.csv or latent_sizes.csv.
    """
    bounds = zip(table["score_low"], table["score_high"], strict=True)
    shown = table.assign(
        interval=[interval(low, high, 3) for low, high in bounds],
        first=[percent(share) for share in table["win_probability"]],
    )
    if "flags" in shown:
        shown["flags"] = shown["flags"].str.replace(";", ", ")
    return shown


def columns_of(names: Sequence[str]) -> list[Column]:
    """What the columns of these names are."""
    return [COLUMNS[name] for name in names]


def rows_of(table: pd.DataFrame, columns: Sequence[Column]) -> list[list[str]]:
    """Write a table's rows for a reader."""
    texts = [[number(value, column.decimals) for value in table[column.name]] for column in columns]
    return [list(row) for row in zip(*texts, strict=True)]
