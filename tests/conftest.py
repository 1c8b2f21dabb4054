"""What several kinds of tests share."""

import logging
import os

import main_sweep
import pytest
from checkout import ROOT, Checkout
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

from vaesweep.data.datasets import DATASETS
from vaesweep.data.fetch import fetch

# Those that take minutes first, so that no single one is left at the end.
ORDER = ("slurm", "faults", "browser", "workflow")


def pytest_collection_modifyitems(items):
    """Sort the tests by ORDER, and the others after them."""
    items.sort(key=lambda item: [item.get_closest_marker(name) is None for name in ORDER])


class Scheduler(LoadScopeScheduling):
    """One process runs all tests of a file, which share what they set up.

    Those of tests/faults share nothing but the sweep that every process may copy.
    """

    def _split_scope(self, nodeid):
        return nodeid if nodeid.startswith("tests/faults/") else nodeid.split("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Distribute tests by Scheduler."""
    config.option.loadscopereorder = False  # ORDER is meant
    return Scheduler(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more than there are cores, since tests of killed sweeps and of Slurm often wait."""
    return min(8, len(os.sched_getaffinity(0)) + 1)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Give `make(folder)`'s folder; of all the processes that run tests, one makes it."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def made(name, make):
        folder = base / name
        with FileLock(base / f"{name}.lock"):
            if not (base / f"{name}.made").exists():
                make(folder)
                (base / f"{name}.made").touch()
        return folder

    return made


@pytest.fixture(scope="session")
def mnist(made_once):
    """The real images: {"train": (images, labels), "test": ...}; kept in data/ as by a sweep."""
    images = {}

    def get(scratch):
        scratch.mkdir(exist_ok=True)
        images.update(fetch(DATASETS["MNIST"], ROOT / "data", scratch, logging.getLogger("mnist")))

    scratch = made_once("mnist", get)
    if not images:  # another process fetched them, and left the files in data/
        get(scratch)
    return images


@pytest.fixture(scope="session")
def sweep(made_once, mnist) -> Checkout:
    """A finished sweep of 3 latent sizes x 2 seeds on all of MNIST; tests leave it as it is."""
    return Checkout(made_once("sweep", main_sweep.make))
