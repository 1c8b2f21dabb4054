"""The small sweep that the tests here copy and break."""

import pytest
from checkout import Checkout
from small_sweep import prepare


@pytest.fixture(scope="session")
def finished(made_once, mnist) -> Checkout:
    """The undisturbed sweep; tests copy it and leave it alone."""

    def make(folder):
        prepare(folder, mnist).snakemake("--cores", "2", "all", "report")

    return Checkout(made_once("finished", make))
