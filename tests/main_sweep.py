"""A small sweep on all of MNIST, run with the command of the README."""

from pathlib import Path

from checkout import Checkout, copy_checkout

SEEDS = [0, 1]
LATENT_SIZES = [2, 4, 16]
JUDGE_SEEDS = [0]


def make(folder: Path) -> None:
    """Make all documents of the sweep in `folder`."""
    prepare(folder).snakemake("--cores", "2", "all", "report")


def prepare(folder: Path) -> Checkout:
    """Copy the project, with the configuration of 3 latent sizes x 2 seeds x 1 epoch."""
    checkout = copy_checkout(folder)
    checkout.configure(
        netid="ab-12",
        sweep={"seeds": SEEDS, "latent_sizes": LATENT_SIZES},
        training={"epochs": 1, "checkpoint_seconds": 1},
        scoring={"pairs_per_kind": 20, "judge_seeds": JUDGE_SEEDS, "bootstrap": 500},
    )
    return checkout
