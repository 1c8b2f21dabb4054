"""What the columns of the tables are, for every report: `workflow/templates/columns.yaml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from vaesweep.data.pairs import KINDS
from vaesweep.files import part_of_workflow
from vaesweep.interpolation import PATHS
from vaesweep.runs import Run, Setting
from vaesweep.scoring.smoothness import PARTS

FILE = part_of_workflow("templates/columns.yaml")


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    heading: str = ""  # over it in the reports, with the unit; a line break where space is short
    decimals: int | None = None  # digits after the point; None shows a name or a count as it is
    meaning: str = ""  # what a legend says of it; may be empty
    text: bool = False  # whether it is set flush left
    unit: str = ""
    range: str = ""
    better: str = ""  # "more", "less" or neither
    words: str = ""  # what a sentence calls it


def _columns(records: dict[str, Any]) -> Iterator[Column]:
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
            yield Column(name.replace("{kind}", kind), **own)


RECORDS = yaml.safe_load(FILE.read_text(encoding="utf-8"))
WAYS = {name: path.words for name, path in PATHS.items()} | RECORDS["ways"]
COLUMNS = {column.name: column for column in _columns(RECORDS["columns"])}
SETTINGS = (
    *("rank", *Setting._fields, "seeds", "score", "interval", "first"),
    *(f"{name}_{kind}" for name in ("score", "quality") for kind in KINDS),
    *(f"{part.name}_{kind}" for part in PARTS for kind in KINDS),
    *("neg_elbo", "reconstruction", "kl", "active_units", "train_seconds"),
    *("best_seed", "best_score"),
)
RUNS = ("rank", *Run._fields, "status", *SETTINGS[4:-2], "device", "flags")
COSTS = ("rule", "jobs", "seconds_each", "seconds", "memory_mib")
