"""The device and the precision of a training, chosen by what the hardware is, never by timing."""

import fcntl
import hashlib
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import IO

import torch

from vaesweep.errors import UserError
from vaesweep.running.memory import first_line, lacks_memory
from vaesweep.running.preflight import has_nvidia_gpu

POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Hardware:
    """What a training runs on."""

    device: torch.device  # the CPU, or a GPU that no other training on this machine uses
    precision: torch.dtype  # of the matrix products
    name: str  # of the device, as its maker writes it
    lock: IO[str] | None = None  # reserves the GPU until this process ends

    @property
    def deciding(self) -> list[str]:
        """What a training's bits depend on: GPUs of different models draw different numbers."""
        model = self.name if self.device.type == "cuda" else ""
        return [self.device.type, str(self.precision), model]


def choose_hardware(
    device: str, precision: str, log: Logger, prefers_cpu: bool = False
) -> Hardware:
    """Resolve `training.device` and `training.precision`, and make PyTorch deterministic.

    "auto" is a GPU if there is one that works, but not for a training that `prefers_cpu`.
    Raises UserError if "cuda" is asked for and no GPU can be used.
    """
    # Unlike torch.use_deterministic_algorithms(True), this does not import the compiler.
    torch.set_deterministic_debug_mode("error")
    # No memory is read before it is written, and filling it takes 7 % of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.allow_tf32 = False  # float32 means float32
    if device == "auto" and prefers_cpu:
        device = "cpu"
        if has_nvidia_gpu():
            log.info("not using the GPU for a single seed; training.device: cuda would use it")
    chosen, lock = _choose_device(device, log)
    dtype, reason = choose_precision(precision, chosen)
    name = device_name(chosen)
    log.info("device %s (%s), precision %s (%s)", chosen, name, dtype, reason)
    return Hardware(chosen, dtype, name, lock)


def _choose_device(requested: str, log: Logger) -> tuple[torch.device, IO[str] | None]:
    if requested == "cpu":
        return torch.device("cpu"), None
    try:
        number, lock = reserve_gpu(log)
    except RuntimeError as error:
        if requested == "cuda":
            raise UserError(
                f"training.device is cuda, but PyTorch {torch.__version__} cannot use a GPU: "
                f"{error}; check what `nvidia-smi` lists, or set training.device to auto"
            ) from error
        if has_nvidia_gpu():
            log.info("not using the GPU: %s", error)
        return torch.device("cpu"), None
    torch.cuda.set_device(number)
    return torch.device("cuda", number), lock


def reserve_gpu(log: Logger) -> tuple[int, IO[str]]:
    """Wait for a GPU that works and that no other training uses; return its number and its lock.

    Two trainings would share a GPU's memory and time. Raises RuntimeError, in PyTorch's words, if
    there is no GPU or none works.
    """
    try:
        torch.cuda.init()
    except Exception as error:  # its type depends on what is missing
        raise RuntimeError(first_line(error)) from error
    gpus = {
        str(torch.cuda.get_device_properties(number).uuid): number
        for number in range(torch.cuda.device_count())
    }
    faults = []
    while gpus:
        uuid, lock = take_turn(list(gpus), log)
        number = gpus.pop(uuid)
        try:
            multiply_on(torch.device("cuda", number))
        except RuntimeError as error:
            lock.close()
            faults.append(f"{torch.cuda.get_device_name(number)}: {first_line(error)}")
            if gpus:
                log.info("not using one of the GPUs: %s", faults[-1])
        else:
            return number, lock
    raise RuntimeError("; ".join(faults))


def any_gpu_works() -> bool:
    """Whether PyTorch can compute on one of the GPUs, whether or not a training uses it."""
    for number in range(torch.cuda.device_count()):
        with suppress(RuntimeError):
            multiply_on(torch.device("cuda", number))
            return True
    return False


def multiply_on(device: torch.device) -> None:
    """Multiply two matrices and read the result, which only a device that works can do."""
    ones = torch.ones(8, 8, device=device)
    (ones @ ones).cpu()


def take_turn(names: list[str], log: Logger) -> tuple[str, IO[str]]:
    """Wait until no process of this user holds one of the GPUs with these names, and take it.

    Returns its name and a locked file, which reserves it until closed or until the process ends.
    """
    waiting = False
    while True:
        for name in names:
            digest = hashlib.sha256(name.encode()).hexdigest()[:16]
            path = Path(tempfile.gettempdir(), f"vaesweep-{os.getuid()}-{digest}.lock")
            lock = path.open("a")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return name, lock
            except BlockingIOError:
                lock.close()
        if not waiting:
            log.info("all GPUs are busy; waiting")
            waiting = True
        time.sleep(POLL_SECONDS)


def choose_precision(requested: str, device: torch.device) -> tuple[torch.dtype, str]:
    """Resolve "auto", "float32" or "bfloat16" to a type for matrix products, and say why.

    "auto" chooses bfloat16 where the hardware multiplies it faster than float32: GPUs since Ampere,
    CPUs with AMX, AMD CPUs with AVX512-BF16. Intel CPUs that have AVX512-BF16 but no AMX were
    measured to run at 0.6 of their float32 rate with it.
    """
    if requested != "auto":
        return getattr(torch, requested), "as configured"
    if device.type == "cuda":
        if torch.cuda.get_device_capability(device) >= (8, 0):
            return torch.bfloat16, "auto: tensor cores since Ampere"
        return torch.float32, "auto: a GPU older than Ampere"
    cpu = _cpuinfo()
    flags = cpu.get("flags", "").split()
    if "amx_bf16" in flags:
        return torch.bfloat16, "auto: AMX"
    if "avx512_bf16" in flags and cpu.get("vendor_id") == "AuthenticAMD":
        return torch.bfloat16, "auto: AVX512-BF16 of AMD"
    return torch.float32, "auto: no fast bfloat16 in this CPU"


@contextmanager
def explaining_out_of_memory(hardware: Hardware) -> Iterator[None]:
    """Turn an error for lack of memory, on the GPU or the CPU, into a UserError with advice."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not lacks_memory(error):
            raise
        raise UserError(
            f"out of memory on {hardware.name} ({hardware.device}): {first_line(error)}; lower "
            "training.seeds_per_job or training.batch_size"
        ) from error


def device_name(device: torch.device) -> str:
    """The name of the GPU or CPU as its maker writes it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _cpuinfo().get("model name") or platform.processor() or platform.machine()


def reset_peak_memory(device: torch.device) -> None:
    """Forget a GPU's peak memory so far; that of a process on the CPU cannot be reset."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory_mib(device: torch.device) -> int:
    """Peak memory so far, in MiB: of PyTorch on the GPU, or of this process on the CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) // 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (2**20 if sys.platform == "darwin" else 2**10)  # bytes on macOS, else KiB


def _cpuinfo() -> dict[str, str]:
    """The fields of the first processor in /proc/cpuinfo; empty where there is none (macOS)."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    first_processor = path.read_text().split("\n\n")[0]
    lines = [line.split(":", 1) for line in first_processor.splitlines() if ":" in line]
    return {key.strip(): value.strip() for key, value in lines}
