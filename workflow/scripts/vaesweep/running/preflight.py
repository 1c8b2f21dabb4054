"""What a run lacks, found out before the first job starts."""

import getpass
import importlib.util
import os
import re
import shutil
import subprocess
import time
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from vaesweep.words import counted

PIXELS, IMAGES = 784, 60_000
# Values that layers outside the dense ones keep of an image: those of two convolutions and back.
OUTER_UNITS = 24_000
# Python with PyTorch and the images in memory, and the Snakemake processes around it.
PROCESSES_MB = 1100
PLUGIN = "snakemake_executor_plugin_slurm"
COMMANDS = ("sbatch", "squeue", "sinfo", "scancel", "scontrol")
# The plugin trusts squeue only where Slurm remembers finished jobs for three polls.
POLLS_REMEMBERED = 3


def training_megabytes(config: Mapping[str, Any], latent_size: int, members: int) -> int:
    """What a training of so many seeds takes, with Snakemake's own processes around it.

    A bound on what `tests/unit/running/test_preflight.py` measures: parameters six times over
    (gradients, Adam's moments, copies), what a step keeps of each image, and an epoch's noise.
    """
    model, batch = config["model"], config["training"]["batch_size"]
    widths = [PIXELS, *model["hidden"], 2 * latent_size]
    parameters = 2 * sum(a * b for a, b in pairwise(widths))
    units = 2 * sum(model["hidden"])
    if model["architecture"] != "mlp":
        units += OUTER_UNITS
    step = batch * (5 * PIXELS + 2 * units + 8 * latent_size)
    noise = IMAGES * latent_size * (1 if members == 1 else 2)
    if model["objective"] != "vae":  # interpolates and the critic's, beside the reconstructions
        step += batch * (10 * PIXELS + units)
    return PROCESSES_MB + 4 * members * (6 * parameters + step + noise) // 10**6


def has_nvidia_gpu() -> bool:
    """Whether a driver offers a GPU: under Linux, or under Windows' WSL. Takes no time."""
    return any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg"))


def lacking(
    executor: str,
    settings: Any,
    trains_on_cuda: bool,
    partitions: Collection[str],
    accounts: Collection[str],
) -> list[str]:
    """A sentence for each thing that jobs ask for and this machine or cluster lacks, with the cure.

    `executor` is what Snakemake calls that which runs the jobs, with its settings; `partitions`
    and `accounts` are what jobs name as `slurm_partition` and `slurm_account`.
    """
    if executor == "local" and trains_on_cuda and not has_nvidia_gpu():
        return [
            "training.device is cuda, but this machine has no NVIDIA GPU or no driver for it; "
            "set it to auto or cpu, or run where `nvidia-smi` lists a GPU"
        ]
    if executor == "cluster-generic":
        return _lacking_for_submission(settings.submit_cmd)
    if executor == "slurm":
        polls = settings.status_command, settings.init_seconds_before_status_checks
        return _lacking_for_slurm(partitions, accounts, *polls)
    return []


def of_the_future(inputs: Iterable[str]) -> list[str]:
    """Set all inputs that are newer than the clock to the same now; a sentence if some cannot be.

    Snakemake fails a job that has read one, after its work: as if its output were outdated. Those
    of finished jobs too, lest they become newer than what was made of them.
    """
    now, stubborn = time.time(), []
    for path in sorted(filter(os.path.exists, set(inputs))):
        if Path(path).stat().st_mtime > now:
            try:
                os.utime(path, (now, now))
            except OSError:
                stubborn.append(path)
    return [
        f"{counted(len(stubborn), 'file')} of the future, such as {path}: this machine's clock is "
        "behind, or was set back; correct it, or `touch` them"
        for path in stubborn[:1]
    ]


def _lacking_for_submission(submit_command: str) -> list[str]:
    first_words = [part.split()[0] for part in re.split(r"&&|\|\||[;|]", submit_command or "true")]
    return [
        f"no {word} on PATH, with which cluster-generic-submit-cmd submits jobs; run where the "
        "scheduler's commands are, or change the command in the profile"
        for word in first_words
        if shutil.which(word) is None
    ]


def _lacking_for_slurm(
    partitions: Collection[str], accounts: Collection[str], status_command: str, poll_seconds: int
) -> list[str]:
    if importlib.util.find_spec(PLUGIN) is None:
        return [f"Snakemake's Slurm plugin is missing: pip install {PLUGIN.replace('_', '-')}"]
    absent = [name for name in COMMANDS if shutil.which(name) is None]
    if absent:
        return [
            f"no {', '.join(absent)} on PATH; run on a login node of the cluster, "
            "or load its Slurm module first"
        ]
    known, complaint = _ask("sinfo", "--noheader", "--format=%R")
    if complaint:
        return [f"Slurm's controller does not answer sinfo ({complaint}); try again when it does"]
    unknown_partitions = [
        f"slurm_partition {name!r} does not exist on this cluster, which has "
        f"{', '.join(sorted(set(known.split())))}; name one of these in the profile"
        for name in sorted(set(partitions) - set(known.split()))
    ]
    text, _ = _ask("scontrol", "show", "config")  # lines of `Name = value`
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    settings = {name.strip(): value.strip() for name, value in pairs}
    accounting = not settings.get("AccountingStorageType", "").endswith("/none")
    return [
        *unknown_partitions,
        *_unusable_accounts(accounts, accounting),
        *_blind_status_command(status_command, poll_seconds, settings, accounting),
    ]


def _unusable_accounts(accounts: Collection[str], accounting: bool) -> list[str]:
    if not accounts:
        return []
    if not accounting:
        return [
            f"slurm_account {name!r} is set, but this cluster has no accounting database that "
            "knows accounts; remove the key from the profile"
            for name in sorted(accounts)
        ]
    user = getpass.getuser()
    options = ("--noheader", "--parsable2", "show", "assoc", f"user={user}", "format=account")
    listed, complaint = _ask("sacctmgr", *options)
    known = {name.lower() for name in listed.split()}
    if complaint or not known:  # nothing to compare with; sbatch has the last word
        return []
    return [
        f"slurm_account {name!r} is not one of {user}'s, which are {', '.join(sorted(known))}; "
        "name one of these in the profile"
        for name in sorted(accounts)
        if name.lower() not in known
    ]


def _blind_status_command(
    command: str, poll_seconds: int, settings: dict[str, str], accounting: bool
) -> list[str]:
    """Where the end of a job would never be seen, Snakemake would wait for ever."""
    if accounting:
        return []
    if command == "sacct":
        return [
            "slurm-status-command is sacct, but this cluster has no accounting database; "
            "set it to squeue in the profile"
        ]
    remembered = int(re.match(r"\d*", settings.get("MinJobAge", ""))[0] or 0)  # type: ignore[index]
    if remembered < POLLS_REMEMBERED * poll_seconds:
        return [
            f"Slurm forgets finished jobs after {remembered} s (MinJobAge), too soon to be asked "
            f"every {poll_seconds} s; lower slurm-init-seconds-before-status-checks to at most "
            f"{remembered // POLLS_REMEMBERED} in the profile"
        ]
    return []


def _ask(*command: str) -> tuple[str, str]:
    """What a command prints, and its complaint if it fails or takes more than 20 seconds."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    if done.returncode != 0:
        return "", done.stderr.strip() or f"exit status {done.returncode}"
    return done.stdout, ""
