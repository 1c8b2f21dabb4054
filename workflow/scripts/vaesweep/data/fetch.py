"""Fetching a data set: from dataset.dir, or from the first source that has all of its files.

The source decides no result, since every file is checked against its MD5 sum.
"""

import contextlib
import difflib
import errno
import hashlib
import io
import os
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from logging import Logger, getLogger
from pathlib import Path
from typing import NamedTuple
from urllib.request import getproxies

import numpy as np
from numpy.typing import NDArray

from vaesweep.data.cautions import cautions, require_contrast
from vaesweep.data.datasets import DATASETS, Dataset
from vaesweep.data.download import SOURCES
from vaesweep.data.idx import FILES, GZIP_MAGIC, gunzip, parse_idx
from vaesweep.data.splits import Split, count_classes, validate_split
from vaesweep.errors import UserError
from vaesweep.files import scratch_folder, write_arrays, write_json, write_whole
from vaesweep.words import counted

FOLDER = "dataset.dir"


class PublishedFile(NamedTuple):
    """A file of a data set, and the arrays in it by the names of their raw files."""

    path: Path
    md5: str
    arrays: dict[str, NDArray[np.uint8]]


def write_data(dataset: Dataset, folder: Path, results: Path, log: Logger) -> None:
    """Fetch a data set, and write both splits, its MD5 sums and cautions about it to `results`.

    `folder` is dataset.dir. UserError as `fetch`.
    """
    with scratch_folder() as scratch:
        splits = fetch(dataset, folder, scratch, log)
    found = cautions(splits)
    for caution in found:
        log.warning("caution: %s", caution)
    for split, (images, labels) in splits.items():
        write_arrays(results / f"{split}.npz", images=images, labels=labels)
        log.info("%s: %d images", results / f"{split}.npz", len(images))
    write_json(results / "cautions.json", {"cautions": found})
    write_json(results / "sums.json", dataset.md5)


def restore(dataset: Dataset, folder: Path, results: Path) -> None:
    """Write files of `write_data` to `results` again if this sweep had them and one is gone.

    Nothing is written if they cannot be fetched: the job that fetches them says why.
    """
    log = results.parents[1] / "logs/fetch_data/log.log"
    written = [*(f"{split}.npz" for split in FILES), "cautions.json", "sums.json"]
    gone = not all((results / name).exists() for name in written)
    if gone and log.exists() and f" {dataset.name} is served by" in log.read_text(encoding="utf-8"):
        with contextlib.suppress(UserError, OSError):
            write_data(with_sums(dataset, folder), folder, results, getLogger(__name__))
            print(f"{results}: what was missing is there again", file=sys.stderr)


def fetch(dataset: Dataset, folder: Path, scratch: Path, log: Logger) -> dict[str, Split]:
    """Return the "train" and "test" split of a data set.

    Its files are looked for in `folder` (dataset.dir in the configuration), then downloaded into
    `scratch` from one source after the other, and kept in `folder` for the next time. The log says
    which source had them and why the ones before did not. If none has, a UserError names each with
    its reason.
    """
    reasons = []
    for source in (FOLDER, *dataset.sources):
        try:
            if source == FOLDER:
                files = read_folder(dataset, folder, log)
            else:
                SOURCES[source](dataset.name, scratch)
                files = read_folder(dataset, scratch, log)
        except UserError as error:
            reasons.append(f"{source}: {error}")
            if os.strerror(errno.ENOSPC) in reasons[-1]:
                reasons[-1] += f" (in {scratch}; TMPDIR can be another folder)"
            log.info("%s", reasons[-1])
            continue
        log.info("%s is served by: %s", dataset.name, source)
        if source != FOLDER:
            _keep(files, folder / dataset.name / "raw", log)
        return _splits(dataset, files)
    raise UserError(_not_found(dataset, folder, reasons))


def read_folder(dataset: Dataset, folder: Path, log: Logger) -> dict[str, PublishedFile]:
    """Read the files of a data set from `folder` or its subfolder {name}/raw, as torchvision's.

    A damaged file is named in the log, and the next place is tried. UserError if a file is found
    undamaged nowhere.
    """
    return {name: _first_undamaged(dataset, name, folder, log) for name in dataset.md5}


def with_sums(dataset: Dataset, folder: Path) -> Dataset:
    """Fill in the MD5 sums that nobody published with those of the files in `folder`.

    The data set is returned as it is if they cannot be read: `fetch` then says why.
    """
    if not all(dataset.md5.values()):
        with contextlib.suppress(UserError, OSError):
            files = read_folder(dataset, folder, getLogger(__name__))
            return replace(dataset, md5={name: file.md5 for name, file in files.items()})
    return dataset


def pinned_dataset(name: str, md5: Mapping[str, str]) -> Dataset:
    """The data set of that name, with the MD5 sums that its files had when the job was planned.

    fetch_data.py calls this and does not import datasets.py, or an edit to the record of one data
    set would fetch all of them again.
    """
    return replace(DATASETS[name], md5=md5)


