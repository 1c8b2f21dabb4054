"""Short journeys of users: what is typed, and what is said or planned."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from checkout import ROOT, Checkout, copy_checkout

from vaesweep.running.preflight import has_nvidia_gpu

pytestmark = pytest.mark.workflow


@pytest.fixture
def project(tmp_path) -> Checkout:
    return copy_checkout(tmp_path / "project")


def planned(checkout: Checkout, *arguments: str) -> str:
    return checkout.snakemake("-n", "--quiet", "rules", *arguments).stdout


def make(checkout: Checkout, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in a checkout that shares this environment."""
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout.folder,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture
def makeable(project) -> Checkout:
    """A checkout in which `make` finds an environment that is ready."""
    if not (ROOT / ".venv/folder").exists():
        pytest.skip("`make` has set up no environment here")
    (project / ".venv").symlink_to(ROOT / ".venv")
    return project


def test_nested_values_on_the_command_line_are_read_as_yaml(project):
    said = planned(
        project,
        "--config",
        "training={epochs: 2, seeds_per_job: 2, learning_rate: 0.001}",
        "selection={seed: null}",
        "submission={code: none}",
        "sweep={seeds: [0, 1, 2], latent_sizes: [4]}",
        "netid=12345",
        "--",
        "results/submission/12345_HW9.pdf",
    )
    counts = dict(line.split() for line in said.splitlines() if len(line.split()) == 2)
    assert counts["train_stack_0"] == counts["train_stack_1"] == "1"


@pytest.mark.skipif(has_nvidia_gpu(), reason="this machine has a GPU")
def test_the_gpu_profile_stays_whole_beside_config(project):
    """A --config on the command line replaces a profile's `config:`; the profile has none."""
    said = planned(project, "--profile", "profiles/gpu", "--config", "netid=abc")
    counts = dict(line.split() for line in said.splitlines() if len(line.split()) == 2)
    assert counts["train_stack_0"] == "5" and "train" not in counts
    done = project.snakemake("--profile", "profiles/gpu", "--config", "netid=abc", check=False)
    assert "training.device is cuda, but this machine has no NVIDIA GPU" in done.stdout


def test_grid_engine_without_its_commands_is_told_at_once(project):
    arguments = ("--workflow-profile", "profiles/grid-engine", "results/pairs.csv")
    done = project.snakemake(*arguments, check=False)
    assert done.returncode != 0 and "no qsub on PATH" in done.stdout
    assert not list((project / "results").rglob("*.log"))


@pytest.mark.parametrize("cores", ["0", "x", "-1", "2.5"])
def test_make_says_what_cores_may_be(makeable, cores):
    done = make(makeable, f"CORES={cores}")
    assert done.returncode != 0
    assert f"CORES={cores}: expected all, or a number from 1" in done.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "training: {epochs: five}\n",
            "error: config: training.epochs: 'five' is not of type",
        ),
        ("traning: {}\n", "error: config: unknown key traning; did you mean training?"),
        ("netid: a\n\tb: 3\n", "error: config.yaml, line 2: indented by a tab"),
        (
            "netid: 0123\n",
            "error: config.yaml, line 1: YAML reads netid 0123 as 83; put it",
        ),
        ("netid: a\nnetid: b\n", "config.yaml, line 2, column 1: not YAML (netid appears twice)"),
        ("", "error: config.yaml is empty"),
        (None, "error: there is no config.yaml in"),
    ],
)
def test_make_with_a_mistake_in_the_config_says_one_line(makeable, content, said):
    path = makeable / "config.yaml"
    path.unlink() if content is None else path.write_text(content)
    done = make(makeable)
    lines = [line for line in done.stdout.splitlines() if not line.startswith(("Using w", "make"))]
    assert len(lines) == 1 and said in lines[0], done.stdout


def test_make_clean_follows_a_link(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "data").mkdir(parents=True)
    (elsewhere / "runs").mkdir()
    (project / "results").symlink_to(elsewhere)
    done = make(project, "clean")
    assert done.returncode == 0 and "Removed everything" in done.stdout
    assert [path.name for path in elsewhere.iterdir()] == ["data"]


def test_an_environment_that_was_moved_or_copied_is_made_anew(project):
    """Its commands name the folder in which they were made; one that is linked is taken."""
    for folder, is_made in (("/the/old/place/.venv", True), (f"{project.folder}/.venv", False)):
        (project / ".venv").mkdir(exist_ok=True)
        (project / ".venv/folder").write_text(f"{folder}\n")
        [line] = [
            said for said in make(project, "-n", "lint").stdout.splitlines() if "clear" in said
        ]
        python = line.replace("python3 -m venv --clear .venv", "echo made")
        said = subprocess.run(
            ["bash", "-c", python], cwd=project.folder, capture_output=True, check=True
        )
        assert (said.stdout == b"made\n") is is_made


def test_the_log_of_a_failed_job_is_shown_and_no_other(project, tmp_path):
    old = project / "results/logs/train/latent-9_seed-9.log"
    old.parent.mkdir(parents=True)
    old.write_text("12:00:00 error: of an earlier sweep\n")
    os.utime(old, (1, 1))
    data = project / "results/data/MNIST"
    data.mkdir(parents=True)
    for split in ("train", "test"):
        (data / f"{split}.npz").write_bytes(b"damaged")
    done = project.snakemake("--cores", "1", "results/pairs.csv", check=False)
    assert done.returncode != 0 and "of an earlier sweep" not in done.stdout
    assert " error: results/data/MNIST/test.npz: not a readable .npz file" in done.stdout


def test_the_smallest_sweep_of_all(sweep, tmp_path):
    """One run, one judge, one epoch: every document comes out."""
    project = copy_checkout(tmp_path / "project")
    project.configure(
        netid="a",
        sweep={"seeds": [0], "latent_sizes": [1]},
        training={"epochs": 1},
        model={"hidden": [1]},
        interpolation={"steps": 1},
        scoring={
            "pairs_per_kind": 10,
            "judge_seeds": [0],
            "bootstrap": 100,
            "importance_samples": 1,
        },
    )
    shutil.copytree(sweep / "results/data", project / "results/data")
    said = project.snakemake("--cores", "2", "all", "report").stdout
    assert "Latent size 1 is the only latent size to choose from" in said
    for name in ("submission/a_HW9.pdf", "comparison/comparison_report.pdf", "report.html"):
        assert (project / "results" / name).stat().st_size > 50_000
    assert yaml.safe_load((project / "results/chosen.json").read_text())["pinned"] == []


def test_the_graph_of_the_docs_is_that_of_the_rules(project):
    """Drawn by the command that stands beside it; colours and numbers aside."""

    def edges(text: str) -> set[tuple[str, str]]:
        names = dict(re.findall(r"(id\d+)\[(\w+)\]", text))
        return {(names[a], names[b]) for a, b in re.findall(r"(id\d+) --> (id\d+)", text)}

    drawn = (ROOT / "docs/architecture.md").read_text().split("```mermaid")[1]
    made = project.snakemake("--rulegraph", "mermaid-js", "--quiet", "all").stdout
    assert edges(drawn) == edges(made) and ("train", "score") in edges(made)
