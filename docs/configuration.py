"""Write docs/configuration.md, a page on all keys of config.yaml: python docs/configuration.py."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "workflow/scripts"))

from vaesweep.running.schema import read_schema

HEAD = """\
# Configuration

All keys of [config.yaml](../config.yaml), generated from
[the schema](../workflow/schemas/config.schema.yaml) that checks it: `python docs/configuration.py`.
A key that is left out takes its default; a wrong key or value is named before anything runs.

A key can be set for one command: `snakemake --cores 8 --config netid=abc 'training={epochs: 2}'`.
Snakemake merges it, and the files of `--configfile`, into config.yaml key by key, so
`--config 'sweep={variants: {conv: {model: {architecture: conv}}}}'` adds `conv` and keeps `vae`; the
first lines of a run name the variants. To leave one out, edit config.yaml, or write another one in a
folder of its own. Lists are replaced as a whole.
[architecture.md](architecture.md#what-an-edit-makes-rerun) says what a change makes run again,
[module.md](module.md) where the keys stand if this is a module of another workflow.
"""


def type_of(schema: dict[str, Any]) -> str:
    """What a value may be: its type with its bounds, or the choices."""
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if types == ["array"]:
        items = type_of(schema["items"])
        return f"list of {items.replace('number', 'numbers').replace('text', 'texts')}"
    if types == ["object"]:
        return "named sections"
    words = {"integer": "whole number", "string": "text"}
    names = [words.get(name, name) for name in types]
    if "then" in schema:  # a text that has to be one of some words
        names = [f"`{word}`" for word in schema["then"]["enum"]] + names[:1]
    bounds = []
    if "minimum" in schema:
        bounds.append(f"from {schema['minimum']:,}")
    if "exclusiveMinimum" in schema:
        bounds.append(f"above {schema['exclusiveMinimum']:,}")
    if "maximum" in schema:
        bounds.append(f"to {schema['maximum']:,}")
    if "$comment" in schema:
        bounds.append(schema["$comment"])
    return " or ".join(names) + (f" ({' '.join(bounds)})" if bounds else "")


def rows(section: str, schema: dict[str, Any]) -> Iterator[list[str]]:
    """A row for each key of a section, and for each key of the named sections in it."""
    for key, part in schema["properties"].items():
        if "$ref" in part:  # model and training, in a variant
            continue
        name = f"{section}.{key}" if section else key
        default = f"`{json.dumps(part['default'])}`" if "default" in part else "none: required"
        cells = [f"`{name}`", type_of(part), default, part.get("unit", ""), part["description"]]
        yield [cell.replace("|", "\\|") for cell in cells]
        named = part.get("additionalProperties")
        if isinstance(named, dict) and "properties" in named:
            yield from rows(f"{name}.NAME", named)


def table(section: str, schema: dict[str, Any]) -> str:
    """The table of a section."""
    lines = [["key", "type", "default", "unit", "meaning"], ["---"] * 5, *rows(section, schema)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def page() -> str:
    """The whole page."""
    properties = read_schema()["properties"]
    single = {key: part for key, part in properties.items() if "properties" not in part}
    sections = [HEAD, table("", {"properties": single})]
    for name, section in properties.items():
        if name not in single:
            sections += [f"## {name}\n\n{section['description']}\n", table(name, section)]
    return "\n".join(sections)


if __name__ == "__main__":
    Path(__file__).with_suffix(".md").write_text(page(), encoding="utf-8")
