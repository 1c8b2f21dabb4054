"""What a run prints before its first job."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

from vaesweep.running import messages
from vaesweep.running.config import complete
from vaesweep.running.messages import from_here, opening


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch):
    monkeypatch.setattr(messages, "has_nvidia_gpu", lambda: False)


@pytest.mark.parametrize(
    ("config", "planned", "cores", "expected"),
    [
        (
            {},
            {"train": 25, "train_judges": 2, "score": 5},
            2,
            "32 jobs to run, including 25 trainings of 8 epochs, in a sweep of 25 runs on MNIST.\n"
            "Device: cpu. Cores: 2.",
        ),
        (
            {"sweep": {"seeds": [0], "latent_sizes": [2]}, "training": {"epochs": 1}},
            {"train": 1},
            1,
            "1 job to run, including 1 training of 1 epoch, in a sweep of 1 run on MNIST.\n"
            "Device: cpu. Cores: 1.",
        ),
        ({}, {"explorer": 1}, 4, "1 job to run, in a sweep of 25 runs on MNIST.\nDevice: cpu."),
        (
            {"sweep": {"variants": {"a": {}, "b": {"training": {"epochs": 2}}}}},
            {"train_stack_0": 10},
            None,
            "10 jobs to run, including 10 trainings of 2 or 8 epochs, in a sweep of 50 runs on "
            "MNIST.\nDevice: auto. ",
        ),
    ],
)
def test_the_opening_counts_what_will_run(config, planned, cores, expected):
    text = opening(complete(config), planned, cores)
    assert text.startswith(expected) and "finished results are kept" in text
    assert ("tail -f" in text) == ("explorer" not in planned)


@pytest.mark.parametrize(("rule", "device"), [("train", "cpu"), ("train_stack_0", "cuda, if Py")])
def test_with_auto_only_stacks_take_a_gpu(monkeypatch, rule, device):
    monkeypatch.setattr(messages, "has_nvidia_gpu", lambda: True)
    assert f"Device: {device}" in opening(complete({}), {rule: 5}, 2)


def test_paths_are_seen_from_where_the_command_was_typed(tmp_path, monkeypatch):
    (tmp_path / "study").mkdir()
    monkeypatch.chdir(tmp_path / "study")
    monkeypatch.setenv("PWD", str(tmp_path))
    assert from_here("results/report.html") == "study/results/report.html"
    monkeypatch.setenv("PWD", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z")
    assert from_here("results") == str(tmp_path / "study/results")


def test_variants_are_named_where_there_are_several():
    config = complete({"sweep": {"variants": {"vae": {}, "conv": {}}}})
    assert "\nVariants: vae, conv." in opening(config, {}, 1)
    assert "Variants" not in opening(complete({}), {}, 1)
    many = complete({"sweep": {"variants": {f"v{number}": {} for number in range(20)}}})
    assert opening(many, {}, 1).endswith(", v15, 4 more.")


def test_a_terminal_that_is_gone_fails_no_sweep():
    code = "from vaesweep.running.messages import say; say('done'); say('done')"
    command = [sys.executable, "-c", code]
    scripts = {"PYTHONPATH": str(ROOT / "workflow/scripts")}
    with Path("/dev/full").open("w") as full:
        subprocess.run(command, env=os.environ | scripts, stdout=full, check=True)
