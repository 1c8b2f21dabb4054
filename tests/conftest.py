"""Fixtures that several folders share, and the order in which tests run side by side."""

import logging
import os
from contextlib import ExitStack

# Before NumPy and PyTorch are imported: tests run in parallel, so each uses one thread. The jobs in
# them use the cores they ask for.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import forked_python
import main_sweep
import pytest
import small_sweep
from checkout import ROOT, Checkout
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

from vaesweep.data.datasets import DATASETS
from vaesweep.data.fetch import fetch

# The files that take longest come first, so that none is left for the end. The first three start in
# three processes: one makes `sweep`, one needs neither sweep, and one makes `finished`.
ORDER = (
    "workflow/test_sweep", "workflow/test_odd_places", "faults/test_crashes", "slurm",
    "workflow/test_storage", "workflow/test_variants", "workflow/test_module", "faults",
    "browser", "workflow",
)  # fmt: skip


def pytest_configure(config):
    """Start the server that Checkout.snakemake uses, once for all processes that run tests."""
    if not hasattr(config, "workerinput"):
        stack = ExitStack()
        config.add_cleanup(stack.close)
        os.environ["FORKED_PYTHON"] = str(stack.enter_context(forked_python.running_server()))


def pytest_collection_modifyitems(items):
    """Sort the tests by ORDER; the unit tests come last."""

    def position(item):
        for place, name in enumerate(ORDER):
            if item.nodeid.startswith(f"tests/{name}"):
                return place
        return len(ORDER)

    items.sort(key=position)


class Scheduler(LoadScopeScheduling):
    """Give all tests of a file to one process, since they share its fixtures.

    Tests in tests/faults share no fixture but the small sweep, which every process can copy.
    """

    def _split_scope(self, nodeid):
        return nodeid if nodeid.startswith("tests/faults/") else nodeid.split("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Distribute tests by Scheduler, in ORDER."""
    config.option.loadscopereorder = False
    return Scheduler(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One process more than there are cores, since tests of Slurm and of crashes often wait."""
    return min(8, len(os.sched_getaffinity(0)) + 1)


@pytest.fixture(scope="session")
def make_once(tmp_path_factory):
    """A function of a name and of `make(folder)`: one of all processes makes the folder."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def once(name, make):
        folder = base / name
        with FileLock(base / f"{name}.lock"):
            if not (base / f"{name}.made").exists():
                make(folder)
                (base / f"{name}.made").touch()
        return folder

    return once


@pytest.fixture(scope="session")
def mnist(make_once):
    """The images and labels of MNIST as {"train": ..., "test": ...}; the files stay in data/."""
    splits = {}

    def read(scratch):
        scratch.mkdir(exist_ok=True)
        splits.update(fetch(DATASETS["MNIST"], ROOT / "data", scratch, logging.getLogger("mnist")))

    scratch = make_once("mnist", read)
    if not splits:  # another process has downloaded the files
        read(scratch)
    return splits


@pytest.fixture(scope="session")
def sweep(make_once, mnist) -> Checkout:
    """A finished sweep of 3 latent sizes x 2 seeds on all of MNIST. Tests do not change it."""
    return Checkout(make_once("sweep", main_sweep.make))


@pytest.fixture(scope="session")
def finished(make_once, mnist) -> Checkout:
    """A finished sweep of 2 latent sizes x 2 seeds on few images. Tests change copies of it."""
    return Checkout(make_once("finished", lambda folder: small_sweep.make(folder, mnist)))
