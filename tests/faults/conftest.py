"""The small sweep that the tests here copy and break."""

import pytest
from checkout import Checkout
from small_sweep import prepare


@pytest.fixture(scope="session")
def finished(tmp_path_factory, mnist) -> Checkout:
    """The undisturbed sweep; tests copy it and leave it alone."""
    checkout = prepare(tmp_path_factory.mktemp("finished") / "project", mnist)
    checkout.snakemake("--cores", "2", "all", "report")
    return checkout
