"""Files are complete or absent. Damaged ones are named, with what to do."""

import errno
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vaesweep.comparison.reading import read_comparison
from vaesweep.errors import UserError
from vaesweep.files import (
    read_arrays,
    read_json,
    read_table,
    scratch_folder,
    write_arrays,
    write_json,
    write_rows,
    write_table,
    write_whole,
)
from vaesweep.runs import Run, run_of


@pytest.mark.parametrize(
    "path",
    [
        "results/runs/conv.b+2/latent-2/seed-10/model.safetensors",
        "/a/vae/latent-99/seed-1/results/runs/conv.b+2/latent-2/seed-10",
    ],
)
def test_the_run_behind_a_path(path):
    assert run_of(path) == Run("conv.b+2", 2, 10)


def test_what_is_written_is_read(tmp_path):
    write_json(tmp_path / "a.json", {"a": 1})
    assert read_json(tmp_path / "a.json", "a") == {"a": 1}
    table = pd.DataFrame({"a": [1, 2], "flags": ["", "diverged"], "b": [0.1, np.nan]})
    write_table(tmp_path / "a.csv", table)
    types = {"flags": "str"}
    assert read_table(tmp_path / "a.csv", "a", "b", types=types).equals(table)
    write_rows(tmp_path / "rows.csv", ["a", "b"], [{"a": 1, "b": 0.1}])
    assert (tmp_path / "rows.csv").read_text() == "a,b\n1,0.1\n"
    images = np.zeros((3, 28, 28), np.uint8)
    write_arrays(tmp_path / "a.npz", images=images)
    assert (read_arrays(tmp_path / "a.npz", images=(None, 28, 28))["images"] == images).all()


def test_text_columns_stay_text_and_ternary_ones_may_be_missing(tmp_path):
    names = ["1e3", "007", "None", "True", "nan"]
    tied = ["True", "False", "", "", ""]
    rows = [f"{name},,,{cell}\n" for name, cell in zip(names, tied, strict=True)]
    (tmp_path / "a.csv").write_text("variant,flags,a,tied\n" + "".join(rows))
    table = read_comparison(tmp_path / "a.csv")
    assert table["variant"].tolist() == names and table["a"].isna().all()
    assert table["flags"].tolist() == [""] * 5
    assert table["tied"].tolist() == [True, False, pd.NA, pd.NA, pd.NA]


def refused(read, path, *arguments, **shapes) -> str:
    with pytest.raises(UserError) as caught:
        read(path, *arguments, **shapes)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    assert message.endswith("Delete it and rerun; it will be regenerated.")
    return message


def test_missing_files(tmp_path):
    for read in (read_json, read_table, read_arrays):
        assert "the file is missing" in refused(read, tmp_path / "nothing")


@pytest.mark.parametrize(
    ("read", "content", "fault"),
    [
        *((read_json, text, "not a readable JSON object") for text in (b"", b"{", b"\xff\xfe")),
        *((read_json, text, "not a readable JSON object") for text in (b"[1, 2]", b"null")),
        (read_json, b"{}", "it lacks a, b"),
        (read_table, b"", "not a readable CSV table"),
        (read_table, b"a,b\n1,2,3\n1,2,3,4\n", "not a readable CSV table"),
        (read_table, b"a,b\n1,2\n3,", "cut short in its last line"),
        (read_table, b"a\n1\n", "it lacks b"),
        (read_table, b"\xff\xfe,\x00\n", "not a readable CSV table"),
    ],
)
def test_damaged_json_and_tables(tmp_path, read, content, fault):
    (tmp_path / "file").write_bytes(content)
    assert fault in refused(read, tmp_path / "file", "a", "b")


@pytest.mark.parametrize(
    ("arrays", "fault"),
    [
        ({"other": np.zeros(3, np.uint8)}, "it lacks frames"),
        ({"frames": np.zeros((2, 3), np.float32)}, "frames is float32 (2, 3), expected uint8"),
        ({"frames": np.zeros((3, 3), np.uint8)}, "frames is uint8 (3, 3), expected uint8 (2, N)"),
        ({"frames": np.zeros(2, np.uint8)}, "frames is uint8 (2,), expected uint8 (2, N)"),
    ],
)
def test_other_arrays(tmp_path, arrays, fault):
    write_arrays(tmp_path / "a.npz", **arrays)
    assert fault in refused(read_arrays, tmp_path / "a.npz", frames=(2, None))


def flip_a_bit(content: bytes) -> bytes:
    return content[:900] + bytes([content[900] ^ 4]) + content[901:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"text",
        lambda content: content[:300],
        lambda content: content[:-30],
        lambda content: content[128:],  # an .npy file
        flip_a_bit,
    ],
)
def test_damaged_arrays(tmp_path, damage):
    path = tmp_path / "a.npz"
    write_arrays(path, frames=np.arange(2000, dtype=np.uint8).reshape(2, -1))
    path.write_bytes(damage(path.read_bytes()))
    assert "not a readable .npz file" in refused(read_arrays, path, frames=(2, None))


def test_equal_arrays_are_equal_bytes_at_any_time(tmp_path, monkeypatch):
    write_arrays(tmp_path / "a.npz", a=np.arange(9))
    monkeypatch.setattr(time, "time", lambda: 2e9)
    write_arrays(tmp_path / "b.npz", a=np.arange(9))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match=r"cannot write .*folder: Is a directory"):
        write_whole(tmp_path / "folder", b"x")
    write_whole(tmp_path / "file", b"old")

    def full_disk(temporary, content):
        with temporary.open("wb") as file:
            file.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(UserError, match=r"cannot write .*file: No space left on device"):
        write_whole(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_full_folder_for_temporary_files_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(UserError, match=f"files in {tmp_path}: No space left"), scratch_folder():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ConnectionError), scratch_folder():
        raise ConnectionError
