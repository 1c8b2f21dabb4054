"""Time from the first step to a test -ELBO of 105.6: this trainer and PyTorch's VAE example.

The example: 784-400-20, ReLU, Adam at 1e-3, batches of 128 from a DataLoader over torchvision's
MNIST (PIL images), float32, a pass over the test set after each epoch; it needs 10 epochs.
This trainer uses config.yaml, except for epochs and a peak learning rate that suit such a short
training: once with the network of config.yaml ("configured"), once with a narrower one ("small").
The time of its evaluation counts as well.

Each training has one process and one thread; they take turns, so that all run under the same
conditions. CPU seconds are reported beside wall-clock seconds: only they can be compared if others
use the machine too.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from common import (
    configured,
    load_images,
    matrix_rate,
    products_per_image,
    report,
    train_seeds,
    trained_model,
)
from torch import Tensor, nn
from torch.nn import functional

from vaesweep.data.idx import FILES, idx_bytes
from vaesweep.scoring.likelihood import evaluate

LATENT_SIZE = 20
TARGET = 105.6
MAX_EPOCHS = 15
RECIPES: dict[str, dict[str, Any]] = {
    "configured": {"epochs": 2, "learning_rate": 1e-2},
    "small": {"hidden": (320, 320), "epochs": 2, "learning_rate": 1e-2},
}


def project(recipe: str, seed: int) -> dict[str, Any]:
    """Train with this project's trainer."""
    images, test_images = load_images()
    architecture, values = configured(LATENT_SIZE)
    values |= RECIPES[recipe]
    architecture = replace(architecture, hidden=values.pop("hidden", architecture.hidden))
    rates = [matrix_rate()]
    started_cpu = time.process_time()
    [run] = train_seeds(architecture, values, (seed,), images)
    training_cpu = time.process_time() - started_cpu
    started = time.perf_counter()
    neg_elbo = evaluate(trained_model(run, architecture), test_images, True)["neg_elbo"]
    seconds = run.facts["train_seconds"] + time.perf_counter() - started
    cpu_seconds = time.process_time() - started_cpu
    rates.append(matrix_rate())
    images_seen = run.facts["images_per_second"] * run.facts["train_seconds"]
    rate = products_per_image(architecture) * images_seen / training_cpu
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "epochs": values["epochs"],
        "neg_elbo": neg_elbo,
        "precision": run.facts["precision"],
        "gflops": rate / 1e9,
        "matrix_product_gflops": max(rates) / 1e9,
        "share_of_matrix_product_rate": rate / max(rates),
    }


class ExampleVAE(nn.Module):
    """The network of the example."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.mean = nn.Linear(784, 400), nn.Linear(400, LATENT_SIZE)
        self.log_variance = nn.Linear(400, LATENT_SIZE)
        self.back, self.pixels = nn.Linear(LATENT_SIZE, 400), nn.Linear(400, 784)

    def loss(self, images: Tensor) -> Tensor:
        """-ELBO in nats, summed over the batch."""
        x = images.view(-1, 784)
        hidden = functional.relu(self.hidden(x))
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        code = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        pixels = torch.sigmoid(self.pixels(functional.relu(self.back(code))))
        reconstruction = functional.binary_cross_entropy(pixels, x, reduction="sum")
        return reconstruction - 0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum()


def example(seed: int) -> dict[str, Any]:
    """Train as PyTorch's example does."""
    from torchvision import datasets, transforms

    torch.manual_seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        _lay_out_for_torchvision(Path(folder))
        to_tensor = transforms.ToTensor()
        loaders = {
            name: torch.utils.data.DataLoader(
                datasets.MNIST(folder, train=name == "train", transform=to_tensor),
                batch_size=128,
                shuffle=name == "train",
            )
            for name in ("train", "test")
        }
        model = ExampleVAE()
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
        neg_elbo, epochs = float("inf"), 0
        started, started_cpu = time.perf_counter(), time.process_time()
        while neg_elbo > TARGET and epochs < MAX_EPOCHS:
            epochs += 1
            for images, _ in loaders["train"]:
                optimiser.zero_grad()
                loss = model.loss(images)
                loss.backward()
                loss.item()  # the example sums its training loss in each step
                optimiser.step()
            with torch.no_grad():
                neg_elbo = sum(model.loss(images).item() for images, _ in loaders["test"]) / 10_000
    return {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - started_cpu,
        "epochs": epochs,
        "neg_elbo": neg_elbo,
    }


def _lay_out_for_torchvision(folder: Path) -> None:
    """Write the images as IDX files, which torchvision.datasets.MNIST reads."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for images, (image_file, label_file) in zip(load_images(), FILES.values(), strict=True):
        (raw / image_file).write_bytes(idx_bytes(images))
        (raw / label_file).write_bytes(idx_bytes(images[:, 0, 0]))  # labels are not used


def _in_a_process(trainer: str, seed: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", trainer, "--seeds", str(seed)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return {"seed": seed} | json.loads(done.stdout)


def main() -> None:
    """Compare, or train once with --one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument(
        "--one", choices=[*RECIPES, "example"], help="train once and print the result"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.one:
        seed = arguments.seeds[0]
        one = example(seed) if arguments.one == "example" else project(arguments.one, seed)
        print(json.dumps(one))
        return
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in (*RECIPES, "example")}
    for seed in arguments.seeds:
        for trainer, results in runs.items():
            results.append(_in_a_process(trainer, seed))
            print(trainer, results[-1], file=sys.stderr)
    medians = {
        unit: {name: statistics.median(r[unit] for r in rs) for name, rs in runs.items()}
        for unit in ("seconds", "cpu_seconds")
    }
    shares = {name: [r["share_of_matrix_product_rate"] for r in runs[name]] for name in RECIPES}
    report(
        "training_speed",
        target_neg_elbo=TARGET,
        recipes=RECIPES,
        all_reached=all(run["neg_elbo"] <= TARGET for rs in runs.values() for run in rs),
        medians=medians,
        times_faster={
            unit: {name: median["example"] / median[name] for name in RECIPES}
            for unit, median in medians.items()
        },
        share_of_matrix_product_rate={n: statistics.median(s) for n, s in shares.items()},
        runs=runs,
    )


if __name__ == "__main__":
    main()
