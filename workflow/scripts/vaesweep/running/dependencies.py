"""Which modules of the package decide a script's result, so that an edit reruns what it touches."""

import ast
import hashlib
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
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            module = f"{PACKAGE.name}.(a relative import)" if node.level else node.module or ""
            # From a package one imports modules: its __init__ holds a docstring and nothing else.
            of_package = PACKAGE.parent.joinpath(*module.split(".")).is_dir()
            names = [f"{module}.{alias.name}" for alias in node.names] if of_package else [module]
        for name in names:
            file = PACKAGE.parent.joinpath(*name.split(".")).with_suffix(".py")
            if name.split(".")[0] == PACKAGE.name:
                if not file.is_file():
                    where = f"{path}, line {node.lineno}"
                    raise ModuleNotFoundError(f"{where}: the package has no module {name}")
                found.append(file)
    return found
