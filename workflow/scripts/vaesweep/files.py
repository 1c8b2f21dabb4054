"""Files of results: written whole or not at all, read or refused in one line that names them."""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vaesweep.errors import UserError

if TYPE_CHECKING:
    import pandas as pd


def workflow_path(name: str) -> Path:
    """A file or folder of `workflow/`, which an installed package holds within itself."""
    own = Path(__file__).parent / name
    return own if own.exists() else Path(__file__).parents[2] / name


def write_whole(path: str | Path, content: bytes | memoryview) -> None:
    """Write `content` to `path` so that nobody ever sees half of it.

    The bytes go to a temporary name in the same folder, which is then renamed: a crash or a full
    disk leaves what was at `path` before. A UserError says why a file cannot be written.
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


def write_json(path: str | Path, value: Any) -> None:
    """Write a JSON document."""
    write_whole(path, json.dumps(value, indent=2).encode())


def write_table(path: str | Path, table: "pd.DataFrame") -> None:
    """Write a table as CSV, without its index."""
    write_whole(path, table.to_csv(index=False).encode())


def write_rows(path: str | Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV; for jobs that need no pandas, which starts slowly."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue().encode())


def write_arrays(path: str | Path, **arrays: NDArray[Any]) -> None:
    """Write arrays as .npz; the same ones give the same bytes, since NumPy dates them to 1980."""
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    write_whole(path, packed.getbuffer())


# Columns of texts, whatever these look like.
TEXTS = ("flags", *(f"{of}variant{side}" for of in ("", "first_") for side in ("", "_a", "_b")))
ADVICE = "Remove it and run again: it is made anew."


def damaged(path: str | Path, fault: str) -> UserError:
    """The error for a file of results that is not what it should be."""
    return UserError(f"{path}: {fault}. {ADVICE}")


@contextmanager
def reading(path: str | Path, kind: str) -> Iterator[None]:
    """Turn whatever goes wrong while a `kind` is read into a UserError: one line with the cure."""
    try:
        yield
    except UserError:
        raise
    except FileNotFoundError as error:
        raise damaged(path, "the file is missing") from error
    except Exception as error:  # damaged files raise whatever their readers stumble over
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise damaged(path, f"not a readable {kind} ({said[:200]})") from error


def read_json(path: str | Path, *keys: str) -> dict[str, Any]:
    """Read a JSON object; a UserError names a file that is damaged or lacks one of `keys`."""
    with reading(path, "JSON object"):
        value: dict[str, Any] = dict(json.loads(Path(path).read_text(encoding="utf-8")))
    _require(path, keys, value)
    return value


def read_table(path: str | Path, *columns: str) -> "pd.DataFrame":
    """Read a CSV table; a UserError names a file that is damaged or lacks one of `columns`.

    Empty TEXTS are "" and not missing, and a variant may be called 1e3 or None; whether two tie may
    be missing.
    """
    import pandas as pd

    with reading(path, "CSV table"):
        text = Path(path).read_text(encoding="utf-8")
        types = dict.fromkeys(("tied", "tied_with_first"), "boolean") | dict.fromkeys(TEXTS, "str")
        missing = {name: [""] for name in text.splitlines()[0].split(",") if name not in TEXTS}
        table = pd.read_csv(
            io.StringIO(text), dtype=types, na_values=missing, keep_default_na=False
        )
    _require(path, columns, table)
    if not text.endswith("\n"):
        raise damaged(path, "cut short in its last line")
    return table


def read_arrays(path: str | Path, **shapes: tuple[int | None, ...]) -> dict[str, NDArray[np.uint8]]:
    """Read arrays of bytes from .npz; a UserError names a file that is damaged or holds others.

    `shapes` has by name the shape each must have, in which None admits any length.
    """
    with reading(path, ".npz file"), np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in shapes if name in stored}
    _require(path, tuple(shapes), arrays)
    for name, shape in shapes.items():
        found = arrays[name]
        fits = [wanted in (None, size) for wanted, size in zip(shape, found.shape, strict=False)]
        if found.dtype != np.uint8 or found.ndim != len(shape) or not all(fits):
            wanted = ", ".join("N" if length is None else str(length) for length in shape)
            raise damaged(path, f"{name} is {found.dtype} {found.shape}, expected uint8 ({wanted})")
    return arrays


def _require(path: str | Path, names: Sequence[str], held: Any) -> None:
    lacking = [name for name in names if name not in held]
    if lacking:
        raise damaged(path, f"it lacks {', '.join(lacking)}")
