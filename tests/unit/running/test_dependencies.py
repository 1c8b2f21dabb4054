"""A rule depends on its script and on all modules that the script imports."""

from pathlib import Path

import pytest
from checkout import ROOT

from vaesweep.running import dependencies
from vaesweep.running.dependencies import source_files

SCRIPTS = ROOT / "workflow" / "scripts"


def names(script: str) -> set[str]:
    return {path.name for path in source_files(SCRIPTS / script)}


def test_training_depends_on_what_it_imports_and_not_on_figures():
    found = names("train.py")
    assert {"train.py", "loop.py", "model.py", "checkpoints.py", "splits.py"} <= found
    assert not found & {"grids.py", "smoothness.py", "datasets.py", "words.py"}


def test_modules_that_decide_no_result_are_ignored():
    """An edit to logs, locks or downloads must not train anything again."""
    for script in SCRIPTS.glob("*.py"):
        ignored = {"jobs.py", "preflight.py", "files.py", "errors.py", "download.py", "fetch.py"}
        assert not names(script.name) & ignored
    assert names("fetch_data.py") == {"fetch_data.py"}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a subpackage. Returns a function that writes its files and a script."""
    monkeypatch.setattr(dependencies, "PACKAGE", tmp_path / "vaesweep")

    def write(**files: str) -> Path:
        for name, text in {"vaesweep.__init__": "", "vaesweep.room.__init__": "", **files}.items():
            path = tmp_path.joinpath(*name.split(".")).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "script.py"

    return write


@pytest.mark.parametrize(
    "line",
    [
        "from vaesweep.room.a import thing",
        "from vaesweep.room import a",
        "import vaesweep.room.a",
        "import vaesweep.room.a as other",
        "import os, vaesweep.room.a",
        "def later():\n    from vaesweep.room.a import thing",
    ],
)
def test_every_way_to_import_is_followed(package, line):
    script = package(**{"script": line, "vaesweep.room.a": "from vaesweep.b import x"} | B)
    found = [str(path.relative_to(script.parent)) for path in source_files(script)]
    assert found == ["script.py", "vaesweep/b.py", "vaesweep/room/a.py"]


B = {"vaesweep.b": "import numpy\nfrom json import dumps\n"}


@pytest.mark.parametrize(
    "line",
    [
        "from vaesweep.room.gone import thing",
        "from vaesweep.room import gone",
        "from vaesweep.gone import thing",
        "import vaesweep.gone",
        "from . import b",
    ],
)
def test_a_missing_module_is_an_error(package, line):
    script = package(script=f"import os\n{line}", **B)
    with pytest.raises(ModuleNotFoundError, match=r"script\.py, line 2: the package has no module"):
        source_files(script)
