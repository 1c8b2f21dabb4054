"""What an interrupted training resumes from: everything that its next step depends on."""

import hashlib
import io
import json
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from logging import Logger
from pathlib import Path
from typing import Any

import torch

from vaesweep.files import write_whole
from vaesweep.running.dependencies import source_files

# Saving takes at most this share of a training, whatever `training.checkpoint_seconds` is.
MAX_SHARE = 0.05
LOOP = Path(__file__).with_name("loop.py")


@contextmanager
def watch_for_termination() -> Iterator[list[int]]:
    """Collect signals to stop in a list instead of dying in the middle of a step.

    SIGHUP is the end of a connection. Under `nohup` it is ignored, and stays so.
    """
    received: list[int] = []
    previous = {
        number: signal.signal(number, lambda number, _: received.append(number))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        if signal.getsignal(number) != signal.SIG_IGN
    }
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def fingerprint(deciding: Sequence[Any]) -> str:
    """Hash all that decides a training's result: these values, PyTorch's version and the code."""
    digest = hashlib.sha256(json.dumps([deciding, torch.__version__], sort_keys=True).encode())
    for module in source_files(LOOP):
        digest.update(module.read_bytes())
    return digest.hexdigest()


class Checkpoint:
    """The checkpoint file of a training, which only a training of the same fingerprint loads."""

    def __init__(self, path: Path, seconds: float, fingerprint: str) -> None:
        self.path = path
        self.seconds = seconds  # pass at least between the end of a save and the next save
        self.fingerprint = fingerprint
        self._saved = time.perf_counter()
        self._last_save = 0.0  # how long it took

    def is_due(self) -> bool:
        """Whether it is time to save again."""
        pause = max(self.seconds, self._last_save / MAX_SHARE)
        return time.perf_counter() - self._saved >= pause

    def save(self, state: dict[str, Any]) -> None:
        """Replace the file as a whole."""
        began = time.perf_counter()
        packed = io.BytesIO()
        torch.save({"fingerprint": self.fingerprint, **state}, packed)
        write_whole(self.path, packed.getvalue())
        self._saved = time.perf_counter()
        self._last_save = self._saved - began

    def load(self, log: Logger) -> dict[str, Any] | None:
        """Read the state that was saved; if it is of no use, log why and return None."""
        if not self.path.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
            if state.pop("fingerprint", None) == self.fingerprint:
                return state
            fault = "belongs to another configuration, data set, code or device"
        except Exception as error:  # a damaged file can fail in many ways
            fault = f"cannot be read ({error})"
        log.info("checkpoint %s %s; starting from scratch", self.path.name, fault)
        return None
