"""Where the four files of a data set may come from. Every source checks what it serves."""

import importlib
from collections.abc import Sequence
from logging import Logger
from pathlib import Path

from vaesweep.data.datasets import FILE_NAMES, Dataset, Served, check
from vaesweep.data.download import download
from vaesweep.errors import UserError


def raw_folder(folder: Path, dataset: Dataset) -> Path:
    """Return where torchvision keeps the files of `dataset` under `folder`; so do we."""
    return folder / dataset.name / "raw"


def from_folder(dataset: Dataset, folder: Path | None, log: Logger) -> dict[str, Served]:
    """Return the files that lie in `folder` or, as torchvision lays them out, below it.

    Each may be raw or .gz. A damaged one is named in the log, and the next candidate tried.

    Raises:
        UserError: one of the four is not there, or no candidate for it is whole.
    """
    if folder is None:
        raise UserError("not set")
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}")
    return {name: _first_whole(dataset, name, folder, log) for name in FILE_NAMES}


def _first_whole(dataset: Dataset, name: str, folder: Path, log: Logger) -> Served:
    faults = []
    for place in (folder, raw_folder(folder, dataset)):
        for path in (place / name, place / f"{name}.gz"):
            try:
                return check(dataset, name, path.read_bytes(), str(path))
            except FileNotFoundError:
                continue
            except OSError as error:
                faults.append(f"{path}: {error.strerror}")
            except UserError as error:
                faults.append(str(error))
            log.info("not used: %s; replace or remove it", faults[-1])
    raise UserError("; ".join(faults) or f"no {name} or {name}.gz in {folder}")


def from_mirrors(dataset: Dataset, mirrors: Sequence[str] | None, log: Logger) -> dict[str, Served]:
    """Return the files, downloaded as .gz from `mirrors`, or from torchvision's if that is None.

    A mirror that fails once is left for the next, which is asked only for what is missing.

    Raises:
        UserError: naming each mirror with what was wrong.
    """
    if mirrors is None:
        mirrors = torchvision_mirrors(dataset)
    served: dict[str, Served] = {}
    faults = []
    for mirror in mirrors:
        try:
            for name in FILE_NAMES:
                if name not in served:
                    url = f"{mirror.rstrip('/')}/{name}.gz"
                    log.info("downloading %s", url)
                    served[name] = check(dataset, name, download(url), url)
            return served
        except UserError as error:
            log.info("mirror left: %s", error)
            faults.append(str(error))
    raise UserError("; ".join(faults) or "there is no mirror")


def torchvision_mirrors(dataset: Dataset) -> list[str]:
    """Return the addresses that torchvision downloads `dataset` from.

    Raises:
        UserError: torchvision cannot be imported.
    """
    try:
        # Here and not above: the import takes more than a second, and only fetching needs it.
        torchvision_datasets = importlib.import_module("torchvision.datasets")
    except (ImportError, RuntimeError) as error:  # RuntimeError: it does not match torch
        raise UserError(f"torchvision, which knows the mirrors, fails: {error}") from error
    return list(getattr(torchvision_datasets, dataset.name).mirrors)
