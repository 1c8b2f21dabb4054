"""A look at config.yaml before Snakemake reads it, for errors that name file and line."""

import re
from pathlib import Path
from typing import Any

import yaml

from vaesweep.errors import UserError


def check_config_file(path: Path) -> None:
    """Check a YAML file. UserError, with file and line, for the first thing that is wrong.

    It must be readable, not empty, YAML, keys with values, no key twice, and must not ask Snakemake
    to run expressions.
    """
    text = _read(path)
    config = _parse(text, path)
    if config is None:
        raise UserError(f"{path} is empty, expected keys with values; restore it, or write {{}}")
    if not isinstance(config, dict):
        raise UserError(f"{path}: expected keys with values at top level, found {config!r:.40}")
    if "__use_yte__" in config:
        raise UserError(
            f"{path}: __use_yte__ would run the expressions in the file; remove the key"
        )
    octal = re.search(r"^netid:\s*(0[0-7]+)\b", text, re.MULTILINE)
    if octal:
        line = text.count("\n", 0, octal.start()) + 1
        raise UserError(
            f"{path}, line {line}: YAML reads netid {octal[1]} as {int(octal[1], 8)}; put it in "
            f"quotes: '{octal[1]}'"
        )


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(
            f"there is no {path} in {Path.cwd()}; run in the workflow's folder, or restore the file"
        ) from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}; make it readable") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{path}, line {line}: the byte {error.object[error.start]:#04x} is not UTF-8; "
            "save the file as UTF-8"
        ) from error


def _parse(text: str, path: Path) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise UserError(f"{path}{place}: not YAML ({problem}); correct that line") from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, AttributeError) as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())})") from error


class _Loader(yaml.SafeLoader):
    """A loader that refuses a key that appears twice. Others silently take the last value."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in names:
                    problem = f"{key.value} appears twice"
                    raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
                names.add(key.value)
        return super().construct_mapping(node, deep)
