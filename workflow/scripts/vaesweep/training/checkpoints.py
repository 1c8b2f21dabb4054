"""What a killed training resumes from: everything that its next step depends on."""

import hashlib
import io
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from logging import Logger
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from vaesweep.files import write_whole

PACKAGE = Path(__file__).parent


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


def fingerprint(images: NDArray[Any], seeds: tuple[int, ...], *settings: Any) -> str:
    """A hash of all that decides a training's result: data, seeds, settings, code, PyTorch.

    Args:
        images: the training images.
        seeds: the seeds trained together.
        settings: dataclasses of plain values.
    """
    digest = hashlib.sha256(images.tobytes())
    described = [*(asdict(part) for part in settings), list(seeds), torch.__version__]
    digest.update(json.dumps(described, sort_keys=True).encode())
    for module in ("draws.py", "model.py", "optimiser.py", "loop.py"):
        digest.update((PACKAGE / module).read_bytes())
    return digest.hexdigest()


def save_checkpoint(path: Path, mark: str, state: dict[str, Any]) -> None:
    """Write `state` under the fingerprint `mark`; a reader sees the old file or the new one."""
    packed = io.BytesIO()
    torch.save({"fingerprint": mark, **state}, packed)
    write_whole(path, packed.getvalue())


def load_checkpoint(path: Path, mark: str, log: Logger) -> dict[str, Any] | None:
    """Read the state that `save_checkpoint` wrote.

    Returns:
        None, with a line in the log if a file was there, when there is no file, when it cannot be
        read, or when it is of other data, settings, code or PyTorch version.
    """
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file can fail in many ways; each means: start anew
        log.info("checkpoint %s cannot be read (%s); training starts anew", path.name, error)
        return None
    if state.pop("fingerprint", None) != mark:
        log.info(
            "checkpoint %s is of another config, data or code; training starts anew", path.name
        )
        return None
    return state
