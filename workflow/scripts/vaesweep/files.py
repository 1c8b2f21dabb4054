"""Result files: written completely or not at all; read, or refused in one line that names them."""

import csv
import errno
import io
import json
import os
import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vaesweep.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

FULL = (errno.ENOSPC, errno.EDQUOT)
ADVICE = "Delete it and rerun; it will be regenerated."


def workflow_path(name: str) -> Path:
    """A file or folder of `workflow/`. An installed package has its own copy inside."""
    installed = Path(__file__).parent / name
    return installed if installed.exists() else Path(__file__).parents[2] / name


def write_whole(path: str | Path, content: bytes | memoryview) -> None:
    """Write `content` to `path` so that no reader ever sees half of it.

    The bytes go to a temporary file in the same folder, which is then renamed: after a crash or on
    a full disk, `path` is as it was before. UserError if the file cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror}. Make it writable or free space, and rerun."
        ) from error
    finally:
        with suppress(OSError):  # normally it has been renamed
            temporary.unlink()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a temporary folder, removed at the end. UserError, which names it, if it is full."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise UserError(
            f"cannot write temporary files in {tempfile.gettempdir()}: {error.strerror}. Free "
            "space there, or set TMPDIR to another folder, and rerun."
        ) from error


def write_json(path: str | Path, value: Any) -> None:
    """Write a JSON document."""
    write_whole(path, json.dumps(value, indent=2).encode())


def write_table(path: str | Path, table: "pd.DataFrame") -> None:
    """Write a table as CSV, without its index."""
    write_whole(path, table.to_csv(index=False).encode())


def write_rows(path: str | Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV, for jobs that do not need pandas, which is slow to import."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue().encode())


def write_arrays(path: str | Path, **arrays: NDArray[Any]) -> None:
    """Write arrays as .npz. Equal arrays give equal bytes, since NumPy dates them all to 1980."""
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    write_whole(path, packed.getbuffer())


def damaged(path: str | Path, fault: str) -> UserError:
    """The error for a result file that is not what it should be."""
    return UserError(f"{path}: {fault}. {ADVICE}")


@contextmanager
def reading(path: str | Path, kind: str) -> Iterator[None]:
    """Turn any error while a file is read into a UserError: one line, with what to do."""
    try:
        yield
    except (UserError, MemoryError):
        raise
    except FileNotFoundError as error:
        raise damaged(path, "the file is missing") from error
    except Exception as error:  # readers of damaged files raise errors of all kinds
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise damaged(path, f"not a readable {kind} ({reason[:200]})") from error


def read_json(path: str | Path, *keys: str) -> dict[str, Any]:
    """Read a JSON object. UserError if the file is damaged or lacks one of `keys`."""
    with reading(path, "JSON object"):
        value: dict[str, Any] = dict(json.loads(Path(path).read_text(encoding="utf-8")))
    _require(path, keys, value)
    return value


def read_table(
    path: str | Path, *columns: str, types: Mapping[str, str] | None = None
) -> "pd.DataFrame":
    """Read a CSV table. UserError if the file is damaged or lacks one of `columns`.

    `types` has the pandas type of columns whose values do not tell. A "str" column is text whatever
    it looks like (1e3, None), and empty text is "", not missing.
    """
    import pandas as pd

    types = types or {}
    with reading(path, "CSV table"):
        text = Path(path).read_text(encoding="utf-8")
        header = text.splitlines()[0].split(",")
        missing = {name: [""] for name in header if types.get(name) != "str"}
        table = pd.read_csv(
            io.StringIO(text), dtype=dict(types), na_values=missing, keep_default_na=False
        )
    _require(path, columns, table)
    if not text.endswith("\n"):
        raise damaged(path, "cut short in its last line")
    return table


def read_arrays(path: str | Path, **shapes: tuple[int | None, ...]) -> dict[str, NDArray[np.uint8]]:
    """Read arrays of bytes from .npz. UserError if the file is damaged or has other arrays.

    `shapes` has the shape of each array by name; None in it stands for any length.
    """
    with reading(path, ".npz file"), np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in shapes if name in stored}
    _require(path, tuple(shapes), arrays)
    for name, shape in shapes.items():
        array = arrays[name]
        fits = [length in (None, size) for length, size in zip(shape, array.shape, strict=False)]
        if array.dtype != np.uint8 or array.ndim != len(shape) or not all(fits):
            wanted = ", ".join("N" if length is None else str(length) for length in shape)
            raise damaged(path, f"{name} is {array.dtype} {array.shape}, expected uint8 ({wanted})")
    return arrays


def _require(path: str | Path, names: Sequence[str], content: Container[str]) -> None:
    missing = [name for name in names if name not in content]
    if missing:
        raise damaged(path, f"it lacks {', '.join(missing)}")
