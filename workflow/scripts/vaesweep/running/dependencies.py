"""Which modules of the package decide a script's result, so that an edit reruns what it touches."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
# They decide no result: how a sweep is run, how files are written, and where images come from,
# which their MD5 sums pin.
FETCHING = ("data/fetch.py", "data/download.py", "data/packages.py")
PASSED_OVER = ("running", "errors.py", "files.py", *FETCHING)


def source_files(script: Path) -> list[Path]:
    """The script and, sorted, every module that decides its result, imported by whatever way.

    A module that the package does not have is a ModuleNotFoundError: passed over, it would be
    tracked no more, and every test would go on passing.
    """
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        passed_over = any(path.is_relative_to(PACKAGE / part) for part in PASSED_OVER)
        if path not in found and not passed_over:
            found.add(path)
            waiting += _imported_modules(path)
    records = {path.with_suffix(".yaml") for path in found}  # of modules that have any
    return [script, *sorted(found - {script}), *sorted(filter(Path.exists, records))]


@cache
def digest(path: Path) -> str:
    """What tells one content of a file from another, in twelve characters."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@cache  # every rule asks for much the same modules, and Snakemake starts often
def _imported_modules(path: Path) -> list[Path]:
    return [
        _module(name, f"{path}, line {line}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line, name in _names(node)
        if name.split(".")[0] == PACKAGE.name
    ]


def _names(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each module that an import asks for."""
    if isinstance(node, ast.Import):
        yield from ((node.lineno, alias.name) for alias in node.names)
    elif node.level:
        yield node.lineno, f"{PACKAGE.name}.{'.' * node.level}{node.module or ''}"  # refused
    elif node.module:
        # From a package one imports modules, since its __init__ holds a docstring and nothing else.
        if PACKAGE.parent.joinpath(*node.module.split(".")).is_dir():
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        else:
            yield node.lineno, node.module


def _module(name: str, where: str) -> Path:
    path = PACKAGE.parent.joinpath(*name.split(".")).with_suffix(".py")
    if not path.is_file():
        raise ModuleNotFoundError(f"{where}: the package has no module {name}")
    return path
