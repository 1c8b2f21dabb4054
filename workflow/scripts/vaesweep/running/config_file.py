"""A look at config.yaml before Snakemake reads it, for errors that name file and line."""

from pathlib import Path

import yaml

from vaesweep.errors import UserError

# More than any sweep needs. An alias inside its own anchor would never end.
MAX_NODES = 100_000


def check_config_file(path: Path) -> None:
    """Check a YAML file. UserError, with file and line, for the first thing that is wrong.

    It must be readable, not empty, YAML, keys with values, no key twice, and must not ask Snakemake
    to run expressions.
    """
    root = _compose(_read(path), path)
    if root is None:
        raise UserError(f"{path} is empty, expected keys with values; restore it, or write {{}}")
    if not isinstance(root, yaml.MappingNode):
        raise UserError(f"{_place(path, root.start_mark)}: expected keys with values at top level")
    _require_distinct_keys(root, path)
    for key, value in root.value:
        if key.value == "netid" and value.tag.endswith(":int"):
            meaning = str(yaml.safe_load(value.value))  # 0123 is octal: 83
            if meaning != value.value:
                raise UserError(
                    f"{_place(path, value.start_mark)}: YAML reads netid {value.value} as "
                    f"{meaning}; put it in quotes: '{value.value}'"
                )
        if key.value == "__use_yte__":
            raise UserError(
                f"{_place(path, key.start_mark)}: __use_yte__ would run the expressions in the "
                "file; remove the key"
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


def _compose(text: str, path: Path) -> yaml.Node | None:
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise UserError(f"{path}, line {number}: indented by a tab; use spaces")
    try:
        yaml.safe_load(text)  # finds more than composing does: the date 2026-13-45 is no value
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise UserError(f"{_place(path, mark)}: not YAML ({problem}); correct that line") from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, AttributeError) as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())})") from error


def _require_distinct_keys(root: yaml.Node, path: Path) -> None:
    """YAML readers silently take the last of two equal keys."""
    waiting = [root]
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        if count > MAX_NODES:
            raise UserError(
                f"{path}: more than {MAX_NODES:,} entries, counting aliases; simplify it"
            )
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        first_lines: dict[str, int] = {}
        for key, value in node.value:
            waiting += [key, value]
            if key.value in first_lines:
                raise UserError(
                    f"{_place(path, key.start_mark)}: {key.value} appears twice, first in line "
                    f"{first_lines[key.value]}; remove one"
                )
            first_lines[key.value] = key.start_mark.line + 1


def _place(path: Path, mark: yaml.Mark | None) -> str:
    return f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
