"""Killed, interrupted, out of space, started twice: nothing is lost, and nothing is left behind."""

import os
import random
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from checkout import SNAKEMAKE, Checkout, copy_of, wait_for
from small_sweep import digests, remove

from vaesweep.files import read_json

pytestmark = pytest.mark.faults
KILLS = int(os.environ.get("SOAK_KILLS", "2"))  # `make soak` sets more
GOALS = ("--cores", "2", "all")


def processes_in(folder: Path) -> list[int]:
    """Processes whose working folder is `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:  # the process has ended, or belongs to somebody else
            continue
    return found


def jobs_in(checkout: Checkout) -> list[int]:
    """Processes that run the script of a rule."""
    return [pid for pid in processes_in(checkout.folder) if "/.snakemake/scripts/" in command(pid)]


def command(pid: int) -> str:
    """The arguments of a Python process, without those of the shell that started it."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return ""
    return "" if "-c" in words else " ".join(words)


def test_killed_at_random_moments(finished, tmp_path):
    """After SIGKILL of Snakemake, and of one job, the results come out the same."""
    checkout = copy_of(finished, tmp_path / "project")
    remove(checkout, "runs", "comparison", "submission", "chosen.json", "pairs.csv")
    moments = random.Random(0)
    for number in range(KILLS):
        process = checkout.start(*SNAKEMAKE, *GOALS)
        time.sleep(moments.uniform(3, 15))
        if number % 2 == 1:
            for job in jobs_in(checkout)[:1]:
                os.kill(job, signal.SIGKILL)
            time.sleep(moments.uniform(0, 2))
        process.kill()
        process.communicate()
        wait_for(lambda: not processes_in(checkout.folder), 30)
        if number % 5 == 4:  # many kills would find the sweep finished
            remove(checkout, "runs")
    assert "unlock" not in checkout.snakemake(*GOALS).stdout
    assert digests(checkout) == digests(finished)
    results = checkout / "results"
    assert not [*results.rglob("*.part"), *results.rglob("checkpoint.pt")]


def test_a_training_interrupted_by_ctrl_c_goes_on(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    run = checkout / "results/runs/vae/latent-4/seed-1"
    log = checkout / "results/logs/train/vae_latent-4_seed-1.log"
    remove(checkout, "runs/vae/latent-4/seed-1", "logs/train/vae_latent-4_seed-1.log")
    checkout.configure(training={"epochs": 1000, "checkpoint_seconds": 86400})
    target = ("--cores", "1", "results/runs/vae/latent-4/seed-1/model.safetensors")
    process = checkout.start(*SNAKEMAKE, *target)
    wait_for(lambda: log.exists() and "epoch 1/" in log.read_text())
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    assert output.endswith("\nInterrupted. Finished results are kept; run `make` again to go on.\n")
    assert torch.load(run / "checkpoint.pt", weights_only=True)["step"] > 0
    checkout.snakemake(*target)
    assert "resumed from step" in log.read_text()
    resumed = (run / "model.safetensors").read_bytes()
    checkout.snakemake("--force", *target)
    assert "resumed" not in log.read_text()
    assert (run / "model.safetensors").read_bytes() == resumed


def test_after_sigterm_snakemake_finishes_the_running_job_only(finished, tmp_path):
    """The models are those of two cores, although they are trained on one."""
    checkout = copy_of(finished, tmp_path / "project")
    models = [f"results/runs/vae/latent-4/seed-{seed}/model.safetensors" for seed in (0, 1)]
    remove(checkout, "runs/vae/latent-4")
    process = checkout.start(*SNAKEMAKE, "--cores", "1", *models)
    wait_for(lambda: jobs_in(checkout))
    process.terminate()
    process.communicate(timeout=120)
    assert process.returncode != 0
    assert [(checkout / model).exists() for model in models].count(True) == 1
    checkout.snakemake("--cores", "1", *models)
    for model in models:
        assert (checkout / model).read_bytes() == (finished / model).read_bytes()


@contextmanager
def paused(process: subprocess.Popen[str], checkout: Checkout):
    """Stop a run while it has locked its folder."""
    wait_for(lambda: list((checkout / ".snakemake/locks").glob("*.lock")))
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def test_a_second_run_in_the_same_folder_is_refused(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    remove(checkout, "chosen.json")
    goal = ("--cores", "1", "results/chosen.json")
    first = checkout.start(*SNAKEMAKE, *goal)
    with paused(first, checkout):
        second = checkout.snakemake(*goal, check=False)
    output, _ = first.communicate(timeout=240)
    assert second.returncode != 0 and "cannot be locked" in second.stdout
    assert first.returncode == 0, output
    assert digests(checkout) == digests(finished)


def test_a_lock_that_a_killed_run_left_is_removed(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    lock = checkout / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("results/chosen.json\n")
    remove(checkout, "chosen.json")
    checkout.snakemake("--cores", "1", "results/chosen.json")
    assert not lock.exists()
    assert read_json(checkout / "results/chosen.json")["pinned"] == []


@pytest.fixture
def on_small_disk(finished, tmp_path):
    """A copy of the sweep whose results are on a file system of a few megabytes."""
    checkout = copy_of(finished, tmp_path / "project")
    results = checkout / "results"
    results.rename(checkout / "aside")
    results.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40M", "tmpfs", str(results)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    subprocess.run(["cp", "-a", f"{checkout / 'aside'}/.", str(results)], check=True)
    yield checkout
    subprocess.run(["umount", "-l", str(results)], check=True)


def test_a_full_disk(on_small_disk, finished):
    """A clear error and no half-written file; once there is room, the sweep goes on."""
    remove(on_small_disk, "runs/vae/latent-2/seed-0/model.safetensors")
    model = on_small_disk / "results/runs/vae/latent-2/seed-0/model.safetensors"
    filler = on_small_disk / "results/filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))
    goal = ("--cores", "1", "results/runs/vae/latent-2/seed-0/model.safetensors")
    failed = on_small_disk.snakemake(*goal, check=False)
    assert failed.returncode != 0
    assert "error: cannot write" in failed.stdout and "No space left" in failed.stdout
    assert not model.exists()
    filler.unlink()
    on_small_disk.snakemake(*goal)
    assert digests(on_small_disk) == digests(finished)
