"""A look at config.yaml before Snakemake reads it, for errors that name file and line."""

from pathlib import Path

import yaml

from vaesweep.errors import UserError

# More than any sweep needs; an alias that holds itself never ends.
MAX_NODES = 100_000


def check_config_file(path: Path) -> None:
    """Raise a UserError, naming file and line, for what is wrong with a YAML file.

    It is missing, unreadable, empty, not YAML, not keys with values, has a key twice or asks
    Snakemake to run expressions.
    """
    root = _compose(_read(path), path)
    if root is None:
        raise UserError(f"{path} is empty, expected keys with values; restore it, or write {{}}")
    if not isinstance(root, yaml.MappingNode):
        raise UserError(f"{_place(path, root.start_mark)}: expected keys with values at top level")
    _require_distinct_keys(root, path)
    for key, value in root.value:
        if key.value == "netid" and value.tag.endswith(":int") and value.value != _plain(value):
            raise UserError(
                f"{_place(path, value.start_mark)}: netid {value.value} means {_plain(value)} to "
                f"YAML; put it in quotes: '{value.value}'"
            )
        if key.value == "__use_yte__":
            raise UserError(
                f"{_place(path, key.start_mark)}: __use_yte__ would run the expressions in the "
                "file; remove the key"
            )


def _plain(scalar: yaml.Node) -> str:
    return str(yaml.safe_load(scalar.value))


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


def _compose(text: str, path: Path) -> yaml.Node | None:
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise UserError(f"{path}, line {number}: indented by a tab; YAML wants spaces")
    try:
        yaml.safe_load(text)  # what can be composed may still be no value: the date 2026-13-45
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise UserError(f"{_place(path, mark)}: not YAML ({problem}); mend that line") from error
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())})") from error
    except (ValueError, RecursionError, OverflowError, AttributeError) as error:
        raise UserError(f"{path}: not YAML that can be read ({error})") from error


def _require_distinct_keys(root: yaml.Node, path: Path) -> None:
    """YAML readers take the last of two equal keys and say nothing."""
    waiting, seen = [root], 0
    while waiting:
        node, seen = waiting.pop(), seen + 1
        if seen > MAX_NODES:
            raise UserError(
                f"{path}: more than {MAX_NODES:,} entries, aliases counted; simplify it"
            )
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        waiting += [part for pair in pairs for part in pair]
        waiting += node.value if isinstance(node, yaml.SequenceNode) else []
        first: dict[str, int] = {}
        for key, _ in pairs:
            place = _place(path, key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise UserError(f"{place}: a key has to be a plain word")
            if key.value in first:
                raise UserError(
                    f"{place}: {key.value} stands twice, first in line {first[key.value]}; "
                    "remove one"
                )
            first[key.value] = key.start_mark.line + 1


def _place(path: Path, mark: yaml.Mark | None) -> str:
    return f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
