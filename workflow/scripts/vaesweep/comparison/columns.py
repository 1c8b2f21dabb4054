"""The columns of the tables: their words, from columns.yaml, and their numbers as texts."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import yaml

from vaesweep.data.pairs import KINDS
from vaesweep.files import workflow_path
from vaesweep.interpolation import PATHS
from vaesweep.runs import Run
from vaesweep.scoring.smoothness import PARTS
from vaesweep.words import interval, number, percent

RECORDS = yaml.safe_load(workflow_path("templates/columns.yaml").read_text(encoding="utf-8"))
# What a column has unless columns.yaml says otherwise.
DEFAULTS: dict[str, Any] = {"decimals": None, "text": False}
DEFAULTS |= dict.fromkeys(("heading", "unit", "range", "better", "meaning", "words"), "")
PART_COLUMNS = [f"{part.name}_{kind}" for part in PARTS for kind in KINDS]
# Display names of the paths through codes.
OTHER_PATHS = {name: path.words for name, path in PATHS.items()} | RECORDS["other_paths"]


def _columns() -> dict[str, dict[str, Any]]:
    """The columns of columns.yaml, and those of the parts of quality."""
    columns = {name: DEFAULTS | column for name, column in RECORDS["columns"].items()}
    for part in PARTS:
        record = RECORDS["parts"][part.name]
        column = DEFAULTS | {"range": "0 to 1", "better": "more", "decimals": 3}
        columns[part.name] = column | {"meaning": record["meaning"]}
        for kind in KINDS:
            heading = f"{record['title']},\n{kind}"
            # As in columns.yaml, the first of the two kinds has the meaning of both.
            meaning = record["meaning"] if kind == KINDS[0] else ""
            columns[f"{part.name}_{kind}"] = column | {"heading": heading, "meaning": meaning}
    return columns


def _shown(names: Sequence[str]) -> list[str]:
    """The columns of a table in the reports, `parts` replaced by those of the parts of quality."""
    return [column for name in names for column in (PART_COLUMNS if name == "parts" else [name])]


COLUMNS = _columns()
# The columns that each table of the reports shows.
SHOWN = {table: _shown(names) for table, names in RECORDS["shown"].items()}


def table_texts(
    table: pd.DataFrame, names: Sequence[str], chosen: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the texts of a table for a template: `columns`, `rows`, and `marked` row numbers.

    `names` are the columns to show, keys of COLUMNS. `interval` and `first` are made here from
    other columns, and the variant is left out if there is only one. The rows of the run or setting
    in `chosen` (chosen.json) are marked.
    """
    if "variant" in names and table["variant"].nunique() == 1:
        names = [name for name in names if name != "variant"]
    marked = pd.Series(chosen is not None, table.index)
    for key in Run._fields:
        if chosen and key in table:
            marked &= table[key] == chosen[key]
    if "interval" in names:
        bounds = zip(table["score_low"], table["score_high"], strict=True)
        table = table.assign(interval=[interval(low, high, 3) for low, high in bounds])
    if "first" in names:
        table = table.assign(first=[percent(share) for share in table["win_probability"]])
    if "flags" in names:
        table = table.assign(flags=table["flags"].str.replace(";", ", "))
    columns = [COLUMNS[name] for name in names]
    texts = [
        [number(value, column["decimals"]) for value in table[name]]
        for name, column in zip(names, columns, strict=True)
    ]
    return {
        "columns": columns,
        "rows": [list(row) for row in zip(*texts, strict=True)],
        "marked": [row for row, is_marked in enumerate(marked) if is_marked],
    }


def plain(heading: str) -> str:
    """A heading on one line, without the line breaks for narrow columns."""
    return heading.replace("-\n", "").replace("\n", " ")
