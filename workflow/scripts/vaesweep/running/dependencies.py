"""Which modules of the package decide a script's result, so that an edit to one reruns the rule."""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
# These decide no result: how a sweep runs, how files are written, and how images are downloaded,
# since MD5 sums decide which images those are.
IGNORED = ("running", "errors.py", "files.py", "data/fetch.py", "data/download.py")


def source_files(script: Path) -> list[Path]:
    """The script and, sorted, every module that decides its result, however it is imported.

    An import of a module that the package does not have is a ModuleNotFoundError. If it were
    ignored, edits to that module would no longer rerun anything, and no test would notice.
    """
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        ignored = any(path.is_relative_to(PACKAGE / part) for part in IGNORED)
        if path not in found and not ignored:
            found.add(path)
            waiting += _imported_modules(path)
    data_files = {path.with_suffix(".yaml") for path in found}
    return [script, *sorted(found - {script}), *sorted(filter(Path.exists, data_files))]


@cache
def digest(path: Path) -> str:
    """A hash of a file's content, in twelve characters."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@cache  # all rules ask for much the same modules, and Snakemake starts often
def _imported_modules(path: Path) -> list[Path]:
    """The modules of the package that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for name in _imported_names(node):
            file = PACKAGE.parent.joinpath(*name.split(".")).with_suffix(".py")
            if name.split(".")[0] == PACKAGE.name:
                if not file.is_file():
                    where = f"{path}, line {node.lineno}"
                    raise ModuleNotFoundError(f"{where}: the package has no module {name}")
                found.append(file)
    return found


def _imported_names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Dotted names of the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = f"{PACKAGE.name}.(a relative import)" if node.level else node.module or ""
    # What is imported from a folder is a module, since every __init__.py is only a docstring.
    if PACKAGE.parent.joinpath(*module.split(".")).is_dir():
        return [f"{module}.{alias.name}" for alias in node.names]
    return [module]
