"""One small sweep on real MNIST, made once and looked at by every test here."""

import pytest
from checkout import Checkout, copy_checkout

SEEDS = [0, 1]
LATENT_SIZES = [2, 16]
JUDGE_SEEDS = [0]


@pytest.fixture(scope="session")
def sweep(tmp_path_factory) -> Checkout:
    """2 latent sizes x 2 seeds x 1 epoch, run with the command of the README."""
    checkout = copy_checkout(tmp_path_factory.mktemp("sweep") / "project")
    checkout.configure(
        netid="ab-12",
        sweep={"seeds": SEEDS, "latent_sizes": LATENT_SIZES},
        training={"epochs": 1},
        scoring={"pairs_per_kind": 20, "judge_seeds": JUDGE_SEEDS, "bootstrap": 500},
    )
    checkout.snakemake("--cores", "2", "all", "report")
    return checkout
