"""Shared by the benchmarks: the package, the data, the settings of config.yaml, the machine."""

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# Deterministic matrix products on a GPU need this before CUDA starts.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
sys.path.insert(0, str(Path(__file__).parents[1] / "workflow" / "scripts"))

import numpy as np
import torch
import yaml
from numpy.typing import NDArray

from vaesweep.data.splits import Split, load_split
from vaesweep.running.config import complete
from vaesweep.training.hardware import choose_hardware
from vaesweep.training.loop import Settings, TrainedRun, train
from vaesweep.training.model import VAE, Architecture, StackedLinear

ROOT = Path(__file__).parents[1]


def load_splits(dataset: str = "MNIST") -> tuple[Split, Split]:
    """Return the training and the test split, which Snakemake fetches if necessary."""
    folder = Path("results/data", dataset)
    files = [ROOT / folder / f"{split}.npz" for split in ("train", "test")]
    if not all(file.exists() for file in files):
        command = [sys.executable, "-m", "snakemake", "--cores", "1", str(folder / "train.npz")]
        command += ["--config", f"dataset={{name: {dataset}}}"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    return load_split(files[0]), load_split(files[1])


def load_images() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the training and the test images of MNIST."""
    (train_images, _), (test_images, _) = load_splits()
    return train_images, test_images


def configured(latent_size: int, kind: str | None = None) -> tuple[Architecture, dict[str, Any]]:
    """Return the architecture of config.yaml, or of `kind`, and the fields of its Settings."""
    config = complete(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))
    model, training = config["model"], config["training"]
    architecture = Architecture(kind or model["architecture"], tuple(model["hidden"]), latent_size)
    values = model | training
    return architecture, {name: values[name] for name in Settings.__dataclass_fields__}


def train_seeds(
    architecture: Architecture,
    values: dict[str, Any],
    seeds: tuple[int, ...],
    images: NDArray[np.uint8],
    device: str = "auto",
) -> list[TrainedRun]:
    """Train a run for each seed with these values of Settings."""
    log = logging.getLogger()
    hardware = choose_hardware(device, "auto", log)
    with tempfile.TemporaryDirectory() as folder:
        path, settings = Path(folder, "checkpoint.pt"), Settings(**values)
        return train(images, architecture, settings, hardware, seeds, path, 1e9, log)


def trained_model(run: TrainedRun, architecture: Architecture) -> VAE:
    """Return the run's model, as a stack of one."""
    model = VAE(architecture)
    model.load_state_dict({name: tensor.unsqueeze(0) for name, tensor in run.state.items()})
    return model


def products_per_image(architecture: Architecture) -> int:
    """Return the floating-point operations of an MLP's matrix products, forward and backward.

    A weight takes part in three products of 2 operations each; the first layer needs no gradient of
    its input.
    """
    layers = [m for m in VAE(architecture).modules() if isinstance(m, StackedLinear)]
    return sum(6 * m.weight.numel() for m in layers) - 2 * layers[0].weight.numel()


def matrix_rate(side: int = 1024) -> float:
    """Return the best rate of matrix products in half a second, in operations per CPU second."""
    a, b = torch.rand(side, side), torch.rand(side, side)
    best, end = 0.0, time.process_time() + 0.5
    while time.process_time() < end:
        started = time.process_time()
        a @ b
        best = max(best, 2 * side**3 / (time.process_time() - started))
    return best


def report(benchmark: str, **results: Any) -> None:
    """Print the results as JSON, with a description of the machine."""
    machine = {
        "device": choose_hardware("auto", "auto", logging.getLogger()).name,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": sys.version.split()[0],
    }
    print(json.dumps({"benchmark": benchmark, "machine": machine, **results}, indent=2))
