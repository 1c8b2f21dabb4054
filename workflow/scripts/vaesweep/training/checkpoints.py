"""What a killed training resumes from: everything that its next step depends on."""

import hashlib
import io
import json
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from logging import Logger
from pathlib import Path
from typing import Any

import torch

from vaesweep.files import write_whole
from vaesweep.running.dependencies import source_files

LOOP = Path(__file__).with_name("loop.py")


@contextmanager
def watch_for_termination() -> Iterator[list[int]]:
    """Note each SIGTERM and SIGINT in a list, empty until then: no step is left half done."""
    noted: list[int] = []
    ends = (signal.SIGTERM, signal.SIGINT)
    previous = {end: signal.signal(end, lambda number, _: noted.append(number)) for end in ends}
    try:
        yield noted
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def fingerprint(deciding: Sequence[Any]) -> str:
    """A hash of plain values that decide a training's result, of PyTorch's version and the code."""
    digest = hashlib.sha256(json.dumps([deciding, torch.__version__], sort_keys=True).encode())
    for module in source_files(LOOP):
        digest.update(module.read_bytes())
    return digest.hexdigest()


class Checkpoint:
    """The file of one training, under the fingerprint `mark` of what decides its result."""

    def __init__(self, path: Path, seconds: float, mark: str) -> None:
        self.path = path
        self.seconds = seconds  # at least so many from the end of a save to the next
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
        """Read the state that `save` wrote; None, with a line in the log, where it is of no use."""
        if not self.path.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
            if state.pop("fingerprint", None) == self.mark:
                return state
            fault = "is of another config, data, code or hardware"
        except Exception as error:  # a damaged file can fail in many ways; each means: start anew
            fault = f"cannot be read ({error})"
        log.info("checkpoint %s %s; starting anew", self.path.name, fault)
        return None


def remove_checkpoints(folders: Iterable[Path]) -> None:
    """Remove every checkpoint of runs whose results are written, also those of other stacks."""
    for folder in folders:
        for path in folder.glob("checkpoint*.pt"):
            path.unlink(missing_ok=True)
