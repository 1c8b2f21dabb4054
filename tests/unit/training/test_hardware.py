"""Device and precision: chosen by what the hardware is, never by timing."""

import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from vaesweep.errors import UserError
from vaesweep.training import hardware
from vaesweep.training.hardware import (
    Hardware,
    any_gpu_works,
    choose_hardware,
    choose_precision,
    device_name,
    explaining_out_of_memory,
    multiply_on,
    peak_memory_mib,
    take_turn,
)

CPU = torch.device("cpu")
ABACUS = Hardware(CPU, torch.float32, "Abacus")
LOG = logging.getLogger("test")
NO_CODE = "CUDA error: no kernel image is available for execution on the device\nCompile with ..."


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
def test_precision_is_as_configured_or_depends_on_features(monkeypatch, flags, vendor, expected):
    monkeypatch.setattr(hardware, "_cpuinfo", lambda: {"flags": flags, "vendor_id": vendor})
    precision, reason = choose_precision("auto", CPU)
    assert precision == expected and reason.startswith("auto: ")
    for name in ("float32", "bfloat16"):
        assert choose_precision(name, CPU) == (getattr(torch, name), "as configured")


def test_a_cpu_has_a_name_and_a_peak_memory_in_mebibytes(monkeypatch):
    monkeypatch.setattr(hardware, "_cpuinfo", lambda: {"model name": "Abacus 1"})
    assert device_name(CPU) == "Abacus 1"
    status = Path("/proc/self/status").read_text()
    [kibibytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    assert peak_memory_mib(CPU) == pytest.approx(int(kibibytes) / 1024, rel=0.5)


def test_float32_is_not_tf32():
    choose_hardware("cpu", "float32", LOG)
    assert not torch.backends.cudnn.allow_tf32 and not torch.backends.cuda.matmul.allow_tf32


@pytest.fixture
def install_gpus(monkeypatch, tmp_path, caplog):
    """Stand-ins for GPUs, one for each fault; a GPU without a fault works."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(hardware.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(hardware, "has_nvidia_gpu", lambda: True)

    def install(*faults):
        def multiply(device):
            if faults[device.index]:
                raise RuntimeError(faults[device.index])
            multiply_on(CPU)

        monkeypatch.setattr(hardware, "multiply_on", multiply)
        for name, function in {
            "init": lambda: None,
            "device_count": lambda: len(faults),
            "get_device_properties": lambda number: SimpleNamespace(uuid=number),
            "get_device_name": lambda device: f"card {getattr(device, 'index', device)}",
            "get_device_capability": lambda device: (9, 0),
            "set_device": lambda number: None,
        }.items():
            monkeypatch.setattr(torch.cuda, name, function)

    return install


@pytest.mark.parametrize("requested", ["auto", "cuda"])
def test_a_gpu_that_works_is_used(install_gpus, requested):
    install_gpus(None)
    found = choose_hardware(requested, "auto", LOG)
    assert (found.device, found.precision) == (torch.device("cuda", 0), torch.bfloat16)
    assert found.lock is not None
    assert choose_hardware("cpu", "float32", LOG).device == CPU


def test_auto_leaves_the_gpu_to_stacks(install_gpus, caplog):
    install_gpus(None)
    assert choose_hardware("auto", "float32", LOG, prefers_cpu=True).device == CPU
    assert "not using the GPU for a single seed" in caplog.text
    assert choose_hardware("cuda", "auto", LOG, prefers_cpu=True).device.type == "cuda"


@pytest.mark.parametrize("faults", [(), (None,), (NO_CODE,), (NO_CODE, None), (None, NO_CODE)])
def test_one_gpu_that_works_is_enough(install_gpus, faults):
    install_gpus(*faults)
    assert any_gpu_works() is (None in faults)


def test_a_gpu_that_fails_is_left_out(install_gpus, caplog):
    install_gpus(NO_CODE, None)
    assert choose_hardware("cuda", "auto", LOG).device == torch.device("cuda", 1)
    assert "not using one of the GPUs: card 0: CUDA error: no kernel image" in caplog.text


def test_without_a_working_gpu_pytorch_says_why(install_gpus, caplog):
    install_gpus(NO_CODE, NO_CODE)
    reasons = f"card 0: {NO_CODE.splitlines()[0]}; card 1: "
    with pytest.raises(UserError, match=f"^training.device is cuda, but PyTorch .*{reasons}"):
        choose_hardware("cuda", "auto", LOG)
    assert choose_hardware("auto", "float32", LOG).device == CPU
    assert f"not using the GPU: {reasons}" in caplog.text
    install_gpus(None)
    assert choose_hardware("cuda", "auto", LOG).lock, "a card that failed is locked no more"


@pytest.mark.parametrize("has_gpu", [True, False])
def test_a_driver_that_is_missing_or_too_old_is_named(install_gpus, monkeypatch, caplog, has_gpu):
    def refuse():
        raise error

    install_gpus(None)
    monkeypatch.setattr(torch.cuda, "init", refuse)
    monkeypatch.setattr(hardware, "has_nvidia_gpu", lambda: has_gpu)
    for error in (
        RuntimeError("The driver is too old (11040).\nX"),
        AssertionError("built for CPU"),
    ):
        reason = str(error).splitlines()[0].rstrip(".")
        with pytest.raises(UserError) as caught:
            choose_hardware("cuda", "auto", LOG)
        assert f"cannot use a GPU: {reason}; check what `nvidia-smi` lists" in str(caught.value)
        assert choose_hardware("auto", "float32", LOG).device == CPU
        # Without a GPU, "auto" means the CPU and there is nothing to explain.
        assert (f"not using the GPU: {reason}" in caplog.text) == has_gpu


def test_results_depend_on_the_model_of_a_gpu_but_not_of_a_cpu():
    card = Hardware(torch.device("cuda", 0), torch.bfloat16, "card 1")
    assert card.deciding == ["cuda", "torch.bfloat16", "card 1"]
    assert ABACUS.deciding == ["cpu", "torch.float32", ""]


def test_trainings_spread_over_all_gpus_and_wait_for_a_free_one(install_gpus, monkeypatch, caplog):
    (first, lock), (second, other) = take_turn(["a", "b"], LOG), take_turn(["a", "b"], LOG)
    assert (first, second) == ("a", "b")
    monkeypatch.setattr(hardware.time, "sleep", lambda _: other.close())
    third, last = take_turn(["a", "b"], LOG)
    assert third == "b" and caplog.text.count("all GPUs are busy; waiting") == 1
    lock.close()
    last.close()


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB."),
        RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be reported later"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried ..."),
        MemoryError(),
    ],
    ids=lambda error: str(error)[:20],
)
def test_lack_of_memory_is_one_line_with_advice(error):
    with (
        pytest.raises(UserError) as caught,
        explaining_out_of_memory(Hardware(CPU, None, "Abacus")),
    ):
        raise error
    text = str(caught.value)
    first_line = str(error).split("\n")[0].rstrip(".") or "MemoryError"
    assert text.startswith(f"out of memory on Abacus (cpu): {first_line}; lower training.seeds_per")
    assert text.endswith("training.batch_size") and "\n" not in text


def test_other_errors_are_not_taken_for_lack_of_memory():
    with pytest.raises(RuntimeError, match="illegal"), explaining_out_of_memory(ABACUS):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")
