"""Adam without its class: the same steps, and none of the class's start."""

import subprocess
import sys

import pytest
import torch
from checkout import ROOT
from torch import nn

from vaesweep.training.optimiser import Adam


def steps(model: nn.Module, count: int, step) -> list[torch.Tensor]:
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
    own = Adam(ours, (0.9, 0.99), weight_decay)
    groups = [
        {"params": [layer.weight for layer in theirs[::2]], "weight_decay": weight_decay},
        {"params": [layer.bias for layer in theirs[::2]], "weight_decay": 0.0},
    ]
    reference = torch.optim.AdamW(groups, betas=(0.9, 0.99), fused=True)

    def step_own(rate):
        own.learning_rate = rate
        own.step()

    def step_reference(rate):
        for group in reference.param_groups:
            group["lr"] = rate
        reference.step()

    for a, b in zip(steps(ours, 7, step_own), steps(theirs, 7, step_reference), strict=True):
        assert torch.equal(a, b)


def test_state_carries_all_that_the_next_step_needs():
    first, second = model(), model()
    one, other = Adam(first, (0.9, 0.99)), Adam(second, (0.9, 0.99))
    one.learning_rate = other.learning_rate = 0.1
    steps(first, 3, lambda _: one.step())
    second.load_state_dict(first.state_dict())
    other.load_state({name: [t.clone() for t in part] for name, part in one.state().items()})
    after = (steps(m, 2, lambda _, a=a: a.step()) for m, a in ((first, one), (second, other)))
    assert all(torch.equal(a, b) for a, b in zip(*after, strict=True))


TRAININGS = {
    "model": """
from vaesweep.training.model import Architecture
from vaesweep.training.loop import Settings, train
from vaesweep.training.hardware import choose_hardware
settings, here = Settings(1.0, 1, 32, 1e-3), choose_hardware("cpu", "float32", log)
train(images, Architecture("mlp", (8,), 2), settings, here, (0,), Path(sys.argv[1]), 60.0, log)
""",
    "judge": """
from vaesweep.scoring.judges import train_judge
train_judge(images, np.arange(5200, dtype=np.uint8) % 10, 10, 0, log)
""",
}


@pytest.mark.parametrize("name", TRAININGS)
def test_training_does_not_import_the_compiler(name, tmp_path):
    code = f"""
import logging, sys
from pathlib import Path
import numpy as np
images, log = np.zeros((5200, 28, 28), np.uint8), logging.getLogger()
{TRAININGS[name]}
sys.exit("torch._dynamo" in sys.modules)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "checkpoint.pt")]
    done = subprocess.run(command, cwd=ROOT / "workflow" / "scripts", check=False)
    assert done.returncode == 0
