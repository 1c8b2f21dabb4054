"""Every package is pinned once, and `make` sets up exactly the pinned environment."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from checkout import ROOT
from tiny_data import write_wheel

ENVS = ROOT / "envs"
PIN = re.compile(r"([A-Za-z0-9._-]+)==(\S+)")
DISTRIBUTIONS = {"PIL": "pillow", "yaml": "pyyaml", "ot": "pot"}


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins():
    lines = (ENVS / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [PIN.fullmatch(line) for line in lines if line and not line.startswith("#")]
    assert all(found), "every line of constraints.txt pins one package exactly"
    return {canonical(match[1]): match[2] for match in found if match}


def required():
    lines = (ENVS / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [line.split("#")[0].strip() for line in lines]
    return [name for name in names if name and not name.startswith("-c")]


def test_every_required_package_is_pinned_once_and_nowhere_else():
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in required())
    assert set(required()) <= set(pins())


def test_every_pin_has_its_hashes():
    text = (ENVS / "hashes.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9-]+)==([^ ]+)(?: ; .*)? \\\n +--hash=sha256:", text, re.MULTILINE)
    assert dict(found) == pins()


@pytest.mark.parametrize("path", sorted(ENVS.glob("*.yaml")), ids=lambda path: path.name)
def test_conda_environments_have_the_same_pins(path):
    dependencies = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    packages = [line for part in dependencies if isinstance(part, dict) for line in part["pip"]]
    matches = [PIN.fullmatch(line) for line in packages]
    assert matches and all(matches)
    assert {match[1]: match[2] for match in matches if match}.items() <= pins().items()


def test_the_conda_environment_resolves_to_pinned_packages_only(tmp_path):
    """As pip resolves it for conda's Python. That needs no conda, but a new pip.

    With the pip that comes with Python, a dry run downloads a gigabyte of wheels.
    """
    python, _, inner = yaml.safe_load((ENVS / "vaesweep.yaml").read_text())["dependencies"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "pip==26.3"]
    subprocess.run([*pip, "--dest", str(tmp_path)], check=True)
    [wheel] = tmp_path.glob("pip-*.whl")
    options = "--dry-run --use-feature=fast-deps --only-binary :all: --target none --report -"
    for_python = ["--python-version", python.split("=")[1], "-c", str(ENVS / "constraints.txt")]
    done = subprocess.run(
        [sys.executable, f"{wheel}/pip", "install", "--quiet", *options.split(), *for_python]
        + inner["pip"],
        check=True,
        stdout=subprocess.PIPE,
    )
    found = [package["metadata"] for package in json.loads(done.stdout)["install"]]
    versions = {canonical(package["name"]): package["version"] for package in found}
    assert versions.items() <= pins().items()
    assert len(versions) >= len(inner["pip"])


def imported_packages(folder):
    """The packages outside the project and the standard library that files in a folder import."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    # Snakemake puts itself on the path of the scripts that it runs.
    ours = {path.stem for path in folder.rglob("*.py")} | {"vaesweep", "snakemake"}
    others = names - ours - set(sys.stdlib_module_names)
    return {canonical(DISTRIBUTIONS.get(name, name)) for name in others}


def test_every_imported_package_is_required_and_in_the_conda_environment():
    conda = (ENVS / "vaesweep.yaml").read_text(encoding="utf-8")
    needed = imported_packages(ROOT / "workflow")
    assert needed <= {canonical(match[1]) for match in PIN.finditer(conda)}
    assert needed <= set(required())


@pytest.mark.skipif(
    not Path(sys.prefix).is_relative_to(ROOT), reason="does not run in the .venv that make sets up"
)
def test_installed_versions_are_the_pinned_ones():
    found = {}
    for name in pins():
        try:
            found[name] = version(name).removesuffix("+cpu")
        except PackageNotFoundError:  # only needed on other platforms
            continue
    assert found.items() <= pins().items()
    assert set(required()) <= set(found)


