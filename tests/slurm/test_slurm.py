"""A sweep on a real cluster: the same results as at home, whatever happens to its jobs."""

import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cluster
import main_sweep
import pytest
import yaml
from checkout import ROOT, Checkout
from main_sweep import LATENT_SIZES, SEEDS

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(bool(cluster.missing()), reason=cluster.missing() or "Slurm is there"),
]

RUNS = [(latent_size, seed) for latent_size in LATENT_SIZES for seed in SEEDS]
SLURM = ("--workflow-profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "3")
# Timings differ from run to run, and with them whatever shows them.
EXACT = [
    "results/chosen.json",
    "results/submission/ab-12_HW9.pdf",
    "results/pairs.csv",
    *(
        f"results/runs/vae/latent-{latent_size}/seed-{seed}/{name}"
        for latent_size, seed in RUNS
        for name in ("model.safetensors", "interpolations.npz", "pair_scores.csv")
    ),
]


@dataclass
class Job:
    """What Slurm itself knows about a job."""

    fields: dict[str, str]

    @property
    def name(self) -> str:
        return self.fields["JobId"]

    @property
    def rule(self) -> str:
        return self.fields["Comment"].removeprefix("rule_").split("_wildcards")[0]


def jobs() -> list[Job]:
    """Every job since the cluster was started: squeue would be asked for less."""
    lines = cluster.run("scontrol", "--oneliner", "show", "job").splitlines()
    found = (dict(re.findall(r"([\w:/]+)=(\S*)", line)) for line in lines)
    return [Job(fields) for fields in found if "JobId" in fields]


def with_data_of(other: Checkout, folder: Path) -> Checkout:
    """A copy that need not fetch the data and train the judge again."""
    project = main_sweep.prepare(folder)
    for name in ("results/data", "results/judges"):
        shutil.copytree(other / name, project / name)
    return project


@pytest.fixture(scope="module")
def nodes():
    with cluster.Cluster() as running:
        yield running


class Disturber:
    """Does harm to trainings of a running sweep, each time to another one, amid its training."""

    def __init__(self, project: Checkout, process: subprocess.Popen) -> None:
        self.project = project
        self.process = process
        self.harmed: list[str] = []

    def victim(self, spared_node: str) -> Job | None:
        """A training that runs, has a checkpoint and was left alone so far."""
        assert self.process.poll() is None, "the sweep ended before it was harmed"
        for job in jobs():
            if job.fields["JobState"] != "RUNNING" or job.fields["NodeList"] == spared_node:
                continue
            if job.name in self.harmed:
                continue
            latent_size, seed = job.fields["Comment"].split("_")[-2:]
            run = self.project / f"results/runs/vae/latent-{latent_size}/seed-{seed}"
            if (run / "checkpoint.pt").exists():
                self.harmed.append(job.name)
                return job
        return None

    def next(self, spared_node: str = "") -> Job:
        return cluster.wait_for("a training amid its work", lambda: self.victim(spared_node), 120)


@pytest.fixture(scope="module")
def harmed(nodes, sweep, tmp_path_factory) -> Checkout:
    """The same sweep on the cluster, with a job cancelled, one requeued and a node lost."""
    project = with_data_of(sweep, tmp_path_factory.mktemp("cluster-sweep") / "project")
    said = project / "said.txt"
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", *SLURM, "all"],
            cwd=project.folder, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        disturber = Disturber(project, process)
        cluster.run("scancel", disturber.next().name)
        requeued = disturber.next()
        cluster.run("scontrol", "requeue", requeued.name)
        node = disturber.next(spared_node=requeued.fields["NodeList"]).fields["NodeList"]
        cluster.run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
        time.sleep(15)  # what ran there has ended
        cluster.run("scontrol", "update", f"nodename={node}", "state=resume")
        assert process.wait(timeout=500) == 0, said.read_text()[-6000:]
    finally:
        process.kill()
    return project


def test_the_cluster_makes_what_one_machine_makes(sweep, harmed):
    different = [
        name for name in EXACT if (sweep / name).read_bytes() != (harmed / name).read_bytes()
    ]
    assert not different


def test_every_training_ran_as_a_job_of_slurm(harmed):
    trainings = [job for job in jobs() if job.rule == "train"]
    ended_well = [job for job in trainings if job.fields["JobState"] == "COMPLETED"]
    assert len(ended_well) == len(RUNS)
    assert len(trainings) == len(RUNS) + 1, "the cancelled one was submitted again"
    assert [job.fields["JobState"] for job in trainings].count("CANCELLED") == 1


def test_nothing_else_is_submitted(harmed):
    assert {job.rule for job in jobs()} == {"train"}


def test_harmed_trainings_went_on_from_their_checkpoints(harmed):
    logs = (harmed / "results/logs/train").glob("*.log")
    resumed = [path.name for path in logs if "resumed from step" in path.read_text()]
    assert len(resumed) >= 3
    assert not list((harmed / "results").rglob("checkpoint.pt"))


def test_the_report_can_be_made_afterwards(harmed):
    harmed.snakemake("--cores", "1", "report")
    assert (harmed / "results/report.html").stat().st_size > 100_000


def test_gpus_are_asked_for_and_too_little_memory_is_raised(nodes, sweep, tmp_path):
    """The profile's GPU lines as a user uncomments them, and a first guess at memory too low."""
    project = with_data_of(sweep, tmp_path / "project")
    profile = project / "profiles/slurm/config.yaml"
    text = profile.read_text()
    text = text.replace("# gpu: 1", "gpu: 1").replace(
        "# slurm_partition: gpu", "slurm_partition: gpu"
    )
    too_little = "  train:\n    mem_mb: 500 * attempt ** 2\n"
    profile.write_text(text.replace("  train:\n", too_little))
    targets = [f"results/runs/vae/latent-2/seed-{seed}/model.safetensors" for seed in (0, 1)]
    before = {job.name for job in jobs()}
    project.snakemake(*SLURM, *targets)

    made = [job.fields for job in jobs() if job.name not in before]
    assert {job["TresPerJob"] for job in made} == {"gres:gpu:1"}
    assert {job["Partition"] for job in made} == {"gpu"}
    times = sorted((job["StartTime"], job["EndTime"]) for job in made)
    assert all(end <= start for (_, end), (start, _) in pairwise(times))
    asked = {job["MinMemoryNode"]: job["JobState"] for job in made}
    assert len(made) == 4 and set(asked) == {"500M", "2000M"}
    assert asked["500M"] != "COMPLETED" and asked["2000M"] == "COMPLETED"


def test_a_partition_that_does_not_exist_is_named_as_sbatch_says_it(nodes, sweep, tmp_path):
    project = with_data_of(sweep, tmp_path / "project")
    before = len(jobs())
    target = "results/runs/vae/latent-2/seed-0/model.safetensors"
    partition = ("--default-resources", "slurm_partition=huge")
    done = project.snakemake(*SLURM, *partition, "--", target, check=False)
    assert done.returncode != 0
    assert "sbatch failed. The error message was 'sbatch: error: invalid partition" in done.stdout
    assert len(jobs()) == before


def test_the_profile_works_with_both_options(nodes, sweep, tmp_path):
    """--profile adds it to profiles/default, --workflow-profile puts it in that one's place."""
    keys, default = (
        yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text())
        for name in ("slurm", "default")
    )
    assert {name: keys.get(name) for name in default} == default
    project = with_data_of(sweep, tmp_path / "project")
    said = project.snakemake("--profile", "profiles/slurm", "-n", "results/pairs.csv")
    assert "draw_pairs" in said.stdout
