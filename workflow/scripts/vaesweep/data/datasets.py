"""The data sets: how readers call what is in them, what pins their files, and who serves them.

A new one is a record in datasets.yaml and its name in workflow/schemas/config.schema.yaml.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from vaesweep.data.idx import MAX_BYTES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Dataset:
    """A data set of images of 28 x 28 pixels."""

    name: str  # as in config.yaml, and as torchvision calls its class
    noun: str  # what readers call a class of it, in the singular
    classes: Sequence[str]  # a name for each label, in the order of the labels
    # Of each published file: the raw one's, which is the better, since a repacked .gz passes.
    # Empty where nobody published it: then `fetch.with_sums` takes that of the file that is there.
    md5: Mapping[str, str]
    md5_of_gzip: bool = False  # whether `md5` holds the sums of the .gz files instead
    # Where the published file is a zip archive, the .gz in it for each of FILE_NAMES.
    members: Mapping[str, str] | None = None
    transposed: bool = False  # whether the files hold the images mirrored at their diagonal
    mirrors: Sequence[str] | None = None  # folders with the files; None for torchvision's
    package: str | None = None  # what else serves the files: one of `packages.PACKAGES`
    max_bytes: int = MAX_BYTES  # no file of it is larger, packed or not

    @property
    def pins(self) -> dict[str, Any]:
        """All that decides what its images and labels are."""
        members = self.members and dict(self.members)
        return {"md5": dict(self.md5), "members": members, "transposed": self.transposed}

    def names_of(self, pairs: "pd.DataFrame") -> list[tuple[str, str]]:
        """What the two images of each pair show; `pairs` has columns digit_a and digit_b."""
        ends = zip(pairs["digit_a"], pairs["digit_b"], strict=True)
        return [(self.classes[a], self.classes[b]) for a, b in ends]


RECORDS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
DATASETS = {name: Dataset(name, **record) for name, record in RECORDS.items()}
