"""What several kinds of tests share."""

import logging

import pytest
from checkout import ROOT

from vaesweep.data import DATASETS, fetch


@pytest.fixture(scope="session")
def mnist(tmp_path_factory):
    """The real images: {"train": (images, labels), "test": ...}; kept in data/ as by a sweep."""
    scratch = tmp_path_factory.mktemp("mnist")
    return fetch(DATASETS["MNIST"], ROOT / "data", scratch, logging.getLogger("mnist"))
