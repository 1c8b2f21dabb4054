"""Files that are either whole or not there at all."""

import os
from contextlib import suppress
from pathlib import Path

from vaesweep.errors import UserError


def write_whole(path: str | Path, content: bytes) -> None:
    """Write `content` to `path` so that nobody ever sees half of it.

    The bytes go to a temporary name in the same folder, which is then renamed: a crash or a full
    disk leaves what was at `path` before.

    Raises:
        UserError: the file cannot be written (full disk, no permission, ...).
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror}. Make it writable or free space, and run again."
        ) from error
    finally:
        with suppress(OSError):  # it is gone if all went well
            part.unlink()
