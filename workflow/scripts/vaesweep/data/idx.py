"""The IDX format, in which MNIST and similar data sets are published.

A file is two zero bytes, a type code, the number of dimensions, each dimension as a big-endian
32-bit integer, and then the values. All files read here hold unsigned bytes (type code 8).

torchvision has a reader too. It says nothing about damage (a bare AssertionError), reads no .gz
and takes three seconds to import, which planning a sweep of `custom` files would pay every time.
"""

import gzip
import io
import math
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from vaesweep.errors import UserError

# The files of each split, images and labels: the same four names in all data sets.
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
FILE_NAMES = tuple(name for pair in FILES.values() for name in pair)

# More than the largest raw file (EMNIST's, 188 MB), so that a hostile .gz cannot fill the memory.
MAX_BYTES = 700_000_000
GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTES = b"\0\0\x08"


def gunzip(content: bytes, where: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Unpack a gzip file. UserError if it is truncated, damaged or unpacks to too much."""
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
    """Return the (read-only) array in a raw IDX file. UserError if `content` is not such a file."""
    if len(content) < 4 or not content.startswith(UNSIGNED_BYTES):
        raise UserError(
            f"{where}: {len(content):,} bytes that start with {content[:16]!r}, "
            "expected an IDX file of unsigned bytes (uint8)"
        )
    dimensions = content[3]
    start = 4 + 4 * dimensions
    if len(content) < start or dimensions == 0:
        raise UserError(f"{where}: the header, of {dimensions} dimensions, is truncated or empty")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    expected = start + math.prod(shape)
    if len(content) != expected:
        fault = "truncated" if len(content) < expected else "too long"
        width, rest = divmod(len(content) - start, max(1, expected - start))
        cure = f"; its values have {width} bytes, write them as uint8"
        cure = cure if width in (2, 4, 8) and rest == 0 else ""
        raise UserError(f"{where}: {fault}, {len(content):,} bytes, expected {expected:,}{cure}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def idx_bytes(values: NDArray[np.uint8]) -> bytes:
    """Return `values` as the bytes of a raw IDX file. UserError if they are not uint8."""
    if values.dtype != np.uint8:
        raise UserError(
            f"values are {values.dtype}, expected uint8: grey levels from 0 to 255, or labels from "
            "0; scale them if need be, then convert them with .astype(numpy.uint8)"
        )
    header = struct.pack(f">3sB{values.ndim}I", UNSIGNED_BYTES, values.ndim, *values.shape)
    return header + values.tobytes()
