"""The training loop: deterministic, resumable, and each seed independent of the others."""

import logging
import math
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from vaesweep.errors import UserError
from vaesweep.running.dependencies import source_files
from vaesweep.training import checkpoints, loop
from vaesweep.training.checkpoints import Checkpoint, fingerprint, watch_for_termination
from vaesweep.training.draws import draw_epoch, initialise
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import Architecture
from vaesweep.training.objectives import NegativeElbo

LOG = logging.getLogger("test")
MLP = Architecture("mlp", (16,), 3)
CPU = Hardware(torch.device("cpu"), torch.float32, "an abacus")
IMAGES = np.random.default_rng(0).integers(0, 256, (200, 28, 28), dtype=np.uint8)


@pytest.fixture(autouse=True)
def one_thread():
    """As in the workflow: results depend on the number of threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def settings(**changes) -> Settings:
    values = {"beta": 1.0, "epochs": 3, "batch_size": 20, "learning_rate": 3e-3}
    return Settings(**values | changes)


def run(folder, seeds=(0,), images=IMAGES, architecture=MLP, hardware=CPU, seconds=1e9, **changes):
    """Train on 200 images of noise, with changed settings; seconds pass between checkpoints."""
    path = folder / "checkpoint.pt"
    return train(images, architecture, settings(**changes), hardware, seeds, path, seconds, LOG)


def same(a, b) -> bool:
    return all(torch.equal(a.state[name], b.state[name]) for name in a.state)


def test_seeds_and_epochs_differ_in_everything_random():
    model = initialise(MLP, (0, 1), IMAGES)
    for name, parameter in model.named_parameters():
        if name != "decoder.2.bias":  # the mean image
            assert not torch.equal(parameter[0], parameter[1]), name
    draw = NegativeElbo(1.0, 3, (0, 1)).draw
    orders, noises = [], []
    for epoch in (0, 1):
        order, noise = draw_epoch((0, 1), epoch, 200, (10, 20, 3), CPU.device, draw)
        assert all(sorted(member.flatten().tolist()) == list(range(200)) for member in order)
        orders += list(order)
        noises += list(noise)
    for drawn in (orders, noises):
        assert len({tuple(values.flatten().tolist()) for values in drawn}) == 4


def test_history_has_a_row_for_each_epoch(tmp_path):
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
        (MLP, {"objective": "dae"}),
        (MLP, {"objective": "wae"}),
    ],
)
def test_a_seed_does_not_depend_on_its_companions(tmp_path, architecture, changes):
    [alone] = run(tmp_path, (7,), architecture=architecture, **changes)
    _, stacked = run(tmp_path, (0, 7), architecture=architecture, **changes)
    assert stacked.seed == 7 and stacked.facts["stacked_seeds"] == 2
    for name in alone.state:
        assert torch.allclose(alone.state[name], stacked.state[name], atol=1e-4), name
    for one, other in zip(alone.history, stacked.history, strict=True):
        assert one["neg_elbo"] == pytest.approx(other["neg_elbo"], abs=0.3)


class Killed(Exception):
    """Ends a training where SIGKILL would."""


@pytest.mark.parametrize(
    ("step", "objective"),
    [(1, "vae"), (10, "vae"), (29, "vae"), (17, "acai"), (17, "dae"), (17, "wae")],
)
def test_a_training_killed_after_any_step_ends_with_the_same_bits(
    tmp_path, monkeypatch, step, objective
):
    [whole] = run(tmp_path, objective=objective)
    saved_steps = []

    class Dying(Checkpoint):
        def save(self, state):
            super().save(state)
            saved_steps.append(state["step"])
            if state["step"] == step:
                raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(loop, "Checkpoint", Dying)
        patch.setattr(checkpoints, "MAX_SHARE", math.inf)
        with pytest.raises(Killed):
            run(tmp_path, seconds=0, objective=objective)
    assert saved_steps == list(range(1, step + 1))
    [resumed] = run(tmp_path, objective=objective)
    assert same(whole, resumed)
    assert [row["neg_elbo"] for row in resumed.history] == [r["neg_elbo"] for r in whole.history]
    assert (tmp_path / "checkpoint.pt").exists(), "it stays until the results are written"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_saves_before_the_training_ends(tmp_path, monkeypatch, number):
    [whole] = run(tmp_path)
    signal.signal(number, signal.SIG_DFL)  # nohup, for one, ignores SIGHUP

    def rate_and_signal(step, steps, peak):
        if step == 12:
            signal.raise_signal(number)
        return loop_rate(step, steps, peak)

    loop_rate = loop.one_cycle
    with monkeypatch.context() as patch:
        patch.setattr(loop, "one_cycle", rate_and_signal)
        with pytest.raises(SystemExit) as ended:
            run(tmp_path)
    assert ended.value.code == 143
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == 13
    assert same(whole, run(tmp_path)[0])


def test_under_nohup_a_lost_connection_stops_nothing():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with watch_for_termination() as signals:
            signal.raise_signal(signal.SIGHUP)
        assert signals == []
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_checkpoint_of_another_training_or_a_damaged_one_is_refused(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = tmp_path / "checkpoint.pt"
    Checkpoint(path, 1, "other").save({"step": 5})
    assert Checkpoint(path, 1, "mine").load(LOG) is None
    assert "checkpoint.pt belongs to another configuration" in caplog.text
    path.write_bytes(b"half a file")
    assert Checkpoint(path, 1, "mine").load(LOG) is None
    assert "cannot be read" in caplog.text and caplog.text.count("; starting from scratch") == 2


def test_saves_are_spread_out(tmp_path, monkeypatch):
    """A pause counts from the end of a save, and is 20 times as long as that at least."""
    now = iter([0, 10, 20, 20, 21, 30, 40, 41])
    monkeypatch.setattr("vaesweep.training.checkpoints.time.perf_counter", lambda: next(now))
    checkpoint = Checkpoint(tmp_path / "checkpoint.pt", 15, "mine")  # at 0
    assert [checkpoint.is_due() for _ in range(2)] == [False, True]  # at 10 and 20
    checkpoint.save({})  # from 20 to 21
    assert [checkpoint.is_due() for _ in range(3)] == [False, False, True]  # at 30, 40 and 41


def test_a_fingerprint_covers_everything_that_decides_the_result(tmp_path, monkeypatch):
    fingerprints = []

    class Noted(Checkpoint):
        def load(self, log):
            fingerprints.append(self.fingerprint)
            raise Killed

    monkeypatch.setattr(loop, "Checkpoint", Noted)
    for change in (
        {},
        {"epochs": 4},
        {"batch_size": 10},
        {"learning_rate": 1e-3},
        {"beta": 2.0},
        {"objective": "acai"},
        {"seeds": (0, 1)},
        {"images": IMAGES[:100]},
        {"architecture": replace(MLP, latent_size=4)},
        {"hardware": replace(CPU, precision=torch.bfloat16)},
    ):
        with pytest.raises(Killed):
            run(tmp_path, **change)
    assert len(set(fingerprints)) == len(fingerprints) == 10


def test_a_fingerprint_covers_the_code(monkeypatch):
    modules = source_files(Path(loop.__file__))
    names = {"loop.py", "model.py", "objectives.py", "draws.py", "optimiser.py", "splits.py"}
    assert names <= {path.name for path in modules}
    before = fingerprint([0])
    monkeypatch.setattr("vaesweep.training.checkpoints.source_files", lambda path: modules[1:])
    assert fingerprint([0]) != before


def test_divergence_ends_the_run_and_keeps_finite_weights(tmp_path):
    [trained] = run(tmp_path, learning_rate=1e30)
    assert trained.facts["status"] == "diverged"
    assert trained.facts["diverged_in_epoch"] == 1
    assert all(tensor.isfinite().all() for tensor in trained.state.values())
    assert len(trained.history) < 3


@pytest.mark.parametrize("objective", ["vae", "dae", "wae"])
def test_a_diverged_seed_leaves_the_bits_of_its_companion(tmp_path, monkeypatch, objective):
    _, healthy = run(tmp_path, (0, 7), objective=objective)

    def poisoned(architecture, seeds, images):
        model = initialise(architecture, seeds, images)
        with torch.no_grad():
            model.decoder[0].weight[0, 0, 0] = math.nan
        return model

    monkeypatch.setattr(loop, "initialise", poisoned)
    sick, well = run(tmp_path, (0, 7), objective=objective)
    assert (sick.facts["status"], well.facts["status"]) == ("diverged", "ok")
    assert sick.facts["diverged_in_epoch"] == 1 and len(well.history) == 3
    assert same(healthy, well)


def test_a_plain_autoencoder_has_no_noise(tmp_path):
    [trained] = run(tmp_path, beta=0.0)
    assert all(row["kl"] == 0 for row in trained.history)
    assert trained.history[-1]["neg_elbo"] == trained.history[-1]["reconstruction"]
    assert trained.history[-1]["reconstruction"] < run(tmp_path)[0].history[-1]["reconstruction"]


@pytest.mark.parametrize(("batch_size", "left_out"), [(150, 50), (199, 0), (200, 0), (20, 0)])
def test_the_log_mentions_images_that_an_epoch_leaves_out(tmp_path, caplog, batch_size, left_out):
    caplog.set_level(logging.INFO)
    run(tmp_path, batch_size=batch_size, epochs=1)
    lines = [line for line in caplog.messages if line.startswith("an epoch uses whole batches")]
    assert len(lines) == (1 if left_out else 0)
    assert not left_out or "150 images; another 50 (25 %) are left out" in lines[0]


def test_a_batch_larger_than_the_data(tmp_path):
    with pytest.raises(UserError, match=r"batch_size is 201, but there are 200 training images"):
        run(tmp_path, batch_size=201)
