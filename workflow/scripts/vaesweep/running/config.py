"""The configuration: defaults filled in, every value checked, errors that name the key."""

import difflib
import math
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from vaesweep.errors import UserError
from vaesweep.files import workflow_path
from vaesweep.runs import Setting

SCHEMA = workflow_path("schemas/config.schema.yaml")
# YAML 1.1, which PyYAML reads, takes 1e-3 for text because it has no dot.
NUMBER = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
# The largest whole number up to which floats are exact.
MAX_EXACT = 2**53
LONGEST_VALUE = 10_000  # characters of a list on the command line
# Of `training`, what says how jobs are run.
COMMON = {"seeds_per_job", "checkpoint_seconds"}
PINS = {"variant": "variants", "latent_size": "latent_sizes", "seed": "seeds"}
# What a keyword of the schema expects, given its limit.
EXPECTED = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minItems": "at least one entry",
    "minProperties": "at least one entry",
    "maxItems": "at most {} entries",
    "uniqueItems": "no entry twice",
}


def complete(config: dict[str, Any]) -> dict[str, Any]:
    """Check what config.yaml and the command line gave, and fill in the schema's defaults.

    A UserError: a key is unknown, a value is not allowed, or the pinned run is not in the sweep.
    """
    schema = _schema()
    filled = _fill(config, schema)
    error = best_match(Draft202012Validator(schema).iter_errors(filled))
    if error is not None:
        raise UserError(_explain(error))
    _require_finite(filled)
    _require_consistent_sweep(filled)
    return filled


def variants(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each variant's whole sections `model` and `training`."""
    return {
        name: {part: config[part] | changes.get(part, {}) for part in ("model", "training")}
        for name, changes in config["sweep"]["variants"].items()
    }


def as_yaml(config: Mapping[str, Any]) -> str:
    """Write a configuration as YAML with a line a key, lists on one."""
    return yaml.dump(config, Dumper=_Dumper, sort_keys=False, width=math.inf)


class _Dumper(yaml.SafeDumper):
    def represent_list(self, data: list[Any]) -> yaml.Node:
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


_Dumper.add_representer(list, _Dumper.represent_list)


def settings(config: Mapping[str, Any]) -> list[Setting]:
    """All that is compared: variants at latent sizes, then models from elsewhere."""
    sweep = config["sweep"]
    trained = [Setting(name, size) for name in sweep["variants"] for size in sweep["latent_sizes"]]
    return trained + [Setting(name, own["latent_size"]) for name, own in sweep["external"].items()]


def require_frames(config: Mapping[str, Any]) -> None:
    """Raise a UserError for a file of a model from elsewhere that is not there."""
    for name, own in config["sweep"]["external"].items():
        for path in map(Path, own["frames"]):
            if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file may raise
                raise UserError(
                    f"config: sweep.external.{name}.frames has {path}, but there is no such file "
                    f"in {Path.cwd()}; make it as docs/external.md shows, or correct its path"
                )


@lru_cache
def _schema() -> dict[str, Any]:
    """The schema; read once, for it takes longer than all checks."""
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def _fill(value: Any, schema: dict[str, Any], whole: bool = True) -> Any:
    """Defaults for what is absent; an empty section (null in YAML) takes them all.

    A variant holds changes to sections that the schema refers to: it is not made `whole`.
    """
    if "$ref" in schema:
        schema, whole = _schema()["properties"][schema["$ref"].rsplit("/", 1)[-1]], False
    named = schema.get("additionalProperties")
    if "properties" not in schema and not named:
        return _as_meant(value, schema)
    value = schema.get("default", {}) if value is None else value
    if not isinstance(value, dict):
        return value  # for the validator to refuse
    if named:
        return {str(name): _fill(part, named) for name, part in value.items()}
    known = schema["properties"]
    filled = {
        key: _fill(value.get(key, part.get("default")), part, whole)
        for key, part in known.items()
        if key in value or (whole and "$ref" not in part)
    }
    return filled | {key: part for key, part in value.items() if key not in known}


def _as_meant(value: Any, schema: dict[str, Any]) -> Any:
    """A value in the type that its schema asks for.

    Snakemake hands on what stands inside `--config 'a={b: 1}'` or in a profile as text. In a file,
    1e-3 is text, a size of 2.0 is 2, and a netid of digits is a name.
    """
    if isinstance(value, list):
        return [_as_meant(part, schema.get("items", {})) for part in value]
    types = schema.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    if types and types <= {"string", "null"}:
        empty = "null" in types and isinstance(value, str) and _as_yaml(value) is None
        return None if empty else str(value) if type(value) in (int, float) else value
    if isinstance(value, str) and types:
        value = _as_yaml(value)
        if isinstance(value, list):
            return _as_meant(value, schema)
    # One value, one writing: 2.0 would be another file name and another parameter than 2.
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_EXACT:
        return int(value)
    return value


def _as_yaml(text: str) -> Any:
    """What a text means as YAML; the text itself where it means nothing."""
    if NUMBER.fullmatch(text):
        return float(text)
    try:
        return yaml.safe_load(text) if len(text) <= LONGEST_VALUE else text
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, AttributeError):
        return text


def _explain(error: ValidationError) -> str:
    """One sentence: key, what was found, what is expected, what to do."""
    key = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        unknown = next(str(name) for name in error.instance if name not in known)
        close = difflib.get_close_matches(unknown, known, n=1)
        advice = f"did you mean {close[0]}?" if close else f"known keys: {', '.join(known)}"
        shown = _shorten(unknown if unknown.isprintable() else repr(unknown))
        return f"config: unknown key {'.'.join(filter(None, [key, shown]))}; {advice}"
    described = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    purpose = f" ({described.rstrip('.')})" if described else ""
    named = "propertyNames" in error.absolute_schema_path
    found = ("has the name " if named else "is ") + _shorten(repr(error.instance))
    return f"config: {key} {found}, expected {_expected(error)}{purpose}; edit config.yaml"


def _expected(error: ValidationError) -> str:
    limit = error.validator_value
    match error.validator:
        case "type":
            return " or ".join(limit if isinstance(limit, list) else [limit])
        case "enum":
            return "one of " + ", ".join(map(str, limit))
        case "pattern":
            return str(error.schema["$comment"])
    return EXPECTED.get(str(error.validator), f"{error.validator} {{}}").format(limit)


def _require_finite(value: Any, *key: str) -> None:
    """JSON Schema has no word for it: every bound lets .nan pass."""
    for name, part in value.items() if isinstance(value, dict) else ():
        _require_finite(part, *key, name)
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"config: {'.'.join(key)} is {value}, expected a number; edit config.yaml")


def _shorten(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _require_consistent_sweep(config: dict[str, Any]) -> None:
    sweep = config["sweep"]
    for name, changes in sweep["variants"].items():
        for key in COMMON.intersection(changes.get("training", {})):
            raise UserError(
                f"config: sweep.variants.{name}.training.{key} cannot differ between variants; "
                f"set training.{key}"
            )
        if name in sweep["external"]:
            raise UserError(
                f"config: sweep.external has {name}, which sweep.variants has too; rename one"
            )
    for key, swept in PINS.items():
        pinned, values = config["selection"][key], list(sweep[swept])
        if pinned is not None and pinned not in values:
            raise UserError(
                f"config: selection.{key} is {pinned}, which sweep.{swept} "
                f"({', '.join(map(str, values))}) does not hold; add it there, or pin one of "
                "those, or set null to choose by score"
            )
