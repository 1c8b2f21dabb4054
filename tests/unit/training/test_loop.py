"""The trainer: exact, resumable, and each seed on its own."""

import logging
import math
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from checkout import ROOT

from vaesweep.errors import UserError
from vaesweep.running.dependencies import source_files
from vaesweep.training import loop, objectives
from vaesweep.training.checkpoints import Checkpoint, fingerprint, remove_checkpoints
from vaesweep.training.draws import draw_epoch, initialise
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, train, train_stack
from vaesweep.training.model import Architecture, save_member
from vaesweep.training.objectives import negative_elbo_terms
from vaesweep.training.optimiser import one_cycle

LOG = logging.getLogger("test")
MLP = Architecture("mlp", (16,), 3)
HERE = Hardware(torch.device("cpu"), torch.float32, "an abacus")
IMAGES = np.random.default_rng(0).integers(0, 256, (200, 28, 28), dtype=np.uint8)


@pytest.fixture(autouse=True)
def one_thread():
    """As in the workflow: the bits depend on the number of threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def settings(**changes) -> Settings:
    values = {"beta": 1.0, "epochs": 3, "batch_size": 20, "learning_rate": 3e-3}
    return Settings(**(values | changes))


def run(tmp_path, seeds=(0,), architecture=MLP, checkpoint_seconds=1e9, **changes):
    path = tmp_path / "checkpoint.pt"
    given = settings(**changes)
    return train(IMAGES, architecture, given, HERE, seeds, path, checkpoint_seconds, LOG)


def same(a, b) -> bool:
    return all(torch.equal(a.state[name], b.state[name]) for name in a.state)


def test_the_same_seed_gives_the_same_bits(tmp_path):
    first, again = (run(tmp_path)[0] for _ in range(2))
    assert same(first, again)


def test_seeds_differ_in_everything_random(tmp_path):
    first, other = run(tmp_path, (0, 1))
    assert not any(torch.equal(first.state[n], other.state[n]) for n in first.state)
    model = initialise(MLP, (0, 1), IMAGES)
    drawn = [p for n, p in model.named_parameters() if n != "decoder.2.bias"]  # the mean image
    assert not any(torch.equal(p[0], p[1]) for p in drawn)
    device = torch.device("cpu")
    epochs = [draw_epoch((0, 1), epoch, 200, (10, 20, 3), device) for epoch in (0, 1)]
    for draws in zip(*epochs, strict=True):  # order, noise
        four = [draw[:, member] for draw in draws for member in (0, 1)]
        assert not any(torch.equal(a, b) for i, a in enumerate(four) for b in four[:i])


def test_history_has_a_row_an_epoch(tmp_path):
    [trained] = run(tmp_path)
    assert [row["epoch"] for row in trained.history] == [1, 2, 3]
    for row in trained.history:
        assert row["neg_elbo"] == pytest.approx(row["reconstruction"] + row["kl"])
    assert trained.history[-1]["neg_elbo"] < trained.history[0]["neg_elbo"]
    assert trained.facts["status"] == "ok"


@pytest.mark.parametrize(
    ("architecture", "changes"),
    [
        (MLP, {}),
        (Architecture("conv", (8,), 3), {"epochs": 1, "batch_size": 100}),
        (MLP, {"objective": "acai"}),
    ],
)
def test_a_seed_does_not_depend_on_its_companions(tmp_path, architecture, changes):
    alone = run(tmp_path, (7,), architecture, **changes)[0]
    stacked = run(tmp_path, (0, 7), architecture, **changes)[1]
    assert stacked.seed == 7
    for name, tensor in alone.state.items():
        assert torch.allclose(tensor, stacked.state[name], atol=1e-4), name
    for one, other in zip(alone.history, stacked.history, strict=True):
        assert one["neg_elbo"] == pytest.approx(other["neg_elbo"], abs=0.3)


def test_one_cycle():
    rates = [one_cycle(step, 100, 2.0) for step in range(100)]
    assert max(rates) == rates[20] == 2.0
    assert rates[0] == pytest.approx(0.08) and rates[-1] < 0.001
    assert rates[:21] == sorted(rates[:21]) and rates[20:] == sorted(rates[20:], reverse=True)


@pytest.mark.parametrize(
    ("step", "objective"), [(1, "vae"), (10, "vae"), (17, "vae"), (29, "vae"), (17, "acai")]
)
def test_a_killed_training_ends_with_the_same_bits(tmp_path, monkeypatch, step, objective):
    """The process dies after any step; what was saved is enough."""
    whole = run(tmp_path, objective=objective)[0]
    saves = 0

    class Dying(Checkpoint):
        def save(self, state):
            nonlocal saves
            super().save(state)
            saves += 1
            if saves == step:
                raise KeyboardInterrupt

    monkeypatch.setattr(loop, "Checkpoint", Dying)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, checkpoint_seconds=0, objective=objective)
    monkeypatch.undo()
    assert (tmp_path / "checkpoint.pt").exists()
    resumed = run(tmp_path, objective=objective)[0]
    assert same(whole, resumed)
    assert [row["neg_elbo"] for row in resumed.history] == [r["neg_elbo"] for r in whole.history]
    assert (tmp_path / "checkpoint.pt").exists(), "it stays until the results are written"


IN_A_PROCESS = """
import logging, sys
from pathlib import Path
import numpy as np, torch
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import Architecture, save_member

