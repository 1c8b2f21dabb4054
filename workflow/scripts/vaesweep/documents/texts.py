"""Tables of numbers as tables of texts, for every report."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from vaesweep.comparison.columns import COLUMNS
from vaesweep.runs import Run
from vaesweep.words import interval, number, percent


def table_texts(
    table: pd.DataFrame, names: Sequence[str], chosen: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what a template shows as a table: `columns`, `rows` of texts, and `marked` rows.

    Rows of `table` stand in the order to show; the columns `interval`, `first` and `flags` of runs
    and settings are written here. `names` are those of the columns to show, keys of `COLUMNS`; that
    of a single variant is left out. The run or setting of `chosen`, of chosen.json, is marked.
    """
    if "variant" in names and table["variant"].nunique() == 1:
        names = [name for name in names if name != "variant"]
    columns = [COLUMNS[name] for name in names]
    marked = pd.Series(chosen is not None, table.index)
    for key in Run._fields:
        if chosen and key in table:
            marked &= table[key] == chosen[key]
    if "interval" in names:
        bounds = zip(table["score_low"], table["score_high"], strict=True)
        table = table.assign(interval=[interval(low, high, 3) for low, high in bounds])
        table["first"] = [percent(share) for share in table["win_probability"]]
    if "flags" in names:
        table = table.assign(flags=table["flags"].str.replace(";", ", "))
    texts = [[number(value, column.decimals) for value in table[column.name]] for column in columns]
    return {
        "columns": [asdict(column) for column in columns],
        "rows": [list(row) for row in zip(*texts, strict=True)],
        "marked": [place for place, is_marked in enumerate(marked) if is_marked],
    }


def plain(heading: str) -> str:
    """A heading on one line, without the breaks where space is short."""
    return heading.replace("-\n", "").replace("\n", " ")
