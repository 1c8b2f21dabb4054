"""chosen.json: which run was chosen, and where its files are."""

from collections.abc import Iterable, Mapping
from typing import Any

from vaesweep.files import read_json
from vaesweep.runs import Run, run_of


def read_chosen(path: str) -> dict[str, Any]:
    """Read chosen.json; UserError if it is missing or damaged."""
    return read_json(path, *Run._fields, "value", "pinned", "verdict", "cautions")


def chosen_run(chosen: Mapping[str, Any]) -> Run:
    """The run that chosen.json names."""
    return Run(*(chosen[name] for name in Run._fields))


def file_of(chosen: Mapping[str, Any], paths: Iterable[str]) -> str:
    """The path that belongs to the chosen run."""
    return next(path for path in paths if run_of(path) == chosen_run(chosen))


def score_label(chosen: Mapping[str, Any]) -> str:
    """Say on which pairs `value` of chosen.json was measured."""
    if chosen["candidates"] == 1:
        return "score"
    return "score on pairs that took no part in the choice"
