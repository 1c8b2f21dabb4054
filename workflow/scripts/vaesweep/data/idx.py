"""The IDX format, in which MNIST and its kin are published.

A file is two zero bytes, a type code, the number of dimensions, each dimension as a big-endian
32-bit integer, and then the values. All files read here hold unsigned bytes (type code 8).
"""

import gzip
import io
import math
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from vaesweep.errors import UserError

# Images and labels of each split: the same four names in MNIST and its kin.
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
FILE_NAMES = tuple(name for pair in FILES.values() for name in pair)

# More than such a file needs (47 MB), so that a hostile .gz cannot fill the memory.
MAX_BYTES = 100_000_000

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 0x08
TYPE_NAMES = {0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}


def gunzip(content: bytes, where: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Unpack a gzip file; a UserError says `where` one is damaged, cut off or of more bytes."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            unpacked = stream.read(max_bytes + 1)
    except EOFError as error:
        raise UserError(f"{where}: truncated gzip file of {len(content):,} bytes") from error
    except (OSError, zlib.error) as error:
        raise UserError(f"{where}: damaged gzip file ({error})") from error
    if len(unpacked) > max_bytes:
        raise UserError(f"{where}: unpacks to more than the {max_bytes:,} bytes expected")
    return unpacked


def parse_idx(content: bytes, where: str) -> NDArray[np.uint8]:
    """Return the (read-only) array of a raw IDX file; a UserError says why `where` is not one."""
    if not content:
        raise UserError(f"{where}: the file is empty")
    if content[:64].lstrip()[:1] == b"<":
        raise UserError(f"{where}: an HTML or XML page, expected an IDX file")
    if len(content) < 4 or content[:2] != b"\0\0":
        raise UserError(f"{where}: starts with {content[:4]!r}, expected an IDX file (0x00 0x00)")
    type_code, dimensions = content[2], content[3]
    if type_code != UNSIGNED_BYTE:
        found = TYPE_NAMES.get(type_code, f"type code 0x{type_code:02x}")
        raise UserError(f"{where}: holds {found} values, expected unsigned bytes (uint8)")
    start = 4 + 4 * dimensions
    if len(content) < start or dimensions == 0:
        raise UserError(f"{where}: its header of {dimensions} dimensions is truncated or void")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    expected = start + math.prod(shape)
    if len(content) != expected:
        fault = "truncated" if len(content) < expected else "too long"
        raise UserError(f"{where}: {fault}, {len(content):,} bytes, expected {expected:,}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def idx_bytes(values: NDArray[np.uint8]) -> bytes:
    """Return `values` as the bytes of a raw IDX file."""
    header = struct.pack(f">HBB{values.ndim}I", 0, UNSIGNED_BYTE, values.ndim, *values.shape)
    return header + values.tobytes()
