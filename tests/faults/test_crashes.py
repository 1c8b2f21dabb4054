"""Killed, interrupted, out of space, started twice: nothing is lost, nothing is left behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from checkout import ROOT, Checkout, copy_of
from small_sweep import digests, forget, processes_in

pytestmark = pytest.mark.faults
# `make soak` sets the long form.
KILLS = int(os.environ.get("SOAK_KILLS", "3"))
SNAKEMAKE = (sys.executable, "-m", "snakemake")
GOALS = ("--cores", "2", "all")


def start(checkout: Checkout, *arguments: str, command=SNAKEMAKE) -> subprocess.Popen[str]:
    """Snakemake in its own process group, as a terminal gives it."""
    return subprocess.Popen(
        [*command, *arguments],
        cwd=checkout.folder,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def jobs_in(checkout: Checkout, script: str = "") -> list[int]:
    """Processes that run a rule's script."""
    return [pid for pid in processes_in(checkout.folder) if f"{script}.py" in _last_word(pid)]


def _last_word(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
    except OSError:
        return ""
    return words[-1] if "/.snakemake/scripts/" in words[-1] and len(words) == 2 else ""


def wait_for(condition, seconds: float = 120.0):
    """The first true value of `condition()`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing after {seconds} s")


def test_killed_at_random_moments(finished, tmp_path):
    """SIGKILL of Snakemake, and of one job, again and again: the results come out the same."""
    checkout = copy_of(finished, tmp_path / "project")
    forget(checkout, "runs", "comparison", "submission", "chosen.json", "pairs.csv")
    chance = random.Random(0)
    for number in range(KILLS):
        process = start(checkout, *GOALS)
        time.sleep(chance.uniform(3, 15))
        for job in jobs_in(checkout)[:1] if number % 2 else []:
            os.kill(job, signal.SIGKILL)
            time.sleep(chance.uniform(0, 2))
        process.kill()
        process.communicate()
        wait_for(lambda: not processes_in(checkout.folder), 30)
        if number % 5 == 4:  # else a sweep that is done would be killed over and over
            forget(checkout, "runs")
    said = checkout.snakemake(*GOALS).stdout
    assert "unlock" not in said
    assert digests(checkout) == digests(finished)
    assert not [path for path in (checkout / "results").rglob("*") if path.suffix == ".part"]
    assert not list((checkout / "results").rglob("checkpoint.pt"))


@pytest.mark.parametrize("way", ["SIGTERM to the job", "Ctrl-C"])
def test_an_interrupted_training_goes_on(finished, tmp_path, way):
    checkout = copy_of(finished, tmp_path / "project")
    forget(checkout, "runs/vae/latent-4/seed-1")
    checkout.configure(training={"epochs": 60, "checkpoint_seconds": 86400})
    target = "results/runs/vae/latent-4/seed-1/model.safetensors"
    process = start(checkout, "--cores", "1", target)
    log = checkout / "results/logs/train/vae_latent-4_seed-1.log"
    log.unlink()
    wait_for(lambda: log.exists() and "epoch 1/" in log.read_text())
    if way == "Ctrl-C":
        os.killpg(process.pid, signal.SIGINT)
    else:
        for job in jobs_in(checkout, ".train"):
            os.kill(job, signal.SIGTERM)
    process.communicate(timeout=120)
    assert process.returncode != 0
    checkpoint = checkout / "results/runs/vae/latent-4/seed-1/checkpoint.pt"
    assert torch.load(checkpoint, weights_only=True)["step"] > 0
    assert "asked to stop" in log.read_text()
    checkout.snakemake("--cores", "1", target)
    assert "resumed from step" in log.read_text()
    resumed = (checkout / target).read_bytes()
    checkout.snakemake("--cores", "1", "--force", target)
    assert "resumed" not in log.read_text()
    assert (checkout / target).read_bytes() == resumed


def test_a_sweep_asked_to_end_finishes_the_job_it_is_at(finished, tmp_path):
    """SIGTERM to Snakemake alone, as a batch system sends it to the process that it started."""
    checkout = copy_of(finished, tmp_path / "project")
    runs = [f"runs/vae/latent-4/seed-{seed}" for seed in (0, 1)]
    forget(checkout, *runs)
    models = [f"results/{run}/model.safetensors" for run in runs]
    process = start(checkout, "--cores", "1", *models)
    wait_for(lambda: jobs_in(checkout, ".train"))
    process.terminate()
    process.communicate(timeout=120)
    assert process.returncode != 0
    assert [(checkout / model).exists() for model in models].count(True) == 1
    checkout.snakemake(*GOALS)
    assert digests(checkout) == digests(finished)


@contextmanager
def standing_still(process: subprocess.Popen[str], checkout: Checkout):
    """Hold a run where it has locked its folder."""
    wait_for(lambda: list((checkout / ".snakemake/locks").glob("*.lock")))
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def test_two_at_once(finished, tmp_path):
    """The second says that the folder is taken, and harms nothing."""
    checkout = copy_of(finished, tmp_path / "project")
    forget(checkout, "comparison", "chosen.json")
    goal = "results/chosen.json"
    first = start(checkout, "--cores", "1", goal)
    with standing_still(first, checkout):
        second = checkout.snakemake("--cores", "1", goal, check=False)
    said, _ = first.communicate(timeout=240)
    assert second.returncode != 0 and "cannot be locked" in second.stdout
    assert first.returncode == 0, said
    assert digests(checkout) == digests(finished)


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="`make` has set up no environment here")
def test_two_makes_at_once(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    forget(checkout, "submission", "report.html")
    first = start(checkout, command=["make"])
    with standing_still(first, checkout):
        second = start(checkout, command=["make"])
        said, _ = second.communicate(timeout=120)
    assert second.returncode != 0 and "cannot be locked" in said
    said, _ = first.communicate(timeout=240)
    assert first.returncode == 0, said
    assert "results/submission/netid_HW9.pdf" in said
    assert digests(checkout) == digests(finished)


def test_a_lock_left_behind_needs_no_unlock(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    lock = checkout / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("results/chosen.json\n")
    (checkout / "results/chosen.json").unlink()
    checkout.snakemake("--cores", "1", "results/chosen.json")
    assert not lock.exists()
    assert json.loads((checkout / "results/chosen.json").read_text())["pinned"] == []


@pytest.mark.parametrize("lost", ["train", "score", "compare"])
def test_a_full_disk(finished, tmp_path, lost):
    """A small tmpfs under results/: a clear error, no half file, and on when there is room."""
    checkout = copy_of(finished, tmp_path / "project")
    results = checkout / "results"
    aside = checkout / "aside"
    results.rename(aside)
    results.mkdir()
    used = sum(path.stat().st_size for path in aside.rglob("*") if path.is_file())
    room = f"size={used + (8 << 20)}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", room, "tmpfs", str(results)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        subprocess.run(["cp", "-a", f"{aside}/.", str(results)], check=True)
        names = {
            "train": ["runs/vae/latent-2/seed-0/model.safetensors"],
            "score": ["runs/vae/latent-2/seed-0/pair_scores.csv"],
            "compare": ["comparison/runs.csv"],
        }[lost]
        forget(checkout, *names)
        target = f"results/{names[0]}"
        with (results / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(1 << 12))
            except OSError:
                pass
        failed = checkout.snakemake("--cores", "1", target, check=False)
        assert failed.returncode != 0
        assert "error: cannot write" in failed.stdout and "No space left" in failed.stdout
        assert not (checkout / target).exists()
        (results / "ballast").unlink()
        checkout.snakemake("--cores", "1", target)
        assert digests(checkout) == digests(finished)
    finally:
        subprocess.run(["umount", "-l", str(results)], check=True)
