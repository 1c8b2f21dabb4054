"""What runs in a folder: a Snakemake that leaves no lock, and jobs that log and end with it."""

import fcntl
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from vaesweep.errors import UserError

# The process whose end is the end of its jobs.
VARIABLE = "VAESWEEP_SNAKEMAKE"
# Set where the files of a job that is killed are lost.
ALONE = "VAESWEEP_ALONE"
POLL_SECONDS = 0.5


def join_folder(state: Path, results: Path) -> IO[str] | None:
    """Take part in a folder's runs, and clear what a killed run left if nobody else does.

    Every Snakemake in the folder holds a shared lock, which the kernel drops however it ends. Who
    can have the lock alone knows that Snakemake's own locks, and half-written temporary files, are
    of a run that was killed.

    `state` is `.snakemake` and `results` has all outputs. Returned is the locked file, to be held
    until the process ends; None where no file can be locked.
    """
    try:
        state.mkdir(exist_ok=True)
        held = (state / "running").open("a")
        with suppress(BlockingIOError):  # others have it
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in (*(state / "locks").glob("*.lock"), *results.rglob(".*.part")):
                left.unlink(missing_ok=True)
        fcntl.flock(held, fcntl.LOCK_SH)
        return held
    except OSError:
        return None


def announce(alone: bool) -> None:
    """Let the jobs that this process starts know whose they are, and if no disk is shared."""
    os.environ[VARIABLE] = str(os.getpid())
    if alone:
        os.environ[ALONE] = "1"


@contextmanager
def logging_to(path: str | Path, threads: int | None = None) -> Iterator[logging.Logger]:
    """Yield a logger that writes "HH:MM:SS message" lines to `path`, line by line.

    A `UserError` raised inside becomes one line in the log and on stderr and ends the process
    with status 1. Any other exception is logged with its traceback and raised again, so that
    the log alone tells what happened. The process ends if the Snakemake that started it is killed.
    A job that computes with PyTorch names its `threads`.
    """
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    log = logging.Logger("vaesweep", logging.INFO)
    logging.raiseExceptions = False  # a line that a full disk refuses is lost: the job says why
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.addHandler(handler)
    try:
        with _ending_with_snakemake():
            yield log
    except UserError as error:
        log.error("error: %s", error)
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        log.info("interrupted")
        sys.exit(130)
    except Exception:
        log.exception("unexpected error")
        raise
    finally:
        with suppress(OSError):  # a full disk
            handler.close()
        # What is alive stays so until the process ends. Otherwise the interpreter's last collection
        # looks through all of PyTorch: 0.3 s a job.
        gc.freeze()


@contextmanager
def _ending_with_snakemake() -> Iterator[None]:
    """End this process by SIGTERM soon after the Snakemake that started it is gone.

    A killed one cannot stop its jobs, and the next one would start them again beside these.
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
