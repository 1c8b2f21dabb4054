import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from checkout import ROOT

ENVS = ROOT / "envs"
PIN = re.compile(r"([A-Za-z0-9._-]+)==(\S+)")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    lines = (ENVS / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [PIN.fullmatch(line) for line in lines if line and not line.startswith("#")]
    assert all(found), "every line of constraints.txt pins one package exactly"
    return {canonical(match[1]): match[2] for match in found if match}


def required() -> list[str]:
    lines = (ENVS / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [line.split("#")[0].strip() for line in lines]
    return [name for name in names if name and not name.startswith("-c")]


def test_every_required_package_is_pinned_once_and_nowhere_else() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in required())
    assert set(required()) <= set(pins())


@pytest.mark.parametrize("path", sorted(ENVS.glob("*.yaml")), ids=lambda path: path.name)
def test_conda_environment_has_the_same_pins(path: Path) -> None:
    dependencies = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    packages = [line for part in dependencies if isinstance(part, dict) for line in part["pip"]]
    matches = [PIN.fullmatch(line) for line in packages]
    assert matches and all(matches)
    assert {match[1]: match[2] for match in matches if match}.items() <= pins().items()


def test_every_imported_package_is_required_and_in_the_conda_environment() -> None:
    """The conda environment serves the rules' scripts, requirements.txt everything."""
    distributions = {"PIL": "pillow", "yaml": "pyyaml", "ot": "pot"}
    own = {path.stem for path in ROOT.glob("workflow/scripts/**/*.py")} | {"vaesweep", "__future__"}

    def imported(folder: Path) -> set[str]:
        names = set()
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.split(".")[0])
        third_party = names - own - set(sys.stdlib_module_names)
        return {canonical(distributions.get(name, name)) for name in third_party}

    conda = (ENVS / "vaesweep.yaml").read_text(encoding="utf-8")
    needed = imported(ROOT / "workflow")
    assert needed <= {canonical(match[1]) for match in PIN.finditer(conda)}
    assert needed <= set(required())


@pytest.mark.skipif(
    not Path(sys.prefix).is_relative_to(ROOT), reason="runs in the .venv that make sets up"
)
def test_installed_versions_are_the_pinned_ones() -> None:
    found = {}
    for name in pins():
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # needed on another platform only
            continue
    assert found == {name: pins()[name] for name in found}
    assert set(required()) <= set(found)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder with the Makefile and the pins, in which nothing is set up yet."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ENVS, tmp_path / "envs")
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={**os.environ, "MAKEFLAGS": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def stand_in_python(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_make_names_the_python_versions_it_can_use(fresh: Path) -> None:
    too_old = (
        'shift; exec "$REAL" -c "import sys, collections; '
        "sys.version_info = (3, 9, 1); sys.version = '3.9.1 (old)'\n$1\""
    )
    python = stand_in_python(fresh / "old-python", f'REAL="{sys.executable}"\n{too_old}')
    done = make(fresh, f"PYTHON={python}")
    assert done.returncode != 0
    assert "Python 3.11, 3.12 or 3.13 is needed" in done.stderr
    assert "3.9.1" in done.stderr
    assert not (fresh / ".venv").exists()


def test_make_says_which_package_brings_venv(fresh: Path) -> None:
    without = (
        f'shift; exec "{sys.executable}" -c "import sys; sys.modules[\'ensurepip\'] = None\n$1"'
    )
    done = make(fresh, f"PYTHON={stand_in_python(fresh / 'bare-python', without)}")
    assert done.returncode != 0
    assert "apt-get install python3-venv" in done.stderr


def test_make_says_when_there_is_no_python(fresh: Path) -> None:
    done = make(fresh, "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "No no-such-python found" in done.stderr


def test_ready_environment_is_not_installed_again(fresh: Path) -> None:
    planned = make(fresh, "--dry-run", "lint").stdout
    (stamp,) = re.findall(r"touch (\.venv/ready-\d+)", planned)
    (fresh / stamp).parent.mkdir()
    (fresh / stamp).touch()
    assert "pip install" not in make(fresh, "--dry-run", "lint").stdout
    (fresh / "envs" / "constraints.txt").write_text("torch==0\n", encoding="utf-8")
    assert "pip install" in make(fresh, "--dry-run", "lint").stdout


def test_pre_commit_runs_make_lint() -> None:
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (repo,) = settings["repos"]
    assert repo["repo"] == "local", "nothing is fetched from elsewhere"
    assert [hook["entry"] for hook in repo["hooks"]] == ["make lint"]


def test_public_ci_is_a_workflow_of_github_that_calls_ours_and_keeps_the_report() -> None:
    path = ROOT / ".github/workflows/ci.yml"
    command = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    subprocess.run([sys.executable, "-m", *command], check=True)
    steps = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]["test"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands[-2:] == ["bash .ci/run", "make"]
    assert "results/report.html" in steps[-1]["with"]["path"]
