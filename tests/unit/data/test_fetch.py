"""Files come from dataset.dir or the first source that has them all; sums decide."""

import gzip
import logging

import numpy as np
import pytest
from tiny_data import contents, dataset, lay_out, run_script, zipped

from vaesweep.data.datasets import DATASETS
from vaesweep.data.download import SOURCES
from vaesweep.data.fetch import fetch, read_folder
from vaesweep.data.splits import load_split
from vaesweep.errors import UserError

LOG = logging.getLogger("test")
IMAGES = "train-images-idx3-ubyte"


def fails(name, folder):
    raise UserError(f"no {name} today")


def serves(files):
    """A source that has these files."""

    def source(name, folder):
        raw = folder / name / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (raw / file).write_bytes(content)

    return source


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Fetch the tiny data set from `folder`, else from these sources in their order."""

    def fetched(folder, *sources, name="MNIST"):
        names = tuple(f"source {number}" for number in range(len(sources)))
        for label, source in zip(names, sources, strict=True):
            monkeypatch.setitem(SOURCES, label, source)
        return fetch(dataset(name, names), folder, tmp_path / "scratch", LOG)

    return fetched


def test_the_folder_comes_first(tiny, tmp_path):
    splits = tiny(lay_out(tmp_path / "own"), fails)
    assert list(splits) == ["train", "test"]
    assert [images.shape for images, _ in splits.values()] == [(30, 28, 28), (20, 28, 28)]
    assert [labels[:3].tolist() for _, labels in splits.values()] == [[0, 1, 2], [0, 1, 2]]


def test_what_a_source_has_is_kept_for_the_next_time(tiny, tmp_path, caplog):
    caplog.set_level("INFO")
    folder = tmp_path / "new"
    first = tiny(folder, fails, serves(contents()))
    assert f"dataset.dir: no {IMAGES} or {IMAGES}.gz in {folder}" in caplog.messages
    assert "source 0: no MNIST today" in caplog.messages
    assert "MNIST is served by: source 1" in caplog.messages
    kept = {path.name: path.read_bytes() for path in (folder / "MNIST/raw").iterdir()}
    assert kept == contents()
    caplog.clear()
    again = tiny(folder)
    assert caplog.messages == ["MNIST is served by: dataset.dir"]
    np.testing.assert_array_equal(first["test"][0], again["test"][0])


def test_a_source_with_another_file_is_not_used(tiny, tmp_path):
    wrong = contents() | {"t10k-labels-idx1-ubyte": contents()["train-labels-idx1-ubyte"]}
    with pytest.raises(UserError, match=r"source 0: .*t10k-labels-idx1-ubyte: .*MD5"):
        tiny(tmp_path / "new", serves(wrong))
    assert not (tmp_path / "new").exists()


def test_a_damaged_file_of_the_user_is_named_and_left_alone(tiny, tmp_path, caplog):
    caplog.set_level("INFO")
    damaged = lay_out(tmp_path / "own") / IMAGES
    damaged.write_bytes(b"\0\0\x08\x03")
    for sources in ([serves(contents())], []):  # the second time, the kept file serves
        splits = tiny(tmp_path / "own", *sources)
        assert len(splits["train"][0]) == 30
    assert damaged.read_bytes() == b"\0\0\x08\x03"
    assert f"not used: {damaged}: 4 bytes with the MD5 sum" in caplog.text


def test_a_folder_that_cannot_be_written(tiny, tmp_path, caplog):
    caplog.set_level("INFO")
    (tmp_path / "MNIST").write_text("a file where a folder should be")
    assert len(tiny(tmp_path, serves(contents()))["test"][0]) == 20
    assert "not kept for the next time: cannot write" in caplog.text


def test_if_all_fail_each_is_named_with_what_to_do(tiny, tmp_path):
    with pytest.raises(UserError) as caught:
        tiny(tmp_path, fails, serves({}))
    head, folder, first, second, advice = str(caught.value).splitlines()
    assert head == "MNIST could not be obtained from any source:"
    assert folder.startswith(f"  - dataset.dir: no {IMAGES} or {IMAGES}.gz in {tmp_path}")
    assert first == "  - source 0: no MNIST today"
    assert second.startswith(f"  - source 1: no {IMAGES}")
    assert f"Put these 4 files (raw, or as .gz) into {tmp_path} and run again" in advice
    assert all(name in advice for name in contents())


def test_the_proxy_and_a_full_disk_are_named(tiny, tmp_path, monkeypatch):
    def full(name, folder):
        raise UserError("[Errno 28] No space left on device")

    monkeypatch.setenv("https_proxy", "http://me:secret@127.0.0.1:9")
    with pytest.raises(UserError) as caught:
        tiny(tmp_path, full)
    message = str(caught.value)
    assert f"device (in {tmp_path / 'scratch'}; TMPDIR can be another folder)" in message
    assert "used the proxy http://127.0.0.1:9, as" in message and "secret" not in message


@pytest.mark.parametrize("below", ["", "MNIST/raw"])
@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_is_flat_or_like_torchvisions(tmp_path, below, packed):
    folder = lay_out(tmp_path / below)
    if packed:
        for name, raw in contents().items():
            (folder / name).unlink()
            (folder / f"{name}.gz").write_bytes(gzip.compress(raw))
    files = read_folder(dataset(), tmp_path, LOG)
    assert files[IMAGES].arrays[IMAGES].shape == (30, 28, 28)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "0 bytes with the MD5 sum d41d8cd98f00b204e9800998ecf8427e, expected"),
        (contents()[IMAGES][:-1] + b"x", f"damaged, or not {IMAGES} of MNIST"),
        (contents("FashionMNIST")[IMAGES], f"damaged, or not {IMAGES} of MNIST"),
        (zipped(contents()[IMAGES])[:-20], "truncated gzip"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, content, reason):
    path = lay_out(tmp_path) / IMAGES
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_folder(dataset(), tmp_path, LOG)
    assert str(caught.value).startswith(f"{path}: ") and reason in str(caught.value)


def test_where_only_the_sum_of_the_gz_is_known_raw_files_are_not_read(tmp_path):
    tiny = dataset("KMNIST")
    lay_out(tmp_path / "packed", "KMNIST")
    assert read_folder(tiny, tmp_path / "packed", LOG)[f"{IMAGES}.gz"].arrays[IMAGES].shape[0] == 30
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / IMAGES).write_bytes(contents("KMNIST")[IMAGES])
    with pytest.raises(UserError, match=rf"no {IMAGES}\.gz in"):
        read_folder(tiny, tmp_path / "raw", LOG)


def test_an_archive_is_unpacked_transposed_and_kept(tiny, tmp_path):
    archive = lay_out(tmp_path / "published", "EMNIST") / "gzip.zip"
    source = serves({"gzip.zip": archive.read_bytes()})
    splits = tiny(tmp_path / "new", source, name="EMNIST")
    for split, (images, labels) in tiny(lay_out(tmp_path / "mnist")).items():
        assert (splits[split][0] == images.transpose(0, 2, 1)).all()
        assert (splits[split][1] == labels).all()
    kept = tmp_path / "new/EMNIST/raw/gzip.zip"
    assert kept.read_bytes() == archive.read_bytes()
    kept.write_bytes(b"PK" + kept.read_bytes()[2:-1])
    with pytest.raises(UserError, match=r"gzip\.zip: .*MD5.*Put this file into"):
        tiny(tmp_path / "new", name="EMNIST")


def test_the_script(tmp_path, monkeypatch):
    monkeypatch.setitem(SOURCES, "good", serves(contents()))
    monkeypatch.setitem(DATASETS, "MNIST", dataset(sources=("good",)))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    out = run_script(tmp_path, "~/kept")
    assert len(list((tmp_path / "home/kept/MNIST/raw").iterdir())) == 4
    assert load_split(out / "train.npz")[0].shape == (30, 28, 28)
    assert load_split(out / "test.npz")[0].shape == (20, 28, 28)
    assert "served by: good" in (tmp_path / "fetch.log").read_text()
