"""Which device and which precision a training runs on, chosen by features and never by timing."""

import platform
import resource
import sys
from pathlib import Path

import torch

from vaesweep.errors import UserError


def choose_device(requested: str) -> torch.device:
    """Resolve "auto", "cpu" or "cuda".

    Raises:
        UserError: "cuda" was asked for and PyTorch sees no GPU.
    """
    available = torch.cuda.is_available()
    if requested == "cuda" and not available:
        raise UserError(
            "training.device is cuda, but PyTorch sees no GPU on this machine; "
            "set it to auto or cpu, or run where `nvidia-smi` lists a GPU"
        )
    return torch.device("cuda" if available and requested != "cpu" else "cpu")


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
        flags, vendor = _cpu_features()
        amx = "amx_bf16" in flags
        amd = "avx512_bf16" in flags and vendor == "AuthenticAMD"
        fast = amx or amd
        reason = "AMX" if amx else "AVX512-BF16 of AMD" if amd else "no fast bfloat16 in this CPU"
    return (torch.bfloat16 if fast else torch.float32), f"auto: {reason}"


def device_name(device: torch.device) -> str:
    """The name of the GPU or CPU as its maker writes it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _cpuinfo().get("model name") or platform.processor() or platform.machine()


def peak_memory_mib(device: torch.device) -> int:
    """The most memory so far, in MiB: of PyTorch on the GPU, or of this process on the CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) // 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (2**20 if sys.platform == "darwin" else 2**10)  # bytes on macOS, else KiB


def _cpu_features() -> tuple[set[str], str]:
    info = _cpuinfo()
    return set(info.get("flags", "").split()), info.get("vendor_id", "")


def _cpuinfo() -> dict[str, str]:
    """The first processor's fields of /proc/cpuinfo; empty where there is none (macOS)."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    first = path.read_text().split("\n\n")[0]
    pairs = (line.split(":", 1) for line in first.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}
