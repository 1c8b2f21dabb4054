"""What the columns of the tables are, by `workflow/templates/columns.yaml`; tables as texts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import yaml

from vaesweep.data.pairs import KINDS
from vaesweep.files import workflow_path
from vaesweep.interpolation import PATHS
from vaesweep.runs import Run
from vaesweep.scoring.smoothness import PARTS
from vaesweep.words import interval, number, percent

FILE = workflow_path("templates/columns.yaml")


# What a column has where the file says nothing else; the file says what these are.
UNSAID = {"heading": "", "decimals": None, "meaning": "", "text": False, "unit": "", "range": ""}
UNSAID |= {"better": "", "words": ""}


def _columns(records: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The file's columns, {kind} filled in, and those of parts."""
    for part in PARTS:
        words = RECORDS["parts"][part.name]
        own = {"meaning": words["meaning"], "range": "0 to 1", "better": "more"}
        heading = f"{words['title']},\n{{kind}}"
        records = {part.name: own, **records}
        records[f"{part.name}_{{kind}}"] = {"heading": heading, "decimals": 3, **own}
    for name, record in records.items():
        for kind in KINDS if "{kind}" in name else ("",):
            own = record | {"heading": record.get("heading", "").replace("{kind}", kind)}
            if kind in KINDS[1:]:  # a legend says it once
                own["meaning"] = ""
            yield name.replace("{kind}", kind), UNSAID | own


def _expanded(names: str) -> Iterator[str]:
    for name in names.split():
        for part in PARTS if "{part}" in name else PARTS[:1]:
            for kind in KINDS if "{kind}" in name else KINDS[:1]:
                yield name.replace("{part}", part.name).replace("{kind}", kind)


RECORDS = yaml.safe_load(FILE.read_text(encoding="utf-8"))
OTHER_PATHS = {name: path.words for name, path in PATHS.items()} | RECORDS["ways"]
COLUMNS = dict(_columns(RECORDS["columns"]))
# By what the reports call a table, the columns that it shows.
SHOWN = {name: list(_expanded(columns)) for name, columns in RECORDS["shown"].items()}


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
    columns = {name: COLUMNS[name] for name in names}
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
    texts = [
        [number(value, column["decimals"]) for value in table[name]]
        for name, column in columns.items()
    ]
    return {
        "columns": list(columns.values()),
        "rows": [list(row) for row in zip(*texts, strict=True)],
        "marked": [place for place, is_marked in enumerate(marked) if is_marked],
    }


def plain(heading: str) -> str:
    """A heading on one line, without the breaks where space is short."""
    return heading.replace("-\n", "").replace("\n", " ")
