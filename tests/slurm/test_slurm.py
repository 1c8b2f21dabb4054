"""A sweep on a real cluster: the same results as at home, whatever happens to its jobs."""

import subprocess
import time
from itertools import pairwise
from pathlib import Path

import cluster
import main_sweep
import pytest
import yaml
from checkout import ROOT, SNAKEMAKE, Checkout, copy_results, wait_for
from cluster import Job, jobs
from main_sweep import LATENT_SIZES, SEEDS

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(cluster.why_not() != "", reason=cluster.why_not() or "Slurm can run"),
]

RUNS = [(latent_size, seed) for latent_size in LATENT_SIZES for seed in SEEDS]
SLURM = ("--workflow-profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "3")
MODEL = "results/runs/vae/latent-2/seed-{}/model.safetensors"
# Files without times, which differ between two runs.
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


def with_results_of(sweep: Checkout, folder: Path) -> Checkout:
    """A sweep to which all is given that comes before its trainings and their scores."""
    checkout = main_sweep.prepare(folder)
    made = ("data", "pairs.csv", "references.npz", "judges", "reference_scores.csv")
    copy_results(sweep, checkout, *made)
    return checkout


@pytest.fixture(scope="module")
def nodes():
    with cluster.Cluster() as running:
        yield running


class Disturber:
    """Harms the trainings of a sweep, each time another one, while it is training."""

    def __init__(self, checkout: Checkout, process: subprocess.Popen) -> None:
        self.checkout = checkout
        self.process = process
        self.harmed: list[str] = []

    def next_victim(self, spared_node: str = "") -> Job:
        """Wait for a training that runs, has a checkpoint and was not harmed before."""
        return wait_for(lambda: self._find_victim(spared_node))

    def _find_victim(self, spared_node: str) -> Job | None:
        assert self.process.poll() is None, "the sweep ended before it was harmed"
        for job in jobs():
            is_running = job.fields["JobState"] == "RUNNING"
            if not is_running or job.fields["NodeList"] == spared_node or job.name in self.harmed:
                continue
            latent_size, seed = job.fields["Comment"].split("_")[-2:]
            run = self.checkout / f"results/runs/vae/latent-{latent_size}/seed-{seed}"
            if (run / "checkpoint.pt").exists():
                self.harmed.append(job.name)
                return job
        return None


@pytest.fixture(scope="module")
def harmed(nodes, sweep, tmp_path_factory) -> Checkout:
    """The same sweep on the cluster, with one job cancelled, one requeued and a node lost."""
    checkout = with_results_of(sweep, tmp_path_factory.mktemp("cluster-sweep") / "project")
    output = checkout / "output.txt"
    with output.open("w") as file:
        command = [*SNAKEMAKE, *SLURM, "all"]
        process = subprocess.Popen(command, cwd=checkout.folder, stdout=file, stderr=file)
    try:
        disturber = Disturber(checkout, process)
        cluster.run("scancel", disturber.next_victim().name)
        requeued = disturber.next_victim()
        cluster.run("scontrol", "requeue", requeued.name)
        node = disturber.next_victim(requeued.fields["NodeList"]).fields["NodeList"]
        cluster.run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
        time.sleep(15)  # until the jobs of that node have ended
        cluster.run("scontrol", "update", f"nodename={node}", "state=resume")
        assert process.wait(timeout=500) == 0, output.read_text()[-6000:]
    finally:
        process.kill()
    return checkout


def test_the_cluster_makes_what_one_machine_makes(sweep, harmed):
    assert not [
        name for name in EXACT if (sweep / name).read_bytes() != (harmed / name).read_bytes()
    ]


def test_only_trainings_are_submitted_and_a_cancelled_one_again(harmed):
    assert {job.rule for job in jobs()} == {"train"}
    states = [job.fields["JobState"] for job in jobs()]
    assert states.count("COMPLETED") == len(RUNS) and states.count("CANCELLED") == 1
    assert len(states) == len(RUNS) + 1


def test_harmed_trainings_go_on_from_their_checkpoints(harmed):
    logs = (harmed / "results/logs/train").glob("*.log")
    resumed = [path.name for path in logs if "resumed from step" in path.read_text()]
    assert len(resumed) >= 3
    assert not list((harmed / "results").rglob("checkpoint.pt"))


def test_the_report_can_be_made_at_home_afterwards(harmed):
    harmed.snakemake("--cores", "1", "report")
    assert (harmed / "results/report.html").stat().st_size > 100_000


def test_trainings_get_gpus_and_more_memory_after_a_shortage(nodes, sweep, tmp_path):
    """The GPU lines of the profile are uncommented, and the first guess at memory is too low."""
    checkout = with_results_of(sweep, tmp_path / "project")
    checkout.configure(training={"seeds_per_job": 1})
    profile = checkout / "profiles/slurm/config.yaml"
    text = profile.read_text()
    text = text.replace("# gpu: 1", "gpu: 1")
    text = text.replace("# slurm_partition: gpu", "slurm_partition: gpu")
    too_little = "  train:\n    mem_mb: 500 * attempt ** 2\n"
    profile.write_text(text.replace("  train:\n", too_little))
    before = {job.name for job in jobs()}
    # Not in forks: Slurm would not find the memory that they take.
    checkout.run(*SNAKEMAKE, *SLURM, MODEL.format(0), MODEL.format(1))

    submitted = [job.fields for job in jobs() if job.name not in before]
    assert {job["TresPerJob"] for job in submitted} == {"gres:gpu:1"}
    assert {job["Partition"] for job in submitted} == {"gpu"}
    times = sorted((job["StartTime"], job["EndTime"]) for job in submitted)
    assert all(end <= start for (_, end), (start, _) in pairwise(times)), "one GPU, one job"
    states = {job["MinMemoryNode"]: job["JobState"] for job in submitted}
    assert len(submitted) == 4 and set(states) == {"500M", "2000M"}
    assert states["500M"] != "COMPLETED" and states["2000M"] == "COMPLETED"


def test_an_unknown_partition_is_named_and_nothing_runs(nodes, sweep, tmp_path):
    checkout = with_results_of(sweep, tmp_path / "project")
    before = len(jobs())
    partition = ("--default-resources", "slurm_partition=huge", "--retries", "0")
    done = checkout.snakemake(*SLURM, *partition, "--", MODEL.format(0), check=False)
    assert done.returncode != 0 and "huge" in done.stdout and "partition" in done.stdout
    assert len(jobs()) == before


def test_the_profile_works_with_both_options(nodes, sweep, tmp_path):
    """--profile adds it to profiles/default, and --workflow-profile replaces that one."""
    slurm, default = (
        yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text())
        for name in ("slurm", "default")
    )
    assert {name: slurm.get(name) for name in default} == default
    checkout = main_sweep.prepare(tmp_path / "project")
    output = checkout.snakemake("--profile", "profiles/slurm", "-n", "results/pairs.csv").stdout
    assert "draw_pairs" in output
