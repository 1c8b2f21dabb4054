"""Short journeys of users: what they type, and what is printed or planned."""

import re
import subprocess

import pytest
from checkout import ROOT, Checkout, copy_checkout

from vaesweep.running.preflight import has_nvidia_gpu

pytestmark = pytest.mark.workflow


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return copy_checkout(tmp_path / "project")


@pytest.fixture
def makeable(checkout) -> Checkout:
    """A checkout in which `make` finds an environment that is ready."""
    if not (ROOT / ".venv/folder").exists():
        pytest.skip("`make` has set up no environment here")
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    return checkout


def planned(checkout: Checkout, *arguments: str) -> dict[str, int]:
    """The number of jobs of each rule in a dry run."""
    output = checkout.snakemake("-n", "--quiet", "rules", *arguments).stdout
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", output, re.M)}


def test_nested_values_on_the_command_line_are_read_as_yaml(checkout):
    jobs = planned(
        checkout,
        "--config",
        "training={epochs: 2, seeds_per_job: 2, learning_rate: 0.001}",
        "selection={seed: null}",
        "submission={code: none}",
        "sweep={seeds: [0, 1, 2], latent_sizes: [4]}",
        "netid=12345",
        "--",
        "results/submission/12345_HW9.pdf",
    )
    assert jobs["train_stack_0"] == jobs["train_stack_1"] == 1


@pytest.mark.skipif(has_nvidia_gpu(), reason="this machine has a GPU")
def test_the_gpu_profile_goes_with_config_and_asks_for_a_gpu(checkout):
    """--config on the command line would replace a profile's `config:`; this profile has none."""
    arguments = ("--profile", "profiles/gpu", "--config", "netid=abc")
    jobs = planned(checkout, *arguments)
    assert jobs["train_stack_0"] == 5 and "train" not in jobs
    done = checkout.snakemake(*arguments, check=False)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert "training.device is cuda, but this machine has no NVIDIA GPU" in done.stdout
    assert not (checkout / "results/logs").exists()


def test_a_job_interpolates_and_scores_at_most_five_seeds(checkout):
    jobs = planned(checkout, "--config", "sweep={seeds: [0, 1, 2, 3, 4, 5, 6], latent_sizes: [4]}")
    assert jobs["score"] == jobs["score_1"] == jobs["interpolate_1"] == 1 and jobs["train"] == 7


def test_all_parts_request_what_the_profile_sets_for_train_and_score(checkout):
    """The GPU lines of the profile are uncommented; with them, all seeds train together."""
    profile = checkout / "profiles/slurm/config.yaml"
    lines = re.sub(r"# (gpu: 1|slurm_partition: gpu)", r"\1", profile.read_text())
    profile.write_text(lines)
    command = (
        "-n",
        "--workflow-profile",
        "profiles/slurm",
        "--config",
        "sweep={seeds: [0,1,2,3,4,5]}",
    )
    for seeds_per_job, stacks in (("auto", 1), (2, 3)):
        output = checkout.snakemake(*command, f"training={{seeds_per_job: {seeds_per_job}}}").stdout
        found = re.findall(r"^(?:local)?rule (\w+):$.*?^    resources: (.*?)$", output, re.M | re.S)
        scores = [text for rule, text in found if re.fullmatch(r"score(_1)?", rule)]
        assert len(scores) == 10 and all("runtime=5" in text for text in scores)
        requests = [(rule, text) for rule, text in found if rule.startswith("train")]
        trainings = [(rule, text) for rule, text in requests if rule != "train_judges"]
        assert {rule for rule, _ in trainings} == {f"train_stack_{n}" for n in range(stacks)}
        assert len(trainings) == 5 * stacks
        for _, text in trainings:
            assert {"runtime=10", "gpu=1", "slurm_partition=gpu"} <= set(text.split(", "))


@pytest.mark.parametrize("cores", ["0", "x", "-1", "2.5"])
def test_make_says_what_cores_may_be(makeable, cores):
    done = makeable.run("make", f"CORES={cores}", check=False)
    assert done.returncode != 0
    assert f"CORES={cores}: expected all, or a number from 1" in done.stdout


def test_make_prints_one_line_for_a_mistake_in_the_config(makeable):
    (makeable / "config.yaml").write_text("traning: {}\n")
    done = makeable.run("make", check=False)
    lines = [line for line in done.stdout.splitlines() if not line.startswith(("Using w", "make"))]
    assert done.returncode != 0
    assert lines == ["error: config: unknown key traning; did you mean training?"]


def test_make_clean_follows_a_link(checkout, tmp_path):
    other_disk = tmp_path / "other disk"
    (other_disk / "data").mkdir(parents=True)
    (other_disk / "runs").mkdir()
    (checkout / "results").symlink_to(other_disk)
    assert "Removed everything" in checkout.run("make", "clean").stdout
    assert [path.name for path in other_disk.iterdir()] == ["data"]


@pytest.mark.parametrize(("place", "is_rebuilt"), [("/old/place/.venv", True), (".venv", False)])
def test_an_environment_that_was_moved_is_rebuilt(checkout, place, is_rebuilt):
    """The commands of an environment have the path of its folder in them."""
    (checkout / ".venv").mkdir()
    (checkout / ".venv/folder").write_text(f"{checkout / place}\n")
    dry_run = checkout.run("make", "-n", "lint").stdout
    [line] = [line for line in dry_run.splitlines() if "--clear" in line]
    shell = line.replace("python3 -I -m venv --clear .venv", "echo rebuilt")
    done = subprocess.run(["bash", "-c", shell], cwd=checkout.folder, stdout=subprocess.PIPE)
    assert (done.stdout == b"rebuilt\n") is is_rebuilt


def test_the_graph_in_the_docs_is_that_of_the_rules(checkout):
    def edges(text: str) -> set[tuple[str, str]]:
        names = dict(re.findall(r"(id\d+)\[(\w+)\]", text))
        return {(names[a], names[b]) for a, b in re.findall(r"(id\d+) --> (id\d+)", text)}

    documented = (ROOT / "docs/architecture.md").read_text().split("```mermaid")[1]
    drawn = checkout.snakemake("--rulegraph", "mermaid-js", "--quiet", "all").stdout
    assert edges(documented) == edges(drawn) and ("train", "score") in edges(drawn)
