"""The rules of the architecture: who may import whom, and where a new record is written."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from checkout import ROOT

from vaesweep.data.datasets import DATASETS
from vaesweep.interpolation import PATHS
from vaesweep.running.dependencies import source_files
from vaesweep.training.model import ARCHITECTURES
from vaesweep.training.objectives import OBJECTIVES

PACKAGE = ROOT / "workflow/scripts/vaesweep"
MODULES = sorted(PACKAGE.rglob("*.py"))
# The rooms, which are modules and subpackages: each may import from itself and those before it.
ORDER = [
    {"errors", "statistics", "words"},
    {"runs"},
    {"files"},
    {"templates"},
    {"running"},
    {"data"},
    {"training", "figures"},
    {"interpolation"},
    {"scoring"},
    {"comparison"},
    {"documents"},
]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Dotted names of all that is imported; `from vaesweep import x` gives vaesweep.x."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    names = [f"{node.module}.{alias.name}" for node in froms for alias in node.names]
    return names + [a.name for node in nodes if isinstance(node, ast.Import) for a in node.names]


def test_every_room_is_in_the_order():
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    assert rooms == set().union(*ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path):
    room = room_of(path)
    if room == "__init__":
        return
    place = next(k for k, rooms in enumerate(ORDER) if room in rooms)
    allowed = set().union(*ORDER[:place], {room})
    known = {name.split(".")[1] for name in imports(path) if name.startswith("vaesweep.")}
    assert known <= allowed


def test_no_module_imports_snakemake():
    assert not [path for path in MODULES if any("snakemake" in name for name in imports(path))]


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"])
def test_an_init_is_a_docstring_and_nothing_else(path):
    [only] = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(only, ast.Expr) and isinstance(only.value.value, str)


def test_every_module_is_used_by_a_script_or_a_rule():
    scripts = (ROOT / "workflow/scripts").glob("*.py")
    used = {path for script in scripts for path in source_files(script)}
    by_rules = re.findall(
        r"from vaesweep\.([\w.]+) import",
        "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk")),
    )
    used |= {PACKAGE / f"{name.replace('.', '/')}.py" for name in by_rules}
    untracked = {path for path in MODULES if room_of(path) in ("running", "errors", "files")}
    untracked |= {PACKAGE / f"data/{name}.py" for name in ("fetch", "download", "idx", "cautions")}
    inits = {path for path in MODULES if path.name == "__init__.py"}
    assert set(MODULES) - used - untracked - inits == set()


@pytest.mark.parametrize(
    ("records", "section", "key"),
    [
        (DATASETS, "dataset", "name"),
        (ARCHITECTURES, "model", "architecture"),
        (OBJECTIVES, "model", "objective"),
        (PATHS, "interpolation", "path"),
    ],
)
def test_the_schema_allows_exactly_the_names_of_the_records(records, section, key):
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    allowed = schema["properties"][section]["properties"][key]["enum"]
    assert allowed == list(records)


def test_the_classes_of_a_data_set_have_distinct_names():
    for name, dataset in DATASETS.items():
        assert dataset.name == name and dataset.noun.islower()
        assert len(set(dataset.classes)) == len(dataset.classes) >= 2
