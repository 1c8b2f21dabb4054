"""Device and precision: by what the hardware is, never by timing."""

import logging

import pytest
import torch

from vaesweep.errors import UserError
from vaesweep.training import hardware
from vaesweep.training.hardware import (
    choose_hardware,
    choose_precision,
    device_name,
    has_code_for,
    is_out_of_memory,
    peak_memory_mib,
    take_turn,
)

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("flags", "vendor", "expected"),
    [
        ("avx512_bf16 amx_bf16", "GenuineIntel", torch.bfloat16),
        ("avx512_bf16", "AuthenticAMD", torch.bfloat16),
        ("avx512_bf16", "GenuineIntel", torch.float32),
        ("avx2", "AuthenticAMD", torch.float32),
        ("", "", torch.float32),
    ],
)
def test_auto_precision_goes_by_features(monkeypatch, flags, vendor, expected):
    monkeypatch.setattr(hardware, "_cpuinfo", lambda: {"flags": flags, "vendor_id": vendor})
    precision, reason = choose_precision("auto", CPU)
    assert precision == expected
    assert reason.startswith("auto: ")


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_precision_as_configured(name):
    assert choose_precision(name, CPU) == (getattr(torch, name), "as configured")


def test_this_machine_is_described():
    assert device_name(CPU)
    assert 50 < peak_memory_mib(CPU) < 100_000


LOG = logging.getLogger("test")


def test_auto_takes_a_gpu_that_pytorch_can_use(monkeypatch):
    turn = object()
    monkeypatch.setattr(hardware, "take_turn", lambda names, log: (1, turn))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.cuda, "set_device", lambda number: None)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"card {device.index}")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    for fault, expected in ((None, "cuda:1"), ("it is too old", "cpu")):
        monkeypatch.setattr(hardware, "_why_no_gpu", lambda fault=fault: fault)
        found = choose_hardware("auto", "auto", LOG)
        assert str(found.device) == expected
        assert choose_hardware("cpu", "float32", LOG).device.type == "cpu"
        if fault is None:
            assert found.turn is turn and found.precision == torch.bfloat16
            assert found.deciding == ["cuda", "torch.bfloat16", "card 1"]


def test_the_name_of_a_cpu_decides_no_bits_but_that_of_a_gpu_does():
    assert choose_hardware("cpu", "float32", LOG).deciding == ["cpu", "torch.float32", ""]


def test_float32_is_not_tf32():
    choose_hardware("cpu", "float32", LOG)
    assert not torch.backends.cudnn.allow_tf32 and not torch.backends.cuda.matmul.allow_tf32


def test_cuda_without_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(hardware, "has_nvidia_gpu", lambda: False)
    with pytest.raises(UserError, match=r"training\.device is cuda, but this machine shows no NV"):
        choose_hardware("cuda", "auto", LOG)


def test_a_driver_that_is_too_old_is_named(monkeypatch):
    def refuse():
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).\nX")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "init", refuse)
    monkeypatch.setattr(hardware, "has_nvidia_gpu", lambda: True)
    with pytest.raises(UserError, match=r"driver on your system is too old .*: update the NVIDIA"):
        choose_hardware("cuda", "auto", LOG)


def test_a_card_that_the_wheel_has_no_code_for_is_named(monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    for name, value in {
        "is_available": True,
        "get_device_capability": (7, 0),
        "get_arch_list": ["sm_75", "sm_80", "sm_90"],
        "get_device_name": "Tesla V100",
    }.items():
        monkeypatch.setattr(torch.cuda, name, lambda *_, value=value: value)
    monkeypatch.setattr(hardware, "has_nvidia_gpu", lambda: True)
    with pytest.raises(UserError, match=r"no code for Tesla V100 \(compute capability 7\.0\)"):
        choose_hardware("cuda", "auto", LOG)
    assert choose_hardware("auto", "float32", LOG).device.type == "cpu"
    assert "the GPU is left alone, since PyTorch" in caplog.text


@pytest.mark.parametrize(
    ("card", "architectures", "runs"),
    [
        ((8, 6), ["sm_80"], True),
        ((8, 0), ["sm_86"], False),
        ((9, 0), ["sm_80"], False),
        ((9, 0), ["sm_80", "compute_80"], True),
        ((9, 0), ["sm_90a"], True),
        ((12, 0), ["sm_120"], True),
        ((7, 0), ["sm_75", "compute_120"], False),
    ],
)
def test_code_for_a_card(card, architectures, runs):
    assert has_code_for(card, architectures) is runs


def test_trainings_take_turns_and_spread_over_what_is_there(tmp_path, monkeypatch, caplog):
    """Two of three processes have a GPU each; the third waits for whichever is free first."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(hardware.tempfile, "gettempdir", lambda: str(tmp_path))
    (first, one), (second, other) = take_turn(["a", "b"], LOG), take_turn(["a", "b"], LOG)
    assert (first, second) == (0, 1)
    monkeypatch.setattr(hardware.time, "sleep", lambda _: other.close())
    third, turn = take_turn(["a", "b"], LOG)
    assert third == 1 and "every GPU is taken" in caplog.text
    one.close()
    turn.close()


def test_a_card_that_others_have_filled_is_out_of_memory():
    assert is_out_of_memory(torch.OutOfMemoryError())
    assert is_out_of_memory(RuntimeError("CUDA error: out of memory\nCUDA kernel errors might"))
    assert not is_out_of_memory(RuntimeError("an illegal memory access was encountered"))
