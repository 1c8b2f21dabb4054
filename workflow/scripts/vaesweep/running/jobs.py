"""A job: it writes a log, and it ends when the Snakemake that started it is gone."""

import gc
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, Protocol

from vaesweep.errors import UserError
from vaesweep.running.memory import first_line, lacks_memory

# Environment variable with the process id of the Snakemake that started a job.
SNAKEMAKE_PID = "VAESWEEP_SNAKEMAKE"
# Environment variable that is set where jobs share no disk, so the files of a killed job are lost.
ALONE = "VAESWEEP_ALONE"
POLL_SECONDS = 0.5
MEMORY_ADVICE = "run fewer jobs at once (--cores), or request more memory on a cluster (mem_mb)"
# Set for all jobs, whatever the caller's shell has.
ENVIRONMENT = {
    "MPLBACKEND": "agg",  # a notebook's shell has a backend that may not be installed here
    "PYTHONSAFEPATH": "1",  # a random.py in the working folder would hide Python's
    "PYTHONUTF8": "1",  # results are UTF-8 in any locale
}


class Snakemake(Protocol):
    """What a script reads of the object that Snakemake gives it."""

    input: Any
    output: Any
    params: Any
    wildcards: Any
    resources: Any
    config: dict[str, Any]
    log: Any
    threads: int


def announce(alone: bool) -> None:
    """Set the environment of the jobs that this process starts.

    They are told which process it is, and whether they share a disk.
    """
    os.environ.update(ENVIRONMENT, **{SNAKEMAKE_PID: str(os.getpid())})
    # For its list of fonts; a user's home may have no room, or a matplotlibrc.
    os.environ["MPLCONFIGDIR"] = str(Path(".snakemake/matplotlib").absolute())
    # Snakemake asks for the user's name, which a container may not know.
    os.environ.setdefault("LOGNAME", str(os.getuid()))
    if alone:
        os.environ[ALONE] = "1"


@contextmanager
def logging_to(path: str | Path, threads: int | None = None) -> Iterator[logging.Logger]:
    """Yield a logger that writes "HH:MM:SS message" lines to `path`, each at once.

    A UserError raised inside, or a lack of memory, becomes one line in the log and ends the process
    with status 1; any other exception is logged with its traceback. Snakemake shows the log of a
    failed job, so nothing is written to stderr. Without Snakemake, the error goes there too, for a
    debugger. The process also ends if the Snakemake that started it is killed. Jobs that compute
    with PyTorch pass `threads`.
    """
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    log = logging.Logger("vaesweep", logging.INFO)
    logging.raiseExceptions = False  # on a full disk a line is lost; the job's error says why
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.addHandler(handler)
    try:
        with _ending_with_snakemake():
            yield log
    except UserError as error:
        _fail(log, str(error))
    except KeyboardInterrupt:
        log.info("interrupted")
        sys.exit(130)
    except Exception as error:
        if lacks_memory(error):
            _fail(log, f"out of memory: {first_line(error)}; {MEMORY_ADVICE}")
        log.error("%s", traceback.format_exc().rstrip())
        if SNAKEMAKE_PID not in os.environ:
            raise
        sys.exit(1)
    finally:
        with suppress(OSError):  # a full disk
            handler.close()
        # Without this, Python's last garbage collection searches all of PyTorch: 0.3 s a job.
        gc.freeze()


def _fail(log: logging.Logger, message: str) -> NoReturn:
    log.error("error: %s", message)
    sys.exit(1 if SNAKEMAKE_PID in os.environ else f"error: {message}")


@contextmanager
def _ending_with_snakemake() -> Iterator[None]:
    """End this process by SIGTERM soon after the Snakemake that started it is gone.

    A killed Snakemake cannot stop its jobs, and the next one would start the same jobs again.
    """
    snakemake = os.environ.get(SNAKEMAKE_PID)
    done = threading.Event()
    if snakemake is not None:
        threading.Thread(target=_watch, args=(int(snakemake), done), daemon=True).start()
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
            continue  # it runs, as another user
