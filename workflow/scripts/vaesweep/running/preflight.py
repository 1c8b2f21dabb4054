"""Problems that would make jobs fail, or wait forever, found before the first one starts."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vaesweep.running.slurm import slurm_problems
from vaesweep.words import counted

# Environment variable with what `gpu_works` found, and the program that finds it.
GPU_WORKS = "VAESWEEP_GPU_WORKS"
ASK = "from vaesweep.training.hardware import any_gpu_works; exit(not any_gpu_works())"


def has_nvidia_gpu() -> bool:
    """Whether a driver offers a GPU, under Linux or Windows' WSL. This takes no time."""
    return any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg"))


def gpu_works() -> bool:
    """Whether PyTorch can compute on a GPU of this machine.

    Where there is a driver, a process of its own finds out, which takes seconds; the processes that
    this one starts know the answer.
    """
    if not has_nvidia_gpu():
        return False
    if GPU_WORKS not in os.environ:
        paths = {"PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-c", ASK]
        asked = subprocess.run(command, env=os.environ | paths, capture_output=True, check=False)
        os.environ[GPU_WORKS] = "no" if asked.returncode else "yes"
    return os.environ[GPU_WORKS] == "yes"


def problems(executor: str, settings: Any, trains_on_cuda: bool) -> list[str]:
    """A sentence, with advice, for each thing that jobs need and this machine or cluster lacks.

    `executor` is Snakemake's name for what runs the jobs, and `settings` are the executor's.
    """
    if executor == "local" and trains_on_cuda and not has_nvidia_gpu():
        return [
            "training.device is cuda, but this machine has no NVIDIA GPU or no driver for it; "
            "set it to auto or cpu, or run where `nvidia-smi` lists a GPU"
        ]
    if executor == "slurm":
        return slurm_problems(settings.status_command, settings.init_seconds_before_status_checks)
    return []


def missing_folder(folder: Path, files: Iterable[str]) -> list[str]:
    """A sentence if the folder with the user's own files (`dataset.dir`) is not there."""
    if folder.is_dir():
        return []
    return [
        f"dataset.dir is {folder}, but there is no folder {folder.absolute()}; put your images "
        f"there ({', '.join(files)}), or correct the path, which is relative to config.yaml"
    ]


def reset_future_times(inputs: Iterable[str]) -> list[str]:
    """Set inputs that are newer than the clock to now. A sentence if some cannot be set.

    Snakemake fails a job whose input is newer than its output, after the job has done its work.
    Inputs of finished jobs are set to the same time, or they would be newer than their outputs.
    """
    now = time.time()
    stubborn = []
    for path in sorted(filter(os.path.exists, set(inputs))):
        if Path(path).stat().st_mtime > now:
            try:
                os.utime(path, (now, now))
            except OSError:
                stubborn.append(path)
    if not stubborn:
        return []
    return [
        f"the modification time of {counted(len(stubborn), 'file')} lies in the future, e.g. of "
        f"{stubborn[0]}: this machine's clock is slow, or was set back; correct it, or `touch` them"
    ]
