"""The trainings of a sweep as jobs: the same bytes on one core and on two, and seeds in stacks."""

import json

import numpy as np
import pytest
from checkout import Checkout, copy_checkout
from safetensors.numpy import load_file

pytestmark = pytest.mark.workflow
RUNS = [f"results/runs/vae/latent-{size}/seed-{seed}" for size in (2, 3) for seed in (0, 7)]
FILES = ("model.safetensors", "history.csv", "training.json")


def trained(folder, cores, **training) -> Checkout:
    """Train 2 x 2 runs on 400 images of noise."""
    checkout = copy_checkout(folder / "project")
    checkout.configure(
        sweep={"seeds": [0, 7], "latent_sizes": [2, 3]},
        model={"hidden": [16]},
        training={"epochs": 2, "device": "cpu"} | training,
    )
    data = checkout / "results/data/MNIST"
    data.mkdir(parents=True)
    images = np.random.default_rng(0).integers(0, 256, (400, 28, 28), dtype=np.uint8)
    for split in ("train", "test"):
        np.savez(data / f"{split}.npz", images=images, labels=np.arange(400, dtype=np.uint8) % 10)
    models = [f"{run}/model.safetensors" for run in RUNS]
    checkout.snakemake("--cores", str(cores), "--", *models)
    return checkout


@pytest.fixture(scope="module")
def one_core(tmp_path_factory) -> Checkout:
    return trained(tmp_path_factory.mktemp("one"), 1)


def test_two_cores_give_the_same_bytes(one_core, tmp_path):
    two_cores = trained(tmp_path, 2)
    for run in RUNS:
        model = f"{run}/model.safetensors"
        assert (one_core / model).read_bytes() == (two_cores / model).read_bytes()


def test_stacked_seeds_give_the_files_of_single_ones(one_core, tmp_path):
    stacked = trained(tmp_path, 2, seeds_per_job="all")
    for run in RUNS:
        assert {path.name for path in (stacked / run).iterdir()} == set(FILES)
        training = json.loads((stacked / f"{run}/training.json").read_text())
        assert training["stacked_seeds"] == 2 and training["seed"] == int(run.split("-")[-1])
        alone = load_file(one_core / f"{run}/model.safetensors")
        together = load_file(stacked / f"{run}/model.safetensors")
        for name, tensor in alone.items():
            assert np.allclose(tensor, together[name], atol=1e-4), name
    jobs = {path.name for path in (stacked / "results/logs/train").iterdir()}
    assert jobs == {"vae_latent-2_stack-0.log", "vae_latent-3_stack-0.log"}


def test_a_new_seed_retrains_nothing(one_core):
    one_core.configure(sweep={"seeds": [0, 7, 9], "latent_sizes": [2, 3]})
    models = [f"{run}/model.safetensors" for run in RUNS]
    assert "Nothing to be done" in one_core.snakemake("-n", "--", *models).stdout
    said = one_core.snakemake("-n", "results/runs/vae/latent-2/seed-9/model.safetensors").stdout
    assert said.count("rule train:") == 1
