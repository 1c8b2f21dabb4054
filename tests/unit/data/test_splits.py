"""A split is one file: the same bytes every time, complete, and refused if it is damaged."""

import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from vaesweep.data.splits import load_split
from vaesweep.errors import UserError
from vaesweep.files import write_arrays

IMAGES = np.arange(2 * 784, dtype=np.uint16).astype(np.uint8).reshape(2, 28, 28)
LABELS = np.array([3, 9], np.uint8)


def test_a_split_is_read_as_written_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_arrays(tmp_path / "a.npz", images=IMAGES, labels=LABELS)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    write_arrays(tmp_path / "b.npz", images=IMAGES, labels=LABELS)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    images, labels = load_split(tmp_path / "a.npz")
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_on_a_full_disk_the_old_split_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "train.npz"
    write_arrays(path, images=IMAGES, labels=LABELS)
    before = path.read_bytes()

    def full_disk(temporary: Path, content: bytes) -> None:
        with temporary.open("wb") as file:
            file.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(UserError, match=r"cannot write .*train.npz: No space left on device"):
        write_arrays(path, images=IMAGES[:1], labels=LABELS[:1])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("arrays", "fault"),
    [
        ({"images": IMAGES}, "it lacks labels"),
        ({"images": IMAGES, "labels": LABELS[:1]}, r"labels of shape \(1,\)"),
        (
            {"images": IMAGES[:, :27], "labels": LABELS},
            r"images is uint8 \(2, 27, 28\), expected uint8 \(N, 28, 28\)",
        ),
        ({"images": IMAGES, "labels": np.array(3, np.uint8)}, r"labels is uint8 \(\), expected"),
        ({"images": IMAGES / 255, "labels": LABELS}, r"images is float64 .*, expected uint8"),
        ({"images": IMAGES[:0], "labels": LABELS[:0]}, r"labels of shape \(0,\)"),
        ({"images": IMAGES, "labels": np.array([None, None])}, "not a readable"),
    ],
)
def test_other_arrays_are_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], fault: str
) -> None:
    np.savez(tmp_path / "split.npz", **arrays)
    with pytest.raises(UserError, match=rf"split\.npz: .*{fault}.* rerun"):
        load_split(tmp_path / "split.npz")


@pytest.mark.parametrize("fault", ["missing", "empty", "truncated", "flipped", "text", "npy"])
def test_a_damaged_split_is_refused(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "split.npz"
    write_arrays(path, images=IMAGES, labels=LABELS)
    content = path.read_bytes()
    if fault == "missing":
        path.unlink()
    elif fault == "npy":
        with path.open("wb") as file:
            np.save(file, IMAGES)
    else:
        flipped = content[:900] + bytes([content[900] ^ 4]) + content[901:]
        damaged = {"empty": b"", "truncated": content[:1000], "flipped": flipped, "text": b"text"}
        path.write_bytes(damaged[fault])
    with pytest.raises(UserError, match=r"split\.npz.*Delete it and rerun"):
        load_split(path)