@pytest.fixture
def fresh(tmp_path):
    """A folder with the Makefile and the pins, in which nothing is set up yet."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ENVS, tmp_path / "envs")
    return tmp_path


def make(folder, *arguments):
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


OLD = "import sys; sys.version_info = (3, 9, 1); sys.version = '3.9.1 (old)'"
BARE = "import sys; sys.modules['ensurepip'] = None"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (OLD, "Python 3.11, 3.12 or 3.13 is needed"),
        (BARE, "apt-get install python3-venv"),
        (None, "Python found. Install Python 3.11 to 3.13"),
    ],
)
def test_make_says_which_python_it_needs(fresh, change, message):
    python = fresh / "Python"
    if change:
        python.write_text(f'#!/bin/sh\nshift; exec "{sys.executable}" -c "{change}\n$1"\n')
        python.chmod(0o755)
    done = make(fresh, f"PYTHON={python}")
    assert done.returncode != 0 and message in done.stderr
    assert not (fresh / ".venv").exists()


def test_an_environment_that_is_ready_is_not_installed_again(fresh):
    planned = make(fresh, "--dry-run", "lint").stdout
    [stamp] = re.findall(r"touch (\.venv/ready-\d+)", planned)
    (fresh / stamp).parent.mkdir()
    (fresh / stamp).touch()
    assert "pip install" not in make(fresh, "--dry-run", "lint").stdout
    (fresh / "envs" / "constraints.txt").write_text("torch==0\n", encoding="utf-8")
    assert "pip install" in make(fresh, "--dry-run", "lint").stdout


@pytest.fixture
def indexes(fresh):
    """Serve two package indexes: one with torch as on PyPI, one with PyTorch's CPU build."""
    folders = fresh / "indexes"
    for name in ("torch", "torchvision"):
        for index, label in (("pypi", ""), ("cpu", "+cpu")):
            number = f"{pins()[name]}{label}"
            wheel = folders / index / name / f"{name}-{number}-py3-none-any.whl"
            # `make` imports them, and Snakemake's parser.
            files = {f"{name}.py": ""}
            if name == "torch":
                files["snakemake/cli.py"] = "get_argument_parser = print"
            write_wheel(wheel, files)
    handler = partial(SimpleHTTPRequestHandler, directory=str(folders))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_make_installs_the_cpu_build_of_torch_or_nothing(fresh, indexes, monkeypatch):
    (fresh / "envs/requirements.txt").write_text("-c constraints.txt\ntorch\ntorchvision\n")
    # Where pip installs to, and what the caller's Python imports, is the Makefile's decision.
    (fresh / "pip.conf").write_text("[install]\nuser = true\n")
    (fresh / "random.py").write_text("raise ImportError")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(fresh / "pip.conf"))
    monkeypatch.setenv("PYTHONPATH", str(fresh))
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PIP_INDEX_URL", f"{indexes}/pypi")

    def set_up(*arguments):
        [stamp] = re.findall(r"touch (\S+)", make(fresh, "--dry-run", "lint", *arguments).stdout)
        return make(fresh, stamp, "IMPORTED=torch, torchvision, snakemake.cli", *arguments)

    done = set_up("TORCH=cpu", f"TORCH_INDEX={indexes}/pypi")
    assert done.returncode != 0
    assert f"Cannot install torch=={pins()['torch']}+cpu" in done.stderr
    advice = f"takes torch from {indexes}/pypi: name another TORCH_INDEX, or make TORCH=gpu"
    assert advice in done.stderr
    done = set_up("TORCH=cpu", f"TORCH_INDEX={indexes}/cpu")
    assert done.returncode == 0, done.stderr
    [site] = fresh.glob(".venv/lib/*/site-packages")
    for name in ("torch", "torchvision"):
        [installed] = site.glob(f"{name}-*")
        assert installed.name == f"{name}-{pins()[name]}+cpu.dist-info"
    # The choice is remembered.
    assert "pip install" not in make(fresh, "--dry-run", "lint").stdout
    assert "--clear" in make(fresh, "--dry-run", "lint", "TORCH=gpu").stdout
    assert "TORCH=x: expected cpu or gpu" in make(fresh, "lint", "TORCH=x").stderr


def test_pre_commit_runs_make_lint():
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    [repo] = settings["repos"]
    assert repo["repo"] == "local", "nothing is downloaded"
    assert [hook["entry"] for hook in repo["hooks"]] == ["make lint"]


def test_github_runs_the_same_commands_and_keeps_the_report():
    path = ROOT / ".github/workflows/ci.yml"
    steps = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]["test"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands[-2:] == ["bash .ci/run", "make"]
    assert "results/report.html" in steps[-1]["with"]["path"]
