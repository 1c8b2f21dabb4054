"""Device and precision: by what the hardware is, never by timing."""

import pytest
import torch

from vaesweep.errors import UserError
from vaesweep.training.hardware import choose_device, choose_precision, device_name, peak_memory_mib

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("flags", "vendor", "expected"),
    [
        ({"avx512_bf16", "amx_bf16"}, "GenuineIntel", torch.bfloat16),
        ({"avx512_bf16"}, "AuthenticAMD", torch.bfloat16),
        ({"avx512_bf16"}, "GenuineIntel", torch.float32),
        ({"avx2"}, "AuthenticAMD", torch.float32),
        (set(), "", torch.float32),
    ],
)
def test_auto_precision_goes_by_features(monkeypatch, flags, vendor, expected):
    monkeypatch.setattr("vaesweep.training.hardware._cpu_features", lambda: (flags, vendor))
    precision, reason = choose_precision("auto", CPU)
    assert precision == expected
    assert reason.startswith("auto: ")


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_precision_as_configured(name):
    assert choose_precision(name, CPU) == (getattr(torch, name), "as configured")


def test_this_machine_is_described():
    assert device_name(CPU)
    assert 50 < peak_memory_mib(CPU) < 100_000


def test_auto_takes_a_gpu_if_there_is_one(monkeypatch):
    for available, expected in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda value=available: value)
        assert choose_device("auto").type == expected
        assert choose_device("cpu").type == "cpu"


def test_cuda_without_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match=r"training\.device is cuda, but PyTorch sees no GPU"):
        choose_device("cuda")
