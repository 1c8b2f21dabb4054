"""One split of a data set as one file: what every rule but fetch_data reads."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vaesweep.errors import UserError
from vaesweep.files import damaged, read_arrays

Images = NDArray[np.uint8]  # grey levels (..., side, side)
Split = tuple[Images, NDArray[np.uint8]]  # images (N, 28, 28) and their labels (N,)
SIDE = 28
PIXELS = SIDE * SIDE
IMAGE_SHAPE = (SIDE, SIDE)
MAX_CLASSES = 62  # digits, and letters of both cases


def load_split(path: str | Path) -> Split:
    """Return the images (N, 28, 28) and labels (N,), both uint8. UserError if damaged."""
    arrays = read_arrays(path, images=(None, *IMAGE_SHAPE), labels=(None,))
    images, labels = arrays["images"], arrays["labels"]
    try:
        validate_split(images, labels, "its arrays")
    except UserError as error:
        raise damaged(path, str(error)) from error
    return images, labels


def validate_split(images: Images, labels: NDArray[np.uint8], where: str) -> None:
    """Raise a UserError unless there are one or more images of 28 x 28 with a label each."""
    if images.shape != (len(labels), *IMAGE_SHAPE) or labels.ndim != 1 or len(labels) == 0:
        raise UserError(
            f"{where}: images of shape {images.shape} and labels of shape {labels.shape},"
            " expected (N, 28, 28) and (N,), N at least 1"
        )


def count_classes(labels: NDArray[np.uint8], where: str) -> int:
    """Return the number of classes. UserError unless the labels are 0, 1, 2 ... without a gap."""
    found = np.unique(labels)
    largest = found[-1]
    if not 2 <= len(found) <= MAX_CLASSES or largest >= len(found):
        absent = np.setdiff1d(np.arange(largest), found)[:5]
        gap = f" without {', '.join(map(str, absent))}" if len(absent) else ""
        raise UserError(
            f"{where}: labels from {found[0]} to {largest}{gap}, expected 2 to {MAX_CLASSES} "
            "classes, numbered 0, 1, 2 ...; renumber them"
        )
    return len(found)
