"""The configuration: defaults filled in, every value checked, errors that name the key."""

import difflib
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from vaesweep.errors import UserError

SCHEMA = Path(__file__).parents[3] / "schemas" / "config.schema.yaml"
# YAML 1.1, which PyYAML reads, takes 1e-3 for text because it has no dot.
NUMBER = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
# The largest whole number up to which floats are exact.
MOST_EXACT = 2**53
LONGEST_VALUE = 10_000  # characters of a list on the command line
# What a keyword of the schema expects, given its limit.
EXPECTED = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minItems": "at least one entry",
    "minLength": "at least one entry",
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
    _require_pinned_in_sweep(filled)
    return filled


@lru_cache
def _schema() -> dict[str, Any]:
    """The schema; read once, for it takes longer than all checks."""
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def _fill(value: Any, schema: dict[str, Any]) -> Any:
    """Defaults for what is absent; an empty section (null in YAML) takes them all."""
    if "properties" not in schema:
        return _as_meant(value, schema)
    value = {} if value is None else value
    if not isinstance(value, dict):
        return value  # for the validator to refuse
    known = schema["properties"]
    filled = {key: _fill(value.get(key, part.get("default")), part) for key, part in known.items()}
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
    if types == {"string"} and type(value) in (int, float):
        return str(value)
    if isinstance(value, str) and types and types != {"string"}:
        value = _as_yaml(value)
        if isinstance(value, list):
            return _as_meant(value, schema)
    # One value, one writing: 2.0 would be another file name and another parameter than 2.
    if isinstance(value, float) and value.is_integer() and abs(value) <= MOST_EXACT:
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
    found = _shorten(repr(error.instance))
    return f"config: {key} is {found}, expected {_expected(error)}{purpose}; edit config.yaml"


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


def _require_finite(config: dict[str, Any]) -> None:
    """JSON Schema has no word for it: every bound lets .nan pass."""
    for name, section in config.items():
        for key, value in section.items() if isinstance(section, dict) else ():
            if isinstance(value, float) and not math.isfinite(value):
                raise UserError(
                    f"config: {name}.{key} is {value}, expected a number; edit config.yaml"
                )


def _shorten(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _require_pinned_in_sweep(config: dict[str, Any]) -> None:
    for key, swept in (("latent_size", "latent_sizes"), ("seed", "seeds")):
        pinned, values = config["selection"][key], config["sweep"][swept]
        if pinned is not None and pinned not in values:
            raise UserError(
                f"config: selection.{key} is {pinned}, which sweep.{swept} "
                f"({', '.join(map(str, values))}) does not hold; add it there, or pin one of "
                "those, or set null to choose by score"
            )
