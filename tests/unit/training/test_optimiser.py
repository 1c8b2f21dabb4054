"""Adam without its class: the same steps, without importing the compiler; and its schedule."""

import subprocess
import sys

import pytest
import torch
from checkout import ROOT
from torch import nn

from vaesweep.training.optimiser import Adam, one_cycle


def take_steps(model: nn.Module, count: int, step) -> list[torch.Tensor]:
    """Parameters after `count` steps on the same data."""
    data = torch.randn(count, 5, 3, generator=torch.Generator().manual_seed(1))
    for number in range(count):
        model.zero_grad()
        model(data[number]).square().sum().backward()
        step(0.1 / (1 + number))
    return [parameter.detach().clone() for parameter in model.parameters()]


def model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.SiLU(), nn.Linear(4, 1))


@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
def test_steps_are_those_of_pytorch(weight_decay):
    ours, theirs = model(), model()
    adam = Adam(ours, (0.9, 0.99), weight_decay)
    groups = [
        {"params": [layer.weight for layer in theirs[::2]], "weight_decay": weight_decay},
        {"params": [layer.bias for layer in theirs[::2]], "weight_decay": 0.0},
    ]
    reference = torch.optim.AdamW(groups, betas=(0.9, 0.99), fused=True)

    def step(rate):
        adam.learning_rate = rate
        adam.step()

    def reference_step(rate):
        for group in reference.param_groups:
            group["lr"] = rate
        reference.step()

    expected = take_steps(theirs, 7, reference_step)
    for found, wanted in zip(take_steps(ours, 7, step), expected, strict=True):
        assert torch.equal(found, wanted)


def test_one_cycle():
    rates = [one_cycle(step, 100, 2.0) for step in range(100)]
    assert max(rates) == rates[20] == 2.0
    assert rates[0] == pytest.approx(0.08) and rates[-1] < 0.001
    assert rates[:21] == sorted(rates[:21]) and rates[20:] == sorted(rates[20:], reverse=True)


TRAININGS = """
import logging, sys
from pathlib import Path
import numpy as np
from vaesweep.scoring import judges
from vaesweep.training.hardware import choose_hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import Architecture

images, log = np.zeros((100, 28, 28), np.uint8), logging.getLogger()
settings, hardware = Settings(1.0, 1, 32, 1e-3), choose_hardware("cpu", "float32", log)
train(images, Architecture("mlp", (8,), 2), settings, hardware, (0,), Path(sys.argv[1]), 60.0, log)
judges.MIN_STEPS = 1
judges.train_judge(images, np.arange(100, dtype=np.uint8) % 10, 10, 0, log)
sys.exit("torch._dynamo" in sys.modules)
"""


def test_trainings_do_not_import_the_compiler(tmp_path):
    command = [sys.executable, "-c", TRAININGS, str(tmp_path / "checkpoint.pt")]
    assert subprocess.run(command, cwd=ROOT / "workflow/scripts", check=False).returncode == 0
