"""The score on real digits cannot be fooled: anything but a trained VAE ranks below one."""

import json
import logging

import pandas as pd
import pytest
import torch
from main_sweep import JUDGE_SEEDS, LATENT_SIZES, SEEDS

from vaesweep.comparison.columns import OTHER_PATHS, RECORDS
from vaesweep.data.pairs import ends
from vaesweep.interpolation import interpolate
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.references import read_references
from vaesweep.scoring.score import assess_paths, read_reference_scores, relative_scores
from vaesweep.scoring.summary import summarise_pairs
from vaesweep.training.hardware import choose_hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import VAE, load_model, member_of, save_member

pytestmark = pytest.mark.workflow
LATENT_SIZE = max(LATENT_SIZES)


@pytest.fixture(scope="module")
def judges(sweep):
    return [load_judge(sweep / f"results/judges/seed-{seed}.safetensors") for seed in JUDGE_SEEDS]


@pytest.fixture(scope="module")
def score_of(sweep, mnist, judges):
    """A function that scores a model on the sweep's pairs."""
    pairs = pd.read_csv(sweep / "results/pairs.csv")
    images, _ = mnist["test"]
    references = read_references(sweep / "results/references.npz", ends(images, pairs), 7)
    reference_scores = read_reference_scores(sweep / "results/reference_scores.csv", pairs, judges)

    def score(model: VAE) -> float:
        frames, _ = interpolate(model, images, pairs, 7)
        inner = frames[:, 1:-1]
        found = [judge.assess(inner) for judge in judges]
        assessed = assess_paths(inner, references, pairs, found)
        return summarise_pairs(relative_scores(assessed, reference_scores))["score"]

    return score


@pytest.fixture(scope="module")
def trained(sweep):
    return load_model(sweep / f"results/runs/vae/latent-{LATENT_SIZE}/seed-0/model.safetensors")


@pytest.fixture(scope="module")
def trained_scores(sweep):
    folders = [sweep / f"results/runs/vae/latent-{LATENT_SIZE}/seed-{seed}" for seed in SEEDS]
    return [json.loads((folder / "metrics.json").read_text())["score"] for folder in folders]


def test_the_score_is_what_the_workflow_wrote(score_of, trained, trained_scores):
    assert score_of(trained) == pytest.approx(trained_scores[0])


def test_an_untrained_model_ranks_below(score_of, trained, trained_scores):
    model = VAE(trained.architecture)
    model.initialise(0, torch.Generator().manual_seed(0), torch.full((784,), 0.13))
    assert score_of(model) < min(trained_scores)


def test_a_model_with_shuffled_codes_ranks_below(score_of, trained, trained_scores, tmp_path):
    state = member_of(trained.state_dict(), 0)
    order = torch.randperm(LATENT_SIZE, generator=torch.Generator().manual_seed(0))
    state["decoder.0.weight"] = state["decoder.0.weight"][order]
    save_member(state, trained.architecture, tmp_path / "model.safetensors")
    assert score_of(load_model(tmp_path / "model.safetensors")) < min(trained_scores)


def train_model(architecture, settings, images, folder):
    log = logging.getLogger()
    hardware, checkpoint = choose_hardware("cpu", "auto", log), folder / "checkpoint.pt"
    [run] = train(images, architecture, settings, hardware, (0,), checkpoint, 1e9, log)
    save_member(run.state, architecture, folder / "model.safetensors")
    return load_model(folder / "model.safetensors")


def test_a_collapsed_model_is_below_the_cross_fade(score_of, trained, mnist, tmp_path):
    settings = Settings(20.0, 1, 128, 3e-3)
    model = train_model(trained.architecture, settings, mnist["train"][0][:10_000], tmp_path)
    assert score_of(model) < -1


def test_no_control_beats_a_trained_vae(sweep, score_of, trained, mnist, tmp_path):
    """The VAE is trained for 4 epochs: after one, a cross-fade still scores higher."""
    controls = pd.read_csv(sweep / "results/comparison/controls.csv").set_index("control")["score"]
    assert set(controls.index) == {*RECORDS["controls"], *OTHER_PATHS} - {"straight"}
    assert controls["transport"] == pytest.approx(1) and controls.idxmax() == "transport"
    assert controls["cross_fade"] == pytest.approx(0)
    assert controls.idxmin() == "constant_image"
    settings = Settings(1.0, 4, 256, 8e-3)
    model = train_model(trained.architecture, settings, mnist["train"][0], tmp_path)
    assert controls[[*RECORDS["controls"]]].drop("transport").max() < score_of(model) < 1
