import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_data import Mirrors, contents, dataset, lay_out, local_mirrors, zipped

from vaesweep.data import datasets, download
from vaesweep.data.datasets import DATASETS, Dataset, check
from vaesweep.data.sources import from_folder, from_mirrors, torchvision_mirrors
from vaesweep.errors import UserError

LOG = logging.getLogger("test")
TRAIN_IMAGES = "train-images-idx3-ubyte"
GOOD = {name: zipped(raw) for name, raw in contents().items()}


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirrors]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(download, "STALL_SECONDS", 0.4)
    monkeypatch.setattr(download, "GRACE_SECONDS", 0.8)
    with local_mirrors() as server:
        yield server


def served_by(mirrors: Mirrors, *behaviours: str) -> dict[str, bytes]:
    served = from_mirrors(dataset(), [mirrors.url(each) for each in behaviours], LOG)
    return {name: file.content for name, file in served.items()}


def test_good_mirror(mirrors: Mirrors) -> None:
    assert served_by(mirrors, "good") == GOOD


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ("hang", "no answer"),
        ("drip", "too slow"),
        ("html", "HTML"),
        ("half", "broke off after"),
        ("missing", "404"),
        ("damaged", "damaged"),
        ("swapped", "MD5"),
    ],
)
def test_bad_mirror_is_named_asked_once_and_left_for_the_next(
    mirrors: Mirrors, caplog: pytest.LogCaptureFixture, behaviour: str, said: str
) -> None:
    caplog.set_level("INFO")
    assert served_by(mirrors, behaviour, "good") == GOOD
    [left] = [each for each in caplog.messages if each.startswith("mirror left")]
    assert mirrors.url(behaviour) in left
    assert said in left
    assert len([path for path in mirrors.asked if behaviour in path]) == 1


def test_no_mirror_serves(mirrors: Mirrors) -> None:
    with pytest.raises(UserError) as caught:
        served_by(mirrors, "missing", "html")
    assert mirrors.url("missing") in str(caught.value)
    assert mirrors.url("html") in str(caught.value)


def test_nobody_listens() -> None:
    with pytest.raises(UserError, match="cannot connect"):
        from_mirrors(dataset(), ["http://127.0.0.1:9/"], LOG)


def test_a_flood_is_cut_off(mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MAX_BYTES", 100)
    with pytest.raises(UserError, match="more than the 100 bytes"):
        served_by(mirrors, "good")


@pytest.mark.parametrize("below", ["", "MNIST/raw"])
@pytest.mark.parametrize("gzipped", [True, False])
def test_folder_flat_or_as_torchvision_has_it(tmp_path: Path, below: str, gzipped: bool) -> None:
    folder = lay_out(tmp_path / below)
    for name, raw in contents().items() if gzipped else ():
        (folder / name).unlink()
        (folder / f"{name}.gz").write_bytes(zipped(raw))
    served = from_folder(dataset(), tmp_path, LOG)
    assert served[TRAIN_IMAGES].values.shape == (30, 28, 28)


def test_folder_takes_the_whole_one_of_two(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    lay_out(tmp_path)
    lay_out(tmp_path / "MNIST/raw")
    damaged = tmp_path / TRAIN_IMAGES
    damaged.write_bytes(damaged.read_bytes()[:1000])
    assert from_folder(dataset(), tmp_path, LOG)[TRAIN_IMAGES].content == contents()[TRAIN_IMAGES]
    assert f"not used: {damaged}: truncated, 1,000 bytes" in caplog.text


def flip(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (flip(contents()[TRAIN_IMAGES]), "damaged, or another file"),
        (contents()["t10k-images-idx3-ubyte"], "that is t10k-images-idx3-ubyte of MNIST"),
        (contents("FashionMNIST")[TRAIN_IMAGES], "that is train-images-idx3-ubyte of Fashion"),
        (b"\0\0\x0d" + contents()[TRAIN_IMAGES][3:], "float32"),
        (zipped(contents()[TRAIN_IMAGES])[:-20], "truncated gzip"),
    ],
)
def test_bad_file_in_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    known = {name: dataset(name) for name in ("MNIST", "FashionMNIST")}
    monkeypatch.setattr(datasets, "DATASETS", known)
    (lay_out(tmp_path) / TRAIN_IMAGES).write_bytes(content)
    with pytest.raises(UserError) as caught:
        from_folder(known["MNIST"], tmp_path, LOG)
    assert str(caught.value).startswith(f"{tmp_path / TRAIN_IMAGES}: ")
    assert said in str(caught.value)


def test_folder_missing_unset_or_empty(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        from_folder(dataset(), tmp_path / "nowhere", LOG)
    with pytest.raises(UserError, match="not set"):
        from_folder(dataset(), None, LOG)
    with pytest.raises(UserError, match="no train-images-idx3-ubyte"):
        from_folder(dataset(), tmp_path, LOG)


def test_where_only_the_gzip_has_a_known_sum_raw_files_are_refused() -> None:
    kind, raw = dataset(md5_of_gzip=True), contents()[TRAIN_IMAGES]
    assert check(kind, TRAIN_IMAGES, zipped(raw), "a").suffix == ".gz"
    with pytest.raises(UserError, match=r"raw, expected the published \.gz"):
        check(kind, TRAIN_IMAGES, raw, "a")


def test_labels_in_the_place_of_images() -> None:
    labels = contents()["train-labels-idx1-ubyte"]
    sums = dataset().md5
    wrong = Dataset("MNIST", sums | {TRAIN_IMAGES: sums["train-labels-idx1-ubyte"]})
    with pytest.raises(UserError, match=r"shape \(30,\)"):
        check(wrong, TRAIN_IMAGES, labels, "a")


@pytest.mark.parametrize("name", DATASETS)
def test_torchvision_knows_the_same_files(name: str) -> None:
    import torchvision.datasets

    published = dict(getattr(torchvision.datasets, name).resources)
    assert {file.removesuffix(".gz") for file in published} == set(DATASETS[name].md5)
    if DATASETS[name].md5_of_gzip:
        assert published == {f"{file}.gz": md5 for file, md5 in DATASETS[name].md5.items()}
    assert torchvision_mirrors(DATASETS[name])
