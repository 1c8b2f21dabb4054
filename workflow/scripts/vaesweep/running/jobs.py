"""Which Snakemake runs in a folder, so that a killed one leaves neither a lock nor jobs behind."""

import contextlib
import fcntl
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

# The process whose end is the end of its jobs.
VARIABLE = "VAESWEEP_SNAKEMAKE"
POLL_SECONDS = 0.5


def join_folder(state: Path, results: Path) -> IO[str] | None:
    """Take part in a folder's runs, and clear what a killed run left if nobody else does.

    Every Snakemake in the folder holds a shared lock, which the kernel drops however it ends. Who
    can have the lock alone knows that Snakemake's own locks, and half-written temporary files, are
    of a run that was killed.

    Args:
        state: Snakemake's folder, `.snakemake`.
        results: the folder of all outputs.

    Returns:
        The locked file, to be held until the process ends; None where files cannot be locked or
        the folder is read-only.
    """
    try:
        state.mkdir(exist_ok=True)
        held = (state / "running").open("a")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            _clear(state, results)
        fcntl.flock(held, fcntl.LOCK_SH)
    except OSError:
        return None
    return held


def _clear(state: Path, results: Path) -> None:
    for lock in (state / "locks").glob("*.lock"):
        lock.unlink(missing_ok=True)
    for part in results.rglob(".*.part"):
        part.unlink(missing_ok=True)


def announce() -> None:
    """Let the jobs that this process starts know whose they are."""
    os.environ[VARIABLE] = str(os.getpid())


@contextlib.contextmanager
def ending_with_snakemake() -> Iterator[None]:
    """End this process by SIGTERM soon after the Snakemake that started it is gone.

    A killed Snakemake cannot stop its jobs, and the next one would start the same jobs again
    beside them.
    """
    announced = os.environ.get(VARIABLE)
    done = threading.Event()
    if announced is not None:
        threading.Thread(target=_watch, args=(int(announced), done), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(pid: int, done: threading.Event) -> None:
    while not done.wait(POLL_SECONDS):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        except PermissionError:
            continue  # it runs, as somebody else
