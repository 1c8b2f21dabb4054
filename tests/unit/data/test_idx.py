"""The IDX reader names what is wrong with a file. tests/faults/test_fuzz.py gives it any bytes."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from tiny_data import zipped

from vaesweep.data.idx import gunzip, idx_bytes, parse_idx
from vaesweep.errors import UserError

LABELS = np.array([7, 2, 1], np.uint8)
FILE = bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1])


def test_three_labels_as_the_format_says():
    assert idx_bytes(LABELS) == FILE
    assert parse_idx(FILE, "labels").tolist() == [7, 2, 1]


@given(arrays(np.uint8, array_shapes(max_dims=4, min_side=0)))
def test_round_trip(values):
    np.testing.assert_array_equal(parse_idx(idx_bytes(values), "file"), values)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "0 bytes"),
        (FILE[:-1], "truncated, 10 bytes, expected 11"),
        (FILE + b"\0", "too long, 12 bytes, expected 11"),
        (FILE[:6], "header"),
        (bytes([0, 0, 8, 0]), "header"),
        (b"\0\0", "expected an IDX file"),
        (b"<html></html>", "13 bytes that start with b'<html></html>', expected an IDX file"),
        (struct.pack(">HBBI", 0, 0x0D, 1, 1) + bytes(4), "expected an IDX file of unsigned bytes"),
        (struct.pack(">HBB4I", 0, 8, 4, *[0xFFFFFFFF] * 4), "truncated"),
    ],
)
def test_a_damaged_file_is_named(content, fault):
    with pytest.raises(UserError, match=r"^some/file: ") as caught:
        parse_idx(content, "some/file")
    assert fault in str(caught.value)


def test_gunzip_is_bounded():
    packed = zipped(bytes(1001))
    assert gunzip(packed, "file", max_bytes=1001) == bytes(1001)
    with pytest.raises(UserError, match="unpacks to more than the 1,000 bytes"):
        gunzip(packed, "file", max_bytes=1000)


def test_truncated_and_damaged_gzip():
    packed = zipped(bytes(range(256)) * 9)
    with pytest.raises(UserError, match="truncated gzip"):
        gunzip(packed[:-9], "file")
    with pytest.raises(UserError, match="damaged gzip"):
        gunzip(packed[:-8] + b"12345678", "file")
