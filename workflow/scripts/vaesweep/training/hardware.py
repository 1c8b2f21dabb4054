"""Which device and precision a training runs on, chosen by features and never by timing."""

import fcntl
import hashlib
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import IO

import torch

from vaesweep.errors import UserError
from vaesweep.running.preflight import has_nvidia_gpu

POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Hardware:
    """What a training runs on."""

    device: torch.device  # a GPU that no other training of this machine uses, or the CPU
    precision: torch.dtype  # of the matrix products
    name: str  # of the device, as its maker writes it
    turn: IO[str] | None = None  # the lock that keeps others from the GPU until the process ends

    @property
    def deciding(self) -> list[str]:
        """What a training's bits depend on: random numbers differ between models of GPUs."""
        return [self.device.type, str(self.precision), self.name * (self.device.type == "cuda")]


def choose_hardware(device: str, precision: str, log: Logger) -> Hardware:
    """Resolve `training.device` and `training.precision`, and make PyTorch deterministic.

    A UserError says why "cuda", if it was asked for, cannot be had.
    """
    # As torch.use_deterministic_algorithms(True), which imports the compiler besides.
    torch.set_deterministic_debug_mode("error")
    # Nothing reads memory before it is written, and filling it takes 7 % of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.allow_tf32 = False  # float32 means float32
    where, turn = _choose_device(device, log)
    dtype, reason = choose_precision(precision, where)
    name = device_name(where)
    log.info("device %s (%s), precision %s (%s)", where, name, dtype, reason)
    return Hardware(where, dtype, name, turn)


def _choose_device(requested: str, log: Logger) -> tuple[torch.device, IO[str] | None]:
    if requested != "cpu":
        fault = _why_no_gpu()
        if fault is None:
            # Two trainings would share a GPU's memory and its time.
            gpus = map(torch.cuda.get_device_properties, range(torch.cuda.device_count()))
            number, turn = take_turn([str(gpu.uuid) for gpu in gpus], log)
            torch.cuda.set_device(number)
            return torch.device("cuda", number), turn
        if requested == "cuda":
            raise UserError(f"training.device is cuda, but {fault}; or set it to auto or cpu")
        if has_nvidia_gpu():
            log.info("the GPU is left alone, since %s", fault)
    return torch.device("cpu"), None


def _why_no_gpu() -> str | None:
    """Why PyTorch cannot compute on this machine's GPUs, and what to do; None if it can."""
    if not torch.cuda.is_available():
        if not has_nvidia_gpu():
            return "this machine shows no NVIDIA GPU: run where `nvidia-smi` lists one"
        try:
            torch.cuda.init()
            said = "PyTorch sees none of them"
        except (RuntimeError, AssertionError) as error:
            said = str(error).strip().splitlines()[0]
        return (
            f"PyTorch {torch.__version__} cannot use this machine's GPU ({said}): update the "
            "NVIDIA driver, or check CUDA_VISIBLE_DEVICES"
        )
    card = torch.cuda.get_device_capability()
    if not has_code_for(card, torch.cuda.get_arch_list()):
        return (
            f"PyTorch {torch.__version__} has no code for {torch.cuda.get_device_name()} (compute "
            f"capability {card[0]}.{card[1]}): install a version that has"
        )
    return None


def has_code_for(card: tuple[int, int], architectures: Iterable[str]) -> bool:
    """Whether one of `torch.cuda.get_arch_list()` runs on a GPU of this compute capability.

    Binary code (sm_80) runs on the same major version from its minor version on; portable code
    (compute_80) on any later card (NVIDIA, CUDA C++ Programming Guide, application compatibility).
    """
    for architecture in architectures:
        kind, digits = architecture.rstrip("af").split("_")  # sm_90a
        code = divmod(int(digits), 10)
        if code <= card and (kind == "compute" or code[0] == card[0]):
            return True
    return False


def take_turn(names: list[str], log: Logger) -> tuple[int, IO[str]]:
    """Wait until no process of this user has one of these, telling the log of it; take that one.

    Returned is its place, and the locked file, which holds it until closed or the process ends.
    """
    marks = [hashlib.sha256(name.encode()).hexdigest()[:16] for name in names]
    folder = tempfile.gettempdir()
    files = [Path(folder, f"vaesweep-{os.getuid()}-{mark}.lock") for mark in marks]
    told = False
    while True:
        for number, path in enumerate(files):
            turn = path.open("a")
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return number, turn
            except BlockingIOError:
                turn.close()
        if not told:
            log.info("every GPU is taken by another training; waiting")
            told = True
        time.sleep(POLL_SECONDS)


def choose_precision(requested: str, device: torch.device) -> tuple[torch.dtype, str]:
    """Resolve "auto", "float32" or "bfloat16" to a type for matrix products, and say why.

    "auto" takes bfloat16 where the hardware multiplies it faster than float32: GPUs since Ampere,
    CPUs with AMX, AMD CPUs with AVX512-BF16. Intel CPUs that have AVX512-BF16 without AMX were
    seen to run at 0.6 of their float32 rate with it.
    """
    if requested != "auto":
        return getattr(torch, requested), "as configured"
    if device.type == "cuda":
        fast = torch.cuda.get_device_capability(device) >= (8, 0)
        reason = "tensor cores since Ampere" if fast else "a GPU older than Ampere"
    else:
        info = _cpuinfo()
        flags, vendor = info.get("flags", "").split(), info.get("vendor_id")
        amd = "avx512_bf16" in flags and vendor == "AuthenticAMD"
        reasons = {"AMX": "amx_bf16" in flags, "AVX512-BF16 of AMD": amd}
        reason = next((name for name in reasons if reasons[name]), "no fast bfloat16 in this CPU")
        fast = any(reasons.values())
    return (torch.bfloat16 if fast else torch.float32), f"auto: {reason}"


def is_out_of_memory(error: Exception) -> bool:
    """Whether a device ran out of memory, also where others have filled it."""
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error).lower()


def device_name(device: torch.device) -> str:
    """The name of the GPU or CPU as its maker writes it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _cpuinfo().get("model name") or platform.processor() or platform.machine()


def reset_peak_memory(device: torch.device) -> None:
    """Forget the most memory so far on a GPU; that of a process cannot be forgotten."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory_mib(device: torch.device) -> int:
    """The most memory so far, in MiB: of PyTorch on the GPU, or of this process on the CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) // 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (2**20 if sys.platform == "darwin" else 2**10)  # bytes on macOS, else KiB


def _cpuinfo() -> dict[str, str]:
    """The first processor's fields of /proc/cpuinfo; empty where there is none (macOS)."""
    path = Path("/proc/cpuinfo")
    first = path.read_text().split("\n\n")[0] if path.exists() else ""
    pairs = (line.split(":", 1) for line in first.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}
