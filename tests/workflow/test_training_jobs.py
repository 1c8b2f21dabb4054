"""Seeds that one job trains together."""

import json

import numpy as np
import pytest
from checkout import copy_of
from safetensors.numpy import load_file
from small_sweep import remove

pytestmark = pytest.mark.workflow


def test_stacked_seeds_give_the_files_of_single_ones(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    runs = [f"results/runs/vae/latent-{size}/seed-{seed}" for size in (2, 4) for seed in (0, 1)]
    remove(checkout, "runs", "logs/train")
    checkout.configure(training={"seeds_per_job": "all"})
    checkout.snakemake("--cores", "2", "--", *[f"{run}/model.safetensors" for run in runs])
    for run in runs:
        files = {path.name for path in (checkout / run).iterdir()}
        assert files == {"model.safetensors", "history.csv", "training.json"}
        training = json.loads((checkout / f"{run}/training.json").read_text())
        assert training["stacked_seeds"] == 2 and training["seed"] == int(run.split("-")[-1])
        alone = load_file(finished / f"{run}/model.safetensors")
        together = load_file(checkout / f"{run}/model.safetensors")
        for name, tensor in alone.items():
            assert np.allclose(tensor, together[name], atol=1e-4), name
    jobs = {path.name for path in (checkout / "results/logs/train").iterdir()}
    assert jobs == {"vae_latent-2_stack-0.log", "vae_latent-4_stack-0.log"}
