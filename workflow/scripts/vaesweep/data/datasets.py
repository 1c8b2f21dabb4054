"""The data sets by name, and the check that a file is what its name says."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaesweep.data.idx import GZIP_MAGIC, gunzip, parse_idx
from vaesweep.data.splits import IMAGE_SHAPE
from vaesweep.errors import UserError

# Images and labels of each split: the same four names in all of these data sets.
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
FILE_NAMES = tuple(name for pair in FILES.values() for name in pair)


@dataclass(frozen=True)
class Dataset:
    """A data set and the MD5 sums that pin it.

    `md5` maps each of the four file names to the MD5 sum of the raw file or, if `md5_of_gzip`, of
    the published .gz file. The sum of the raw file is the better one: a repacked .gz passes.
    """

    name: str
    md5: dict[str, str]
    md5_of_gzip: bool = False


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "MNIST",
            {
                "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
                "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
                "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
                "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
            },
        ),
        Dataset(
            "FashionMNIST",
            # Of Debian's package dataset-fashion-mnist, whose .gz files were repacked without name
            # and time in their header. With the original name and time (31 August 2017, 10:50:06
            # UTC for train, 10:50:27 for t10k) put back, they have the MD5 sums that torchvision
            # publishes: these are the original files.
            {
                "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
                "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
                "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
                "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
            },
        ),
        Dataset(
            "KMNIST",
            # torchvision publishes the sums of the .gz files only, and no raw file was at hand to
            # take the sums of: only the original .gz files can be checked, and only they are read.
            {
                "train-images-idx3-ubyte": "bdb82020997e1d708af4cf47b453dcf7",
                "train-labels-idx1-ubyte": "e144d726b3acfaa3e44228e80efcd344",
                "t10k-images-idx3-ubyte": "5c965bf0a639b31b8f53240b1b52f4d7",
                "t10k-labels-idx1-ubyte": "7320c461ea6c1c855c0b718fb2a4b134",
            },
            md5_of_gzip=True,
        ),
    )
}


class Served(NamedTuple):
    """A file as some source served it (raw or gzipped), and the array in it."""

    content: bytes
    values: NDArray[np.uint8]

    @property
    def suffix(self) -> str:
        """Return what to append to the file's name."""
        return ".gz" if self.content.startswith(GZIP_MAGIC) else ""


def check(dataset: Dataset, file: str, content: bytes, where: str) -> Served:
    """Return `content`, raw or gzipped, if it is the file `file` of `dataset`, bit for bit.

    Raises:
        UserError: naming `where`, what was found and what was expected.
    """
    gzipped = content.startswith(GZIP_MAGIC)
    raw = gunzip(content, where) if gzipped else content
    values = parse_idx(raw, where)  # before the sum, for it can say what is wrong
    if dataset.md5_of_gzip and not gzipped:
        raise UserError(f"{where}: raw, expected the published .gz (the only one with a known MD5)")
    summed = content if dataset.md5_of_gzip else raw
    found = hashlib.md5(summed, usedforsecurity=False).hexdigest()
    if found != dataset.md5[file]:
        raise UserError(
            f"{where}: MD5 {found}{_known_as(found)}, expected {dataset.md5[file]}"
            f" ({file} of {dataset.name})"
        )
    shape = (len(values), *IMAGE_SHAPE) if "images" in file else (len(values),)
    if values.shape != shape:
        raise UserError(f"{where}: shape {values.shape}, expected {shape}")
    return Served(content, values)


def _known_as(md5: str) -> str:
    """Say which known file has this sum, for files that were swapped or mixed up."""
    for dataset in DATASETS.values():
        for file, known in dataset.md5.items():
            if md5 == known:
                return f" (that is {file} of {dataset.name})"
    return " (damaged, or another file)"