torch.set_num_threads(1)
folder = Path(sys.argv[1])
images, architecture = np.load(folder / "images.npy"), Architecture("mlp", (16,), 3)
settings = Settings(1.0, 30, 20, 3e-3)
here = Hardware(torch.device("cpu"), torch.float32, "an abacus")
log = logging.getLogger()
path = folder / "checkpoint.pt"
[run] = train(images, architecture, settings, here, (0,), path, 0.01, log)
save_member(run.state, architecture, folder / "model.safetensors")
"""


def test_sigkill_three_times_in_a_real_process(tmp_path):
    """Killed at random moments after its first save, it still ends with the same bytes."""
    images = np.random.default_rng(1).integers(0, 256, (1000, 28, 28), dtype=np.uint8)
    np.save(tmp_path / "images.npy", images)
    path, checkpoint = tmp_path / "whole.pt", tmp_path / "checkpoint.pt"
    [whole] = train(images, MLP, settings(epochs=30), HERE, (0,), path, 1e9, LOG)
    save_member(whole.state, MLP, tmp_path / "whole.safetensors")
    command = [sys.executable, "-c", IN_A_PROCESS, str(tmp_path)]
    environment = {"PYTHONPATH": str(ROOT / "workflow/scripts")}
    for _ in range(3):
        saved = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        process = subprocess.Popen(command, env=environment)
        while not (checkpoint.exists() and checkpoint.stat().st_mtime_ns > saved):
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.1))
        process.kill()
        assert process.wait() == -signal.SIGKILL
    subprocess.run(command, env=environment, check=True)
    written = (tmp_path / "model.safetensors").read_bytes()
    assert written == (tmp_path / "whole.safetensors").read_bytes()


def test_sigterm_saves_before_it_ends(tmp_path, monkeypatch):
    whole = run(tmp_path)[0]
    monkeypatch.setattr(
        "vaesweep.training.loop.one_cycle",
        lambda step, *rest: (
            (step == 12 and signal.raise_signal(signal.SIGTERM)) or one_cycle(step, *rest)
        ),
    )
    with pytest.raises(SystemExit) as ended:
        run(tmp_path)
    assert ended.value.code == 143
    monkeypatch.undo()
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == 13
    assert same(whole, run(tmp_path)[0])


def test_a_checkpoint_of_other_settings_is_refused(tmp_path, caplog):
    path = tmp_path / "checkpoint.pt"
    Checkpoint(path, 1, "other").save({"step": 5})
    with caplog.at_level(logging.INFO):
        assert Checkpoint(path, 1, "mine").load(LOG) is None
    assert "of another config" in caplog.text
    path.write_bytes(b"half a file")
    with caplog.at_level(logging.INFO):
        assert Checkpoint(path, 1, "mine").load(LOG) is None
    assert "cannot be read" in caplog.text


def test_the_time_between_saves_counts_from_the_end_of_a_save(tmp_path, monkeypatch):
    """Else a save that takes as long as the pause would make every step save."""
    now = iter(range(0, 1000, 10))
    monkeypatch.setattr("vaesweep.training.checkpoints.time.perf_counter", lambda: next(now))
    saved = Checkpoint(tmp_path / "checkpoint.pt", 15, "mine")  # at 0
    assert [saved.is_due(), saved.is_due()] == [False, True]  # at 10 and 20
    saved.save({})  # ends at 30
    assert [saved.is_due(), saved.is_due()] == [False, True]  # at 40 and 50


def test_whatever_decides_the_result_marks_a_checkpoint(tmp_path, monkeypatch):
    """One that was saved with another of them is not resumed from."""
    marks = []

    class Marked(Checkpoint):
        def __init__(self, path, seconds, mark):
            super().__init__(path, seconds, mark)
            marks.append(mark)

    monkeypatch.setattr(loop, "Checkpoint", Marked)
    run(tmp_path)
    for change in ({"epochs": 4}, {"batch_size": 10}, {"learning_rate": 1e-3}, {"beta": 2.0}):
        run(tmp_path, **change)
    run(tmp_path, objective="acai")
    run(tmp_path, seeds=(0, 1))
    run(tmp_path, architecture=replace(MLP, latent_size=4))
    other_precision = replace(HERE, precision=torch.bfloat16)
    for name, value in (("IMAGES", IMAGES[:100]), ("HERE", other_precision)):
        monkeypatch.setitem(globals(), name, value)
        run(tmp_path)
    card = replace(HERE, device=SimpleNamespace(type="cuda"), name="card 1")
    assert card.deciding != replace(card, name="card 2").deciding
    assert len(set(marks)) == len(marks) == 10


def test_the_code_marks_a_checkpoint(monkeypatch):
    found = source_files(Path(loop.__file__))
    names = {path.name for path in found}
    assert {
        "loop.py",
        "model.py",
        "objectives.py",
        "draws.py",
        "optimiser.py",
        "splits.py",
    } <= names
    before = fingerprint([0])
    monkeypatch.setattr("vaesweep.training.checkpoints.source_files", lambda path: found[1:])
    assert fingerprint([0]) != before


def test_checkpoints_go_with_the_results_also_those_of_other_stacks(tmp_path):
    for name in ("checkpoint.pt", "checkpoint-0-3.pt", "model.safetensors"):
        (tmp_path / name).touch()
    remove_checkpoints([tmp_path])
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


def test_divergence_stops_that_run_and_keeps_finite_weights(tmp_path):
    [trained] = run(tmp_path, learning_rate=1e30)
    assert trained.facts["status"] == "diverged"
    assert trained.facts["diverged_in_epoch"] == 1
    assert all(tensor.isfinite().all() for tensor in trained.state.values())
    assert len(trained.history) < 3


def test_one_diverged_seed_leaves_its_companion_alone(tmp_path, monkeypatch):
    alone = run(tmp_path, (7,))[0]

    def poisoned(architecture, seeds, images):
        model = initialise(architecture, seeds, images)
        with torch.no_grad():
            model.decoder[0].weight[0, 0, 0] = math.inf
        return model

    monkeypatch.setattr(loop, "initialise", poisoned)
    sick, well = run(tmp_path, (0, 7))
    assert (sick.facts["status"], well.facts["status"]) == ("diverged", "ok")
    assert sick.facts["diverged_in_epoch"] == 1 and len(well.history) == 3
    for name, tensor in alone.state.items():
        assert torch.allclose(tensor, well.state[name], atol=1e-4), name


def test_a_stack_that_does_not_fit_is_halved(tmp_path, monkeypatch, caplog):
    def hungry(model, images, noise):
        if model.members > 2:
            raise torch.OutOfMemoryError
        return negative_elbo_terms(model, images, noise)

    seeds = (3, 0, 7, 1, 5)
    monkeypatch.setattr(objectives, "negative_elbo_terms", hungry)
    caplog.set_level(logging.INFO)
    path = tmp_path / "checkpoint.pt"
    runs = train_stack(IMAGES, MLP, settings(), HERE, seeds, path, 0, LOG)
    assert [run.seed for run in runs] == list(seeds)
    assert [run.facts["stacked_seeds"] for run in runs] == [2, 2, 1, 2, 2]
    assert "out of memory with 5 seeds at once; 3 and then the rest instead" in caplog.text
    alone = run(tmp_path, (7,))[0]
    for name, tensor in alone.state.items():
        assert torch.allclose(tensor, runs[2].state[name], atol=1e-4), name
    # Each part saved under a name of its own; the whole and the halves of halves never got so far.
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"checkpoint-{part}.pt" for part in ("3-0", "7-7", "1-5")}


def test_a_single_seed_that_does_not_fit(tmp_path, monkeypatch):
    def hungry(*_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(objectives, "negative_elbo_terms", hungry)
    path = tmp_path / "checkpoint.pt"
    with pytest.raises(UserError, match=r"out of memory on an abacus \(cpu\) with a single seed"):
        train_stack(IMAGES, MLP, settings(), HERE, (0,), path, 1e9, LOG)


def test_a_card_that_others_fill_is_halved_too_and_other_faults_are_not(tmp_path, monkeypatch):
    said = "CUDA error: out of memory"

    def hungry(model, images, noise):
        if model.members > 1:
            raise RuntimeError(said)
        return negative_elbo_terms(model, images, noise)

    monkeypatch.setattr(objectives, "negative_elbo_terms", hungry)
    path = tmp_path / "checkpoint.pt"
    runs = train_stack(IMAGES, MLP, settings(), HERE, (0, 1), path, 1e9, LOG)
    assert [run.facts["stacked_seeds"] for run in runs] == [1, 1]
    said = "CUDA error: an illegal memory access was encountered"
    with pytest.raises(RuntimeError, match="illegal"):
        train_stack(IMAGES, MLP, settings(), HERE, (0, 1), path, 1e9, LOG)


def test_a_plain_autoencoder_has_no_noise(tmp_path):
    [trained] = run(tmp_path, beta=0.0)
    assert all(row["kl"] == 0 for row in trained.history)
    assert trained.history[-1]["neg_elbo"] == trained.history[-1]["reconstruction"]
    assert trained.history[-1]["reconstruction"] < run(tmp_path)[0].history[-1]["reconstruction"]


@pytest.mark.parametrize(("batch_size", "left_out"), [(150, 50), (199, 0), (200, 0), (20, 0)])
def test_images_that_no_batch_of_an_epoch_holds_are_said(tmp_path, caplog, batch_size, left_out):
    caplog.set_level(logging.INFO)
    run(tmp_path, batch_size=batch_size, epochs=1)
    said = [line for line in caplog.messages if line.startswith("an epoch takes whole batches")]
    assert len(said) == (left_out > 0)
    assert not left_out or "150 images, drawn anew each time, without 50 (25 %)" in said[0]


def test_batch_larger_than_the_data(tmp_path):
    with pytest.raises(UserError, match=r"batch_size is 201, but there are 200 training images"):
        run(tmp_path, batch_size=201)
