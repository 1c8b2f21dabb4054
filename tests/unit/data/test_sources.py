import hashlib
import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_data import Mirrors, contents, dataset, lay_out, local_mirrors, zipped

from vaesweep.data import download
from vaesweep.data.datasets import DATASETS
from vaesweep.data.fetch import check, fetch, from_folder, from_mirrors, own_mirrors
from vaesweep.data.idx import FILE_NAMES
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
    served = from_mirrors(
        replace(dataset(), mirrors=[mirrors.url(each) for each in behaviours]), LOG
    )
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
        from_mirrors(replace(dataset(), mirrors=["http://127.0.0.1:9/"]), LOG)


def test_a_flood_is_cut_off(mirrors: Mirrors) -> None:
    with pytest.raises(UserError, match="more than the 100 bytes"):
        from_mirrors(replace(dataset(), max_bytes=100, mirrors=[mirrors.url("good")]), LOG)


@pytest.mark.parametrize("below", ["", "MNIST/raw"])
@pytest.mark.parametrize("gzipped", [True, False])
def test_folder_flat_or_as_torchvision_has_it(tmp_path: Path, below: str, gzipped: bool) -> None:
    folder = lay_out(tmp_path / below)
    for name, raw in contents().items() if gzipped else ():
        (folder / name).unlink()
        (folder / f"{name}.gz").write_bytes(zipped(raw))
    served = from_folder(dataset(), tmp_path, LOG)
    assert served[TRAIN_IMAGES].arrays[TRAIN_IMAGES].shape == (30, 28, 28)


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
    for name, each in known.items():
        monkeypatch.setitem(DATASETS, name, each)
    (lay_out(tmp_path) / TRAIN_IMAGES).write_bytes(content)
    with pytest.raises(UserError) as caught:
        from_folder(known["MNIST"], tmp_path, LOG)
    assert str(caught.value).startswith(f"{tmp_path / TRAIN_IMAGES}: ")
    assert said in str(caught.value)


def test_folder_missing_unset_or_empty(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        from_folder(dataset(), tmp_path / "nowhere", LOG)
    with pytest.raises(UserError, match="no train-images-idx3-ubyte"):
        from_folder(dataset(), tmp_path, LOG)


def test_where_only_the_gzip_has_a_known_sum_raw_files_are_refused() -> None:
    kind, raw = dataset(md5_of_gzip=True), contents()[TRAIN_IMAGES]
    assert check(kind, TRAIN_IMAGES, zipped(raw), "a").content == zipped(raw)
    with pytest.raises(UserError, match=r"raw, expected the published \.gz"):
        check(kind, TRAIN_IMAGES, raw, "a")


def test_labels_in_the_place_of_images() -> None:
    labels = contents()["train-labels-idx1-ubyte"]
    sums = dataset().md5
    swapped = sums | {TRAIN_IMAGES: sums["train-labels-idx1-ubyte"]}
    wrong = replace(dataset(), md5=swapped)
    with pytest.raises(UserError, match=r"shape \(30,\)"):
        check(wrong, TRAIN_IMAGES, labels, "a")


@pytest.mark.parametrize("name", ["MNIST", "FashionMNIST", "KMNIST"])
def test_torchvision_knows_the_same_files(name: str) -> None:
    import torchvision.datasets

    published = dict(getattr(torchvision.datasets, name).resources)
    assert {file.removesuffix(".gz") for file in published} == set(DATASETS[name].md5)
    if DATASETS[name].md5_of_gzip:
        assert published == {f"{file}.gz": md5 for file, md5 in DATASETS[name].md5.items()}
    assert own_mirrors(DATASETS[name])


def test_emnist_has_its_own_address_and_sum() -> None:
    import torchvision.datasets

    emnist = DATASETS["EMNIST"]
    [mirror], [[file, md5]] = own_mirrors(emnist), emnist.md5.items()
    assert f"{mirror}/{file}" == torchvision.datasets.EMNIST.url
    assert md5 == torchvision.datasets.EMNIST.md5


def archive() -> bytes:
    """What EMNIST's server sends, of a few images: .gz files under other names in a zip."""
    emnist, packed = DATASETS["EMNIST"], io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        for name, raw in contents().items():
            files.writestr(emnist.members[name], zipped(raw))
        files.writestr("gzip/emnist-letters-train-images-idx3-ubyte.gz", b"not looked at")
    return packed.getvalue()


def test_an_archive_is_unpacked_turned_and_kept(
    tmp_path: Path, mirrors: Mirrors, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    packed = archive()
    mirrors.files["gzip.zip"] = packed
    sums = {"gzip.zip": hashlib.md5(packed).hexdigest()}
    tiny = replace(DATASETS["EMNIST"], md5=sums, mirrors=[mirrors.url("good")])
    splits = fetch(tiny, tmp_path, tmp_path, LOG)
    straight = fetch(dataset(), lay_out(tmp_path / "mnist"), tmp_path, LOG)
    for split, (images, labels) in straight.items():
        assert (splits[split][0] == images.transpose(0, 2, 1)).all()
        assert (splits[split][1] == labels).all()
    assert (tmp_path / "EMNIST/raw/gzip.zip").read_bytes() == packed
    again = fetch(tiny, tmp_path, tmp_path, LOG)
    assert (again["test"][0] == splits["test"][0]).all()
    with pytest.raises(UserError, match="damaged, or another file"):
        check(tiny, "gzip.zip", packed[:-1] + b"x", "gzip.zip")
    assert set(tiny.members) == set(FILE_NAMES)
