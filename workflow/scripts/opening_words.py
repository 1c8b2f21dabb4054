"""Say what is planned, on what, and how long it may take: what `make` begins with."""

import os
from pathlib import Path

import yaml

from vaesweep.running.config import complete
from vaesweep.running.preflight import has_nvidia_gpu
from vaesweep.words import counted

# Seconds on one core, between those of servers with and without AVX512-BF16: an epoch of the
# default networks, interpolating and scoring a run, training a judge, drawing and typesetting.
EPOCH, RUN, JUDGE, DOCUMENTS = 4, 12, 40, 40

config = complete(yaml.safe_load(Path("config.yaml").read_text(encoding="utf-8")))
sizes, seeds = config["sweep"]["latent_sizes"], config["sweep"]["seeds"]
epochs, device = config["training"]["epochs"], config["training"]["device"]
runs = len(sizes) * len(seeds)
cores = int(os.environ["CORES"]) if os.environ["CORES"].isdigit() else len(os.sched_getaffinity(0))
if device == "auto":
    device = "cuda, if PyTorch can use the GPU" if has_nvidia_gpu() else "cpu"
print(
    f"Planned: {counted(runs, 'run')} of {counted(epochs, 'epoch')} on "
    f"{config['dataset']['name']}: latent size{'s' if len(sizes) > 1 else ''} "
    f"{', '.join(map(str, sizes))}, {counted(len(seeds), 'seed')} each, and "
    f"{counted(len(config['scoring']['judge_seeds']), 'judge')}. Device: {device}. Cores: {cores}."
)
if device == "cpu" and config["model"]["architecture"] == "mlp":
    seconds = runs * (epochs * EPOCH + RUN) + len(config["scoring"]["judge_seeds"]) * JUDGE
    minutes = (seconds / min(cores, runs) + DOCUMENTS) / 60
    print(
        f"From scratch this takes some {max(1, round(minutes))} minutes; what is made stays made."
    )
print("To watch a run: tail -f results/logs/train/*.log", flush=True)
