"""One small sweep on real MNIST, run with the command of the README."""

from pathlib import Path

from checkout import copy_checkout

SEEDS = [0, 1]
LATENT_SIZES = [2, 16]
JUDGE_SEEDS = [0]


def make(folder: Path) -> None:
    """Make the documents of 2 latent sizes x 2 seeds x 1 epoch in `folder`."""
    checkout = copy_checkout(folder)
    checkout.configure(
        netid="ab-12",
        sweep={"seeds": SEEDS, "latent_sizes": LATENT_SIZES},
        training={"epochs": 1},
        scoring={"pairs_per_kind": 20, "judge_seeds": JUDGE_SEEDS, "bootstrap": 500},
    )
    checkout.snakemake("--cores", "2", "all", "report")
