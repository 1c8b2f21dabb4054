"""Test -ELBO at latent size 20 with the settings of config.yaml, or after longer trainings.

Runs are named ARCHITECTURE:EPOCHS, e.g. mlp:50; by default the one of config.yaml is trained.
"""

import argparse
import logging
import sys

import torch
from common import configured, load_images, report, train_seeds, trained_model

from vaesweep.scoring.likelihood import evaluate

LATENT_SIZE = 20


def main() -> None:
    """Train each run for each seed and report."""
    architecture, values = configured(LATENT_SIZE)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = [f"{architecture.kind}:{values['epochs']}"]
    parser.add_argument("runs", nargs="*", default=default, metavar="ARCHITECTURE:EPOCHS")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    images, test_images = load_images()
    results = []
    for name in arguments.runs:
        kind, epochs = name.split(":")
        architecture, values = configured(LATENT_SIZE, kind)
        values["epochs"] = int(epochs)
        for seed in arguments.seeds:
            [run] = train_seeds(architecture, values, (seed,), images)
            model, has_likelihood = trained_model(run, architecture), run.facts["likelihood"]
            measured = evaluate(model, test_images, has_likelihood)
            results.append(
                {
                    "architecture": kind,
                    "hidden": architecture.hidden,
                    "epochs": values["epochs"],
                    "seed": seed,
                    **measured,
                    "train_seconds": run.facts["train_seconds"],
                }
            )
    report("quality", latent_size=LATENT_SIZE, runs=results)


if __name__ == "__main__":
    main()
