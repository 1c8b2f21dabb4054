"""The log of a rule: lines of time and message, in the file that the rule names."""

import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vaesweep.errors import UserError
from vaesweep.running.jobs import ending_with_snakemake


class _Lines(logging.FileHandler):
    """Lines of a log; one that a full disk refuses is lost, as the job's own error says why."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Pass over a line that cannot be written."""


@contextmanager
def logging_to(path: str | Path) -> Iterator[logging.Logger]:
    """Yield a logger that writes "HH:MM:SS message" lines to `path`, line by line.

    A `UserError` raised inside becomes one line in the log and on stderr and ends the process
    with status 1. Any other exception is logged with its traceback and raised again, so that
    the log alone tells what happened. The process ends if the Snakemake that started it is killed.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    log = logging.Logger("vaesweep", logging.INFO)
    handler = _Lines(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.addHandler(handler)
    try:
        with ending_with_snakemake():
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
