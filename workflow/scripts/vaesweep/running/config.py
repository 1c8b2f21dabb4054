"""The configuration: fill in defaults, convert values, check them; errors name the key."""

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from vaesweep.errors import UserError
from vaesweep.running.schema import defaults, read_schema
from vaesweep.running.sweep import HOW_JOBS_RUN, expanded

# YAML 1.1, which PyYAML reads, takes 1e-3 for text because it has no dot.
NUMBER = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
MAX_EXACT = 2**53  # up to here, floats represent every whole number
MAX_FAULTS = 10  # in a message
MAX_SHOWN = 160  # characters of a problem in a message
# The keys of `selection`, and the keys of `sweep` that list the values to select from.
SELECTABLE = {"variant": "variants", "latent_size": "latent_sizes", "seed": "seeds"}


def complete(
    config: dict[str, Any], command_line: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the configuration with the schema's defaults for what is left out.

    `command_line` are the sections that --config gave. UserError, with a line for each fault, if a
    key is unknown, a value is not allowed, or the selected run is not in the sweep.
    """
    schema = read_schema()
    completed: dict[str, Any] = coerce(merge(defaults(schema), config), schema)
    errors = Draft202012Validator(schema).iter_errors(completed)
    faults = [line for error in errors for line in _explain(error, command_line or {})]
    faults = faults or list(_inconsistencies(completed))
    if len(faults) > MAX_FAULTS:
        faults[MAX_FAULTS:] = [f"and {len(faults) - MAX_FAULTS} more faults"]
    if faults:
        raise UserError("\n".join(f"config: {fault}" for fault in faults))
    return completed


def as_yaml(config: Mapping[str, Any]) -> str:
    """Write a configuration as YAML, with a line for each key and each list on one line."""
    return yaml.dump(config, Dumper=_Dumper, sort_keys=False, width=math.inf)


class _Dumper(yaml.SafeDumper):
    def represent_list(self, data: list[Any]) -> yaml.Node:
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


_Dumper.add_representer(list, _Dumper.represent_list)


def merge(known: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the known defaults with the given values. An empty section (null) changes nothing."""
    merged = dict(known)
    for key, value in given.items():
        default = known.get(key)
        if isinstance(default, dict) and isinstance(value, dict):
            merged[key] = default | value
        elif not isinstance(default, dict) or value is not None:
            merged[key] = value
    return merged


def coerce(value: Any, schema: dict[str, Any]) -> Any:
    """Convert a value, and all values in it, to the types that the schema asks for.

    Snakemake passes on values inside `--config 'a={b: 1}'` or in a profile as text. In a file,
    1e-3 is text, a size of 2.0 is 2, and a netid of digits is text. What cannot be converted stays
    as it is, for the schema to refuse.
    """
    if "$ref" in schema:
        schema = read_schema()["properties"][schema["$ref"].rsplit("/", 1)[-1]]
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if "object" in types:
        value = schema.get("default", {}) if value is None else value
        return _coerce_object(value, schema) if isinstance(value, dict) else value
    if "string" in types and "integer" not in types:
        if "null" in types and isinstance(value, str) and _parse(value) is None:
            return None
        return str(value) if type(value) in (int, float) else value
    if isinstance(value, str) and types:
        value = _parse(value)
    elif isinstance(value, str):  # one of some words, in capitals or not
        words = schema.get("enum", ())
        return next((word for word in words if word.lower() == value.lower()), value)
    if isinstance(value, list) and "array" in types:
        return [coerce(part, schema["items"]) for part in value]
    return _coerce_number(value) if isinstance(value, float) else value


def _coerce_object(value: dict[Any, Any], schema: dict[str, Any]) -> dict[str, Any]:
    known, others = schema.get("properties", {}), schema["additionalProperties"] or {}
    return {str(key): coerce(part, known.get(key, others)) for key, part in value.items()}


def _coerce_number(value: float) -> float | int | str:
    if not math.isfinite(value):
        return str(value)  # text, which the schema refuses: .nan would pass every bound
    # One notation for each value: 2.0 would be another file name and another parameter than 2.
    return int(value) if value.is_integer() and abs(value) <= MAX_EXACT else value


def _parse(text: str) -> Any:
    """The value that a text has as YAML, or the text itself if it is no YAML."""
    if NUMBER.fullmatch(text):
        return float(text)
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, AttributeError):
        return text


def _explain(error: ValidationError, command_line: Mapping[str, Any]) -> Iterator[str]:
    """Describe an error in lines: the key, the problem, what the key is for, what to do."""
    key = _printable(".".join(str(part) for part in error.absolute_path))
    if error.validator == "additionalProperties":
        yield from _explain_unknown_keys(error, key)
        return
    problem = error.message
    if error.validator == "pattern":
        problem = f"{error.instance!r} is not {error.schema['$comment']}"
    if len(problem) > MAX_SHOWN:
        problem = f"{problem[: MAX_SHOWN // 2]} ... {problem[-MAX_SHOWN // 2 :]}"
    description = error.schema.get("description", "").rstrip(".")
    purpose = f" ({description})" if description else ""
    place = "on the command line" if _is_in(command_line, error.absolute_path) else "in config.yaml"
    yield f"{key}: {problem}{purpose}; correct it {place}"


def _explain_unknown_keys(error: ValidationError, section: str) -> Iterator[str]:
    known = list(error.schema["properties"])
    for unknown in [str(name) for name in error.instance if name not in known]:
        similar = difflib.get_close_matches(unknown, known, n=1)
        advice = f"did you mean {similar[0]}?" if similar else f"known keys: {', '.join(known)}"
        key = f"{section}.{_printable(unknown)}" if section else _printable(unknown)
        yield f"unknown key {key}; {advice}"


def _is_in(sections: Any, path: Iterable[str | int]) -> bool:
    """Whether nested sections hold the key at a path, or a list that holds it."""
    for key in path:
        if not isinstance(sections, Mapping):
            return True
        if key not in sections:
            return False
        sections = sections[key]
    return True


def _printable(key: str) -> str:
    """A key on one line, shortened."""
    shown = key if key.isprintable() else repr(key)
    return shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}..."


def _inconsistencies(config: dict[str, Any]) -> Iterator[str]:
    """Describe what a schema cannot express: keys that contradict other keys."""
    sweep = config["sweep"]
    for name, changes in sweep["variants"].items():
        for key in HOW_JOBS_RUN:
            if key in changes.get("training", {}):
                yield (
                    f"sweep.variants.{name}.training.{key} cannot differ between variants; "
                    f"set training.{key}"
                )
    folders: dict[str, str] = {}
    for name in (*sweep["variants"], *sweep["external"]):
        if name.lower() in folders:
            yield (
                f"{folders[name.lower()]} and {name}, in sweep.variants or sweep.external, have "
                "the same folder of results where case is ignored; rename one of them"
            )
        folders[name.lower()] = name
    for key, path in _paths(config):
        if expanded(path).startswith("~"):
            user = path.split("/")[0]
            yield f"{key} is {path}, but no home folder is known for {user}; write the whole path"
    for key, swept in SELECTABLE.items():
        selected, values = config["selection"][key], list(sweep[swept])
        if selected is not None and selected not in values:
            yield (
                f"selection.{key} is {selected}, which is not in sweep.{swept} "
                f"({', '.join(map(str, values))}); add it there, select one of those, or set it to "
                "null to choose by score"
            )


def _paths(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys that are paths."""
    yield "dataset.dir", config["dataset"]["dir"]
    for name, model in config["sweep"]["external"].items():
        for path in model["frames"]:
            yield f"sweep.external.{name}.frames", path
