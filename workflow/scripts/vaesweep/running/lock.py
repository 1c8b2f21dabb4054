"""The lock that all runs in a folder share, so that what a killed run left can be cleared."""

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import IO


def join_folder(state: Path, results: Path) -> IO[str] | None:
    """Join the runs in a folder. If there are no others, clear what a killed run left.

    Every Snakemake in the folder holds a shared lock, which the kernel releases however the process
    ends. If an exclusive lock can be had, no other Snakemake runs here, so Snakemake's own locks
    and half-written temporary files are left over from a run that was killed.

    `state` is the folder `.snakemake`, and `results` has all outputs. Returns the locked file, to
    be kept open until the process ends, or None if the file system cannot lock files.
    """
    try:
        state.mkdir(exist_ok=True)
        file = (state / "running").open("a")
        with suppress(BlockingIOError):  # another run has the lock
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for leftover in (*(state / "locks").glob("*.lock"), *results.rglob(".*.part")):
                leftover.unlink(missing_ok=True)
        fcntl.flock(file, fcntl.LOCK_SH)
        return file
    except OSError:
        return None