def _first_undamaged(dataset: Dataset, name: str, folder: Path, log: Logger) -> PublishedFile:
    faults = []
    places = (folder, folder / dataset.name / "raw")
    for path in (path for place in places for path in _candidates(place, name)):
        try:
            return read_file(dataset, name, path)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            continue
        except OSError as error:
            faults.append(f"{path}: {error.strerror}")
        except UserError as error:
            faults.append(str(error))
        log.info("not used: %s; replace or remove it", faults[-1])
    raise UserError("; ".join(faults) or _no_file(dataset, name, places))


def _packings(name: str) -> list[str]:
    return [name] if name.endswith((".gz", ".zip")) else [name, f"{name}.gz"]


def _candidates(place: Path, name: str) -> Iterator[Path]:
    """Where the file may lie: packed or not, as .idx3-ubyte, in a folder of its name."""
    spellings = [*_packings(name), *(packed.replace("-idx", ".idx") for packed in _packings(name))]
    for parent in (place, *(place / spelling for spelling in spellings)):
        yield from (parent / spelling for spelling in spellings)


def _no_file(dataset: Dataset, name: str, places: Sequence[Path]) -> str:
    """Say that there is no such file, and which one looks like it."""
    message = f"no {' or '.join(_packings(name))} in {places[0]}"
    found = {path.name for place in places if place.is_dir() for path in place.iterdir()}
    found -= {path.name for other in dataset.md5 for path in _candidates(Path(), other)}
    similar = difflib.get_close_matches(name, sorted(found), 1, cutoff=0.7)
    return f"{message}; rename or unpack {similar[0]}, if it is that" if similar else message


def read_file(dataset: Dataset, name: str, path: Path) -> PublishedFile:
    """Read one file of a data set, packed or not. UserError if it is damaged or another file."""
    content = path.read_bytes()
    if content.startswith(GZIP_MAGIC) and not name.endswith(".gz"):
        content = gunzip(content, str(path))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    expected = dataset.md5[name]
    if expected not in ("", md5):
        raise UserError(
            f"{path}: {len(content):,} bytes with the MD5 sum {md5}, expected {expected}; it is "
            f"damaged, or not {name} of {dataset.name}"
        )
    raw_files = _unpack(dataset, name, content, str(path))
    arrays = {raw: parse_idx(part, f"{path}") for raw, part in raw_files.items()}
    return PublishedFile(path, md5, arrays)


def _unpack(dataset: Dataset, name: str, content: bytes, where: str) -> dict[str, bytes]:
    """The raw files in a published one, by name."""
    if dataset.members:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {
                raw: gunzip(archive.read(member), f"{where}: {member}")
                for raw, member in dataset.members.items()
            }
    if name.endswith(".gz"):
        return {name.removesuffix(".gz"): gunzip(content, where)}
    return {name: content}


def _keep(files: dict[str, PublishedFile], folder: Path, log: Logger) -> None:
    """Copy the files to `folder` for the next time. If that fails, the log says so."""
    try:
        for file in files.values():
            write_whole(folder / file.path.name, file.path.read_bytes())
        log.info("kept for the next time in %s", folder)
    except UserError as error:
        log.info("not kept for the next time: %s", error)


def _splits(dataset: Dataset, files: dict[str, PublishedFile]) -> dict[str, Split]:
    arrays: dict[str, NDArray[np.uint8]] = {}
    for file in files.values():
        arrays |= file.arrays
    splits, classes = {}, {}
    for split, (images_file, labels_file) in FILES.items():
        images, labels = arrays[images_file], arrays[labels_file]
        validate_split(images, labels, images_file)
        require_contrast(images, images_file)
        if dataset.transposed:
            images = np.ascontiguousarray(images.transpose(0, 2, 1))
        classes[split] = count_classes(labels, labels_file)
        splits[split] = images, labels
    if classes["train"] != classes["test"]:
        raise UserError(
            f"{FILES['test'][1]}: {counted(classes['test'], 'class')}, expected the "
            f"{classes['train']} of {FILES['train'][1]}; both splits need images of every class"
        )
    return splits


def _not_found(dataset: Dataset, folder: Path, reasons: Sequence[str]) -> str:
    """Say why each source failed, and what to do by hand."""
    names = list(dataset.md5)
    what = "this file" if len(names) == 1 else f"these {len(names)} files"
    packing = "" if names[0].endswith((".gz", ".zip")) else " (raw, or as .gz)"
    advice = f"Put {what}{packing} into {folder} and run again: {', '.join(names)}."
    if len(reasons) == 1:
        return f"{dataset.name}, {reasons[0]}. {advice}"
    tried = [f"  - {reason}" for reason in reasons]
    proxies = {proxy for scheme, proxy in getproxies().items() if scheme != "no"}
    if proxies:
        shown = re.sub("//[^/]*@", "//", ", ".join(sorted(proxies)))  # without a password
        tried.append(f"Downloads used the proxy {shown}, as http_proxy and https_proxy say.")
    return "\n".join([f"{dataset.name} could not be obtained from any source:", *tried, advice])
