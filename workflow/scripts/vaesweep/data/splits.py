"""The images of one split, as one file: what every rule but fetch_data reads."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vaesweep.errors import UserError
from vaesweep.files import write_whole

# Images (N, 28, 28) and their labels (N,).
Split = tuple[NDArray[np.uint8], NDArray[np.uint8]]
IMAGE_SHAPE = (28, 28)


def save_split(path: str | Path, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
    """Write `images` (N, 28, 28) and `labels` (N,) to the .npz file `path`.

    The same arrays give the same bytes: NumPy dates what it packs to 1980.

    Raises:
        UserError: the file cannot be written.
    """
    packed = io.BytesIO()
    np.savez(packed, images=images, labels=labels)
    write_whole(path, packed.getvalue())


def load_split(path: str | Path) -> Split:
    """Return the images (N, 28, 28) and labels (N,), both uint8, of a file by `save_split`.

    Raises:
        UserError: missing, damaged, or with arrays of another name, type or shape.
    """
    remedy = "Remove it and run again: fetch_data makes it anew."
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
        validate_split(images, labels, "its arrays")
    except FileNotFoundError as error:
        raise UserError(f"there is no {path}. Run fetch_data, which makes it.") from error
    except KeyError as error:
        raise UserError(f"{path}: no array named images or labels. {remedy}") from error
    except UserError as error:
        raise UserError(f"{path}: {error}. {remedy}") from error
    except Exception as error:  # a damaged archive may raise any exception
        raise UserError(f"{path}: not a readable .npz file ({error}). {remedy}") from error
    return images, labels


def validate_split(images: NDArray[np.uint8], labels: NDArray[np.uint8], where: str) -> None:
    """Raise a UserError unless there is one digit for each 28 by 28 image of bytes."""
    count = len(labels) if labels.ndim == 1 else -1
    if images.shape != (count, *IMAGE_SHAPE):
        raise UserError(
            f"{where}: images of shape {images.shape} and labels of shape {labels.shape},"
            " expected (N, 28, 28) and (N,)"
        )
    if images.dtype != np.uint8 or labels.dtype != np.uint8:
        raise UserError(f"{where}: {images.dtype} and {labels.dtype} values, expected uint8")
    if count == 0 or labels.max() > 9:
        raise UserError(f"{where}: {count} labels, expected at least one, and digits 0 to 9 only")
