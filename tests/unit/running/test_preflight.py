"""What is said before a sweep is submitted to Slurm, with stand-ins for Slurm's commands."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from checkout import ROOT

from vaesweep.running import preflight

CONFIG = "AccountingStorageType = accounting_storage/{storage}\nMinJobAge = {age} sec\n"


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Put commands that print fixed texts on PATH; gives the function that sets one of them."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(preflight.importlib.util, "find_spec", lambda name: name)

    def prints(command, text, status=0):
        script = tmp_path / command
        script.write_text(f"#!/bin/sh\necho '{text}'\nexit {status}\n")
        script.chmod(0o755)

    for command in ("sbatch", "squeue", "scancel"):
        prints(command, "")
    prints("sinfo", "cpu\ngpu")
    prints("scontrol", CONFIG.format(storage="none", age=300))
    prints.folder = tmp_path
    return prints


def lacking(partitions=(), accounts=(), status_command="squeue", poll_seconds=30):
    settings = SimpleNamespace(
        status_command=status_command, init_seconds_before_status_checks=poll_seconds
    )
    return preflight.lacking("slurm", settings, False, partitions, accounts)


def test_a_submit_command_that_is_not_there(monkeypatch, tmp_path):
    (tmp_path / "mkdir").write_text("")
    (tmp_path / "mkdir").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = SimpleNamespace(submit_cmd="mkdir -p logs && qsub -terse -pe smp {threads}")
    [said] = preflight.lacking("cluster-generic", settings, False, (), ())
    assert said.startswith("no qsub on PATH, with which cluster-generic-submit-cmd submits jobs")


def test_cuda_on_this_machine(monkeypatch):
    for has_one, faults in ((True, 0), (False, 1)):
        monkeypatch.setattr(preflight, "has_nvidia_gpu", lambda has_one=has_one: has_one)
        assert len(preflight.lacking("local", None, True, (), ())) == faults
    assert preflight.lacking("local", None, False, (), ()) == []


def test_inputs_of_the_future_become_of_now_or_are_told(monkeypatch, tmp_path):
    """Whose they are not may not set their time."""
    old, future, another = paths = [str(tmp_path / name) for name in ("old", "f1", "f2")]
    for path, hour in zip(paths, (-1, 1, 1), strict=True):
        Path(path).touch()
        os.utime(path, (0, time.time() + 3600 * hour))
    before = Path(old).stat().st_mtime
    assert preflight.of_the_future([*paths, str(tmp_path / "to be made")]) == []
    assert Path(old).stat().st_mtime == before
    assert all(Path(path).stat().st_mtime <= time.time() for path in (future, another))
    for path in (future, another):
        os.utime(path, (0, time.time() + 3600))

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(preflight.os, "utime", refuse)
    [said] = preflight.of_the_future(paths)
    assert said.startswith(f"2 files of the future, such as {future}: this machine's clock")


def test_nothing_is_missing_where_all_is_there(slurm):
    assert lacking(partitions={"cpu", "gpu"}) == []


def test_the_plugin(slurm, monkeypatch):
    monkeypatch.setattr(preflight.importlib.util, "find_spec", lambda name: None)
    assert lacking() == [
        "Snakemake's Slurm plugin is missing: pip install snakemake-executor-plugin-slurm"
    ]


def test_commands(slurm):
    (slurm.folder / "sbatch").unlink()
    (slurm.folder / "scancel").unlink()
    [said] = lacking(partitions={"huge"})
    assert said.startswith("no sbatch, scancel on PATH")


def test_a_controller_that_does_not_answer(slurm):
    slurm("sinfo", "", status=1)
    [said] = lacking()
    assert "does not answer sinfo (exit status 1)" in said


def test_partitions(slurm):
    [said] = lacking(partitions={"cpu", "huge"})
    assert "slurm_partition 'huge' does not exist on this cluster, which has cpu, gpu" in said


def test_accounts_without_a_database(slurm):
    [said] = lacking(accounts={"lab"})
    assert "'lab' is set, but this cluster has no accounting database" in said


def test_accounts_of_a_database(slurm):
    slurm("scontrol", CONFIG.format(storage="slurmdbd", age=300))
    slurm("sacctmgr", "physics\nLab")
    assert lacking(accounts={"lab"}) == []
    [said] = lacking(accounts={"chemistry"})
    assert "'chemistry' is not one of" in said and "which are lab, physics" in said


def test_accounts_that_cannot_be_listed_are_left_to_sbatch(slurm):
    slurm("scontrol", CONFIG.format(storage="slurmdbd", age=300))
    slurm("sacctmgr", "", status=1)
    assert lacking(accounts={"lab"}) == []


def test_ends_of_jobs_that_would_never_be_seen(slurm):
    [said] = lacking(status_command="sacct")
    assert "slurm-status-command is sacct, but this cluster has no accounting database" in said
    [said] = lacking(poll_seconds=101)
    assert "after 300 s (MinJobAge)" in said and "to at most 100 in the profile" in said
    assert lacking(poll_seconds=100) == []
    slurm("scontrol", CONFIG.format(storage="slurmdbd", age=10))
    assert lacking(status_command="sacct") == lacking(poll_seconds=101) == []


TRAIN_TWO_STEPS = """
import json, logging, sys
from pathlib import Path
import numpy as np, torch
from vaesweep.training.hardware import choose_hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import Architecture
from vaesweep.training.progress import Progress

kind, hidden, latent_size, batch_size, members, objective = json.loads(sys.argv[1])
torch.set_num_threads(1)
count_step = Progress.count_step

def twice(self, *terms):
    count_step(self, *terms)
    if self.step == 2:
        # Not ru_maxrss, which begins with that of the process that started this one.
        [peak] = [s for s in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in s]
        print(int(peak.split()[1]) // 1000)
        sys.exit()

Progress.count_step = twice
images, log = np.zeros((60_000, 28, 28), np.uint8), logging.getLogger()
architecture = Architecture(kind, tuple(hidden), latent_size)
settings = Settings(1.0, 2, batch_size, 1e-3, objective)
hardware = choose_hardware("cpu", "float32", log)
train(images, architecture, settings, hardware, tuple(range(members)), Path("none"), 1e9, log)
"""


@pytest.mark.parametrize(
    ("architecture", "hidden", "latent_size", "batch_size", "members", "objective"),
    [
        ("mlp", [400, 400], 64, 256, 1, "vae"),
        ("mlp", [400, 400], 1024, 256, 1, "vae"),
        ("mlp", [400, 400], 32, 30_000, 1, "vae"),
        ("mlp", [2048, 2048], 64, 256, 2, "vae"),
        ("conv", [400], 32, 4096, 1, "vae"),
        ("mlp", [400, 400], 32, 30_000, 1, "acai"),
        ("conv", [400], 32, 4096, 1, "acai"),
    ],
)
def test_a_training_asks_for_the_memory_that_it_takes(
    architecture, hidden, latent_size, batch_size, members, objective
):
    model = {"architecture": architecture, "hidden": hidden, "objective": objective}
    config = {"model": model, "training": {"batch_size": batch_size}}
    asked = preflight.training_megabytes(config, latent_size, members)
    given = json.dumps([architecture, hidden, latent_size, batch_size, members, objective])
    done = subprocess.run(
        [sys.executable, "-c", TRAIN_TWO_STEPS, given],
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    around = 400  # of Snakemake's processes
    assert int(done.stdout) + around < asked < 3 * (int(done.stdout) + around)
