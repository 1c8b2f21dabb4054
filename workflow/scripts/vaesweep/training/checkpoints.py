"""What a killed training resumes from: everything that its next step depends on."""

import hashlib
import io
import json
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from logging import Logger
from pathlib import Path
from typing import Any

import torch

from vaesweep.files import write_whole
from vaesweep.running.dependencies import source_files

LOOP = Path(__file__).with_name("loop.py")


class Interruption:
    """True once the process was asked to end (SIGTERM, or Ctrl-C)."""

    def __init__(self) -> None:
        self.requested = False

    def __bool__(self) -> bool:
        return self.requested


@contextmanager
def watch_for_termination() -> Iterator[Interruption]:
    """Turn SIGTERM and SIGINT into a flag, so that a step is never left half done."""
    interruption = Interruption()

    def note(_signal: int, _frame: object) -> None:
        interruption.requested = True

    previous = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield interruption
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def fingerprint(**deciding: Any) -> str:
    """A hash of all that decides a training's result, PyTorch and the code included.

    Args:
        deciding: plain values: a digest of the images, seeds, settings, hardware.
    """
    described = json.dumps([deciding, torch.__version__], sort_keys=True)
    digest = hashlib.sha256(described.encode())
    for module in source_files(LOOP):
        digest.update(module.read_bytes())
    return digest.hexdigest()


class Checkpoint:
    """The file of one training, under the fingerprint `mark` of what decides its result."""

    def __init__(self, path: Path, seconds: float, mark: str) -> None:
        """Let at least so many seconds pass from the end of a save to the next."""
        self.path = path
        self.seconds = seconds
        self.mark = mark
        self._saved = time.perf_counter()

    def is_due(self) -> bool:
        """Whether it is time to save."""
        return time.perf_counter() - self._saved >= self.seconds

    def save(self, state: dict[str, Any]) -> None:
        """Write `state`; a reader sees the old file or the new one."""
        packed = io.BytesIO()
        torch.save({"fingerprint": self.mark, **state}, packed)
        write_whole(self.path, packed.getvalue())
        self._saved = time.perf_counter()

    def load(self, log: Logger) -> dict[str, Any] | None:
        """Read the state that `save` wrote.

        Returns:
            None, with a line in the log if a file was there, when there is no file, when it cannot
            be read, or when it is of other data, settings, code, hardware or PyTorch version.
        """
        if not self.path.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        except Exception as error:  # a damaged file can fail in many ways; each means: start anew
            log.info("checkpoint %s cannot be read (%s); starting anew", self.path.name, error)
            return None
        if state.pop("fingerprint", None) != self.mark:
            log.info(
                "checkpoint %s is of another config, data, code or hardware; starting anew",
                self.path.name,
            )
            return None
        return state


def remove_checkpoints(folders: Iterable[Path]) -> None:
    """Remove every checkpoint of runs whose results are written, also those of other stacks."""
    for folder in folders:
        for path in folder.glob("checkpoint*.pt"):
            path.unlink(missing_ok=True)
