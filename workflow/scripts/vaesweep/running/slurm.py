"""What a sweep on Slurm needs that Snakemake's plugin does not check.

A partition or account that does not exist is refused by sbatch, and the plugin shows its message.
"""

import re
import shutil
import subprocess

COMMANDS = ("sbatch", "squeue", "sinfo", "scancel", "scontrol")
# squeue sees the end of a job only if Slurm remembers finished jobs for three polls.
POLLS_REMEMBERED = 3


def slurm_problems(status_command: str, poll_seconds: int) -> list[str]:
    """A sentence for each thing without which jobs cannot run, or their end would not be seen."""
    missing = [name for name in COMMANDS if shutil.which(name) is None]
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
