"""The package installed outside its checkout, as for a notebook."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml
from checkout import ROOT, copy_checkout

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Imports every module, and uses every kind of file that is outside the package in a checkout.
USED = """
import pkgutil, sys
from importlib import import_module, metadata
import vaesweep
for module in pkgutil.walk_packages(vaesweep.__path__, "vaesweep."):
    import_module(module.name)
from vaesweep.documents.submission import submission
from vaesweep.templates import TEMPLATES
from vaesweep.documents.explorer import TEMPLATE
from vaesweep.running.config import complete
TEMPLATES.get_template("table.html")
assert TEMPLATE.is_file() and complete({})["netid"] == "netid"
pdf = submission([], [("a.py", "a = 1")], "lead", "a4", "name", "title")
print(vaesweep.__file__, metadata.version("vaesweep"), pdf[:5])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder in which pip has installed the package."""
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site)]
    subprocess.run([*pip, str(ROOT)], check=True)
    return site


def test_an_installed_package_finds_all_its_files(installed, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", USED],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    expected = f"{installed}/vaesweep/__init__.py {PROJECT['version']} b'%PDF-'\n"
    assert done.stdout == expected, done.stderr


def test_a_second_copy_of_the_package_is_refused(installed, tmp_path, monkeypatch):
    checkout = copy_checkout(tmp_path / "project")
    site = shutil.copytree(installed, checkout / ".venv/site-packages")
    monkeypatch.setenv("PYTHONPATH", str(site))
    done = checkout.snakemake("-n", check=False)
    assert done.returncode != 0
    assert f"error: this environment has a vaesweep in {site}/vaesweep, which" in done.stdout


def test_changelog_and_citation_have_the_same_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", changelog, re.MULTILINE)[0] == PROJECT["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]


def test_the_package_requires_what_the_conda_environment_has():
    conda = yaml.safe_load((ROOT / "envs/vaesweep.yaml").read_text(encoding="utf-8"))
    pinned = conda["dependencies"][-1]["pip"]
    required = [line.split(">=")[0] for line in PROJECT["dependencies"]]
    assert required == [line.split("==")[0] for line in pinned]


def test_the_least_versions_are_the_same_everywhere():
    """`make soak` runs a sweep with each (tests/faults/situations.yaml)."""
    [snakemake] = re.findall(r'min_version\("(.*)"\)', (ROOT / "Snakefile").read_text())
    [torch] = [line[7:] for line in PROJECT["dependencies"] if line.startswith("torch>=")]
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"versions that work are Snakemake {snakemake} and PyTorch {torch}." in readme
    assert f"PyTorch {torch} or later" in (ROOT / "benchmarks/gpu_check.py").read_text()
