"""Problems that would make jobs fail, or wait forever, found before the first one starts."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vaesweep.words import counted

# Environment variable with what `gpu_works` found, and the program that finds it.
GPU_WORKS = "VAESWEEP_GPU_WORKS"
ASK = "from vaesweep.training.hardware import any_gpu_works; exit(not any_gpu_works())"
SLURM_COMMANDS = ("sbatch", "squeue", "sinfo", "scancel", "scontrol")
# squeue sees the end of a job only if Slurm remembers finished jobs for three polls.
POLLS_REMEMBERED = 3


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
        return _slurm_problems(settings.status_command, settings.init_seconds_before_status_checks)
    return []


def missing_folder(folder: Path, files: Iterable[str]) -> list[str]:
    """A sentence if the folder with the user's own files (`dataset.dir`) is not there."""
    if folder.is_dir():
        return []
    return [
        f"dataset.dir is {folder}, but there is no folder {folder.absolute()}; put your images "
        f"there ({', '.join(files)}), or correct the path, which is relative to config.yaml"
    ]


def _slurm_problems(status_command: str, poll_seconds: int) -> list[str]:
    """A sentence for each thing without which jobs cannot run, or their end would not be seen.

    A partition or account that does not exist is refused by sbatch, whose message is shown.
    """
    missing = [name for name in SLURM_COMMANDS if shutil.which(name) is None]
    if missing:
        return [
            f"no {', '.join(missing)} on PATH; run on a login node of the cluster, "
            "or load its Slurm module first"
        ]
    try:
        cluster = _cluster_configuration()
    except (OSError, subprocess.SubprocessError) as error:
        reason = (getattr(error, "stderr", None) or str(error)).strip()
        return [f"Slurm's controller does not answer scontrol ({reason}); try again when it does"]
    return _unseen_ends(status_command, poll_seconds, cluster)


def _cluster_configuration() -> dict[str, str]:
    """Slurm's configuration, which scontrol prints in lines of `Name = value`."""
    command = ["scontrol", "show", "config"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    pairs = (line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def _unseen_ends(status_command: str, poll_seconds: int, cluster: dict[str, str]) -> list[str]:
    """Snakemake would wait forever for a job whose end it does not see."""
    if not cluster.get("AccountingStorageType", "").endswith("/none"):
        return []
    if status_command == "sacct":
        return [
            "slurm-status-command is sacct, but this cluster has no accounting database; "
            "set it to squeue in the profile"
        ]
    digits = re.match(r"\d+", cluster.get("MinJobAge", ""))
    remembered = int(digits[0]) if digits else 0
    if remembered < POLLS_REMEMBERED * poll_seconds:
        return [
            f"Slurm forgets finished jobs after {remembered} s (MinJobAge), too soon for a status "
            f"check every {poll_seconds} s; lower slurm-init-seconds-before-status-checks to at "
            f"most {remembered // POLLS_REMEMBERED} in the profile"
        ]
    return []


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
