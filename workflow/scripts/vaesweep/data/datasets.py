"""The data sets: names of their classes, checksums of their files, and where to download them.

To add one, write a record in datasets.yaml and its name in workflow/schemas/config.schema.yaml.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Dataset:
    """A data set of images of 28 x 28 pixels."""

    name: str  # as in config.yaml, and the name of torchvision's class
    noun: str  # what reports call a class, in the singular
    classes: Sequence[str]  # the name of each label, in the order of the labels
    # MD5 sum of each file. Under a raw name it is that of the raw file, which may lie there as .gz;
    # under a name that ends in .gz or .zip, that of the file as it was published. "" if nobody
    # published one: `fetch.with_sums` then takes that of the file it finds.
    md5: Mapping[str, str]
    # If the published file is a zip archive: its .gz member for each of idx.FILE_NAMES.
    members: Mapping[str, str] | None = None
    transposed: bool = False  # whether the files hold each image transposed
    sources: Sequence[str] = ()  # where to download it: keys of download.SOURCES, the first first

    @property
    def pins(self) -> dict[str, Any]:
        """All that decides the images and labels."""
        members = self.members and dict(self.members)
        return {"md5": dict(self.md5), "members": members, "transposed": self.transposed}

    def names_of(self, pairs: "pd.DataFrame") -> list[tuple[str, str]]:
        """The class names of the two images of each pair, from columns digit_a and digit_b."""
        labels = zip(pairs["digit_a"], pairs["digit_b"], strict=True)
        return [(self.classes[a], self.classes[b]) for a, b in labels]


RECORDS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
DATASETS = {name: Dataset(name, **record) for name, record in RECORDS.items()}
