"""What is found before the first job, with stand-ins for Slurm's commands."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from vaesweep.running import preflight
from vaesweep.running.preflight import gpu_works, missing_folder, problems, reset_future_times
from vaesweep.training.hardware import any_gpu_works

CONFIG = "AccountingStorageType = accounting_storage/{storage}\nMinJobAge = {age} sec\n"


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Put stand-ins for Slurm's commands on PATH. Returns a function that changes one of them."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def prints(command, text, status=0):
        script = tmp_path / command
        script.write_text(f"#!/bin/sh\necho '{text}'\nexit {status}\n")
        script.chmod(0o755)

    for command in ("sbatch", "squeue", "sinfo", "scancel"):
        prints(command, "")
    prints("scontrol", CONFIG.format(storage="none", age=300))
    prints.folder = tmp_path
    return prints


def slurm_problems(status_command="squeue", poll_seconds=30):
    settings = SimpleNamespace(
        status_command=status_command, init_seconds_before_status_checks=poll_seconds
    )
    return problems("slurm", settings, trains_on_cuda=False)


@pytest.mark.parametrize(
    ("has_gpu", "trains_on_cuda", "count"), [(True, True, 0), (False, True, 1), (False, False, 0)]
)
def test_training_on_cuda_needs_a_gpu_here(monkeypatch, has_gpu, trains_on_cuda, count):
    monkeypatch.setattr(preflight, "has_nvidia_gpu", lambda: has_gpu)
    assert len(problems("local", None, trains_on_cuda)) == count


@pytest.mark.parametrize(
    ("has_gpu", "status", "works"), [(True, 0, True), (True, 1, False), (False, 0, False)]
)
def test_pytorch_is_asked_once_whether_a_gpu_works(monkeypatch, has_gpu, status, works):
    asked = []
    monkeypatch.setenv(preflight.GPU_WORKS, "")
    monkeypatch.delenv(preflight.GPU_WORKS)
    monkeypatch.setattr(preflight, "has_nvidia_gpu", lambda: has_gpu)
    monkeypatch.setattr(preflight, "ASK", f"exit({status})")
    run = preflight.subprocess.run
    monkeypatch.setattr(
        preflight.subprocess, "run", lambda *a, **b: asked.append(a) or run(*a, **b)
    )
    assert [gpu_works(), gpu_works()] == [works, works] and len(asked) == has_gpu


def test_the_question_is_answered_here(monkeypatch):
    """By the program that `gpu_works` runs."""
    paths = {"PYTHONPATH": str(Path(preflight.__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", preflight.ASK], env=os.environ | paths)
    assert done.returncode == (0 if any_gpu_works() else 1)


def test_commands_that_are_not_installed(slurm):
    (slurm.folder / "sbatch").unlink()
    (slurm.folder / "scancel").unlink()
    [problem] = slurm_problems()
    assert problem.startswith("no sbatch, scancel on PATH")


def test_a_controller_that_does_not_answer(slurm):
    slurm("scontrol", "", status=1)
    [problem] = slurm_problems()
    assert "does not answer scontrol" in problem and "exit status 1" in problem


@pytest.mark.parametrize(
    ("storage", "age", "status_command", "poll_seconds", "expected"),
    [
        ("none", 300, "sacct", 30, "sacct, but this cluster has no accounting database"),
        ("none", 300, "squeue", 101, "after 300 s (MinJobAge)"),
        ("none", 300, "squeue", 101, "to at most 100 in the profile"),
        ("none", 300, "squeue", 100, None),
        ("slurmdbd", 10, "sacct", 30, None),
        ("slurmdbd", 10, "squeue", 101, None),
    ],
)
def test_the_end_of_every_job_is_seen(slurm, storage, age, status_command, poll_seconds, expected):
    slurm("scontrol", CONFIG.format(storage=storage, age=age))
    found = slurm_problems(status_command, poll_seconds)
    assert (expected in found[0]) if expected else found == []


def test_inputs_from_the_future_are_set_to_now(monkeypatch, tmp_path):
    old, future, another = paths = [str(tmp_path / name) for name in ("old", "f1", "f2")]
    for path, hours in zip(paths, (-1, 1, 1), strict=True):
        Path(path).touch()
        os.utime(path, (0, time.time() + 3600 * hours))
    before = Path(old).stat().st_mtime
    assert reset_future_times([*paths, str(tmp_path / "not made yet")]) == []
    assert Path(old).stat().st_mtime == before
    assert Path(future).stat().st_mtime == Path(another).stat().st_mtime <= time.time()
    for path in (future, another):
        os.utime(path, (0, time.time() + 3600))

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(preflight.os, "utime", refuse)
    [problem] = reset_future_times(paths)
    assert "of 2 files lies in the future, e.g. of " + future in problem


def test_a_missing_folder_of_images_is_named_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [problem] = missing_folder(Path("images"), ["a", "b"])
    assert f"there is no folder {tmp_path / 'images'}; put your images there (a, b)" in problem
    assert missing_folder(tmp_path, ["a"]) == []
