"""Which files of this package a script is made of, so that an edit reruns what it touches."""

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent


def source_files(script: Path) -> list[Path]:
    """The script and every module of the package that it imports, directly or through others.

    Args:
        script: a Python file.

    Returns:
        Sorted paths, the script first.
    """
    found: dict[Path, None] = {}
    waiting = [script]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = None
            waiting += _imported_modules(path)
    return [script, *sorted(path for path in found if path != script)]


@cache  # every rule asks for much the same modules, and Snakemake starts often
def _imported_modules(path: Path) -> list[Path]:
    modules = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            package, *parts = node.module.split(".")
            names = [parts[0]] if parts else [alias.name for alias in node.names]
            modules += [PACKAGE / f"{name}.py" for name in names if package == PACKAGE.name]
    return [module for module in modules if module.exists()]
