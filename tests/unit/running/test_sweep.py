"""What a configuration asks for: its variants, and how each run has to be made."""

import pytest
import torch

from vaesweep.running.config import complete
from vaesweep.running.sweep import (
    expanded,
    made_with,
    missing_frames,
    prefers_stacks,
    recipe_keys,
    settings,
    stacks,
    variants,
)
from vaesweep.runs import Setting
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, _facts
from vaesweep.training.model import Architecture
from vaesweep.training.objectives import OBJECTIVES

CONFIG = complete(
    {
        "sweep": {
            "latent_sizes": [2, 8],
            "variants": {"vae": {}, "long": {"training": {"epochs": 50}, "model": {"beta": 4}}},
            "external": {"pca": {"latent_size": 20, "frames": ["pca.npz"]}},
        },
        "scoring": {"pairs_per_kind": 10},
    }
)


def test_variants_have_what_decides_a_training_and_nothing_else():
    long = variants(CONFIG)["long"]
    assert long["model"] == CONFIG["model"] | {"beta": 4}
    assert long["training"] == {
        "epochs": 50,
        "batch_size": 256,
        "learning_rate": 0.008,
        "precision": "auto",
        "device": "auto",
    }


def test_settings_are_variants_at_latent_sizes_then_external_models():
    trained = [Setting(name, size) for name in ("vae", "long") for size in (2, 8)]
    assert settings(CONFIG) == [*trained, Setting("pca", 20)]


@pytest.mark.parametrize(
    ("seeds_per_job", "expected"),
    [("auto", [[0, 1, 2]]), ("all", [[0, 1, 2]]), (2, [[0, 1], [2]]), (9, [[0, 1, 2]]), (1, [])],
)
def test_stacks_are_consecutive_seeds(seeds_per_job, expected):
    config = {"sweep": {"seeds": [0, 1, 2]}, "training": {"seeds_per_job": seeds_per_job}}
    assert stacks(config) == expected


@pytest.mark.parametrize(
    ("seeds_per_job", "device", "variant", "requested", "works", "expected"),
    [
        ("auto", "auto", {}, False, False, False),
        ("auto", "auto", {}, False, True, True),
        ("auto", "auto", {}, True, False, True),
        ("auto", "cuda", {}, False, False, True),
        ("auto", "cpu", {}, True, True, False),
        ("auto", "auto", {"device": "cpu"}, False, True, False),
        (2, "cpu", {}, False, False, True),
    ],
)
def test_auto_trains_stacks_where_there_is_a_gpu(
    monkeypatch, seeds_per_job, device, variant, requested, works, expected
):
    monkeypatch.setattr("vaesweep.running.sweep.gpu_works", lambda: works)
    training = {"seeds_per_job": seeds_per_job, "device": device}
    variants = {"a": {}, "b": {"training": variant}}
    config = complete({"training": training, "sweep": {"variants": variants}})
    assert prefers_stacks(config, requested) is expected


def test_runs_are_made_with_the_configuration():
    expected = made_with(CONFIG)
    assert expected["pca"] == {"steps": 7, "pairs_per_kind": 10, "judge_seeds": [0, 1]}
    trained = {"hidden": [400, 400], "objective": "vae", "epochs": 50, "beta": 4}
    assert (expected["pca"] | trained).items() <= expected["long"].items()
    assert not {"device", "precision", "seeds_per_job"} & set(expected["long"])


def test_training_json_records_everything_that_decides_a_result():
    """A new key of `model` or `training` has to be recorded, or `compare` cannot check it."""
    hardware = Hardware(torch.device("cpu"), torch.float32, "a CPU")
    architecture = Architecture("mlp", (8,), 2)
    objective = OBJECTIVES["vae"](1.0, 2, (0,))
    facts = _facts(architecture, Settings(1.0, 2, 20, 1e-3), objective, hardware)
    assert set(recipe_keys()) <= set(facts)


def test_missing_frames_of_an_external_model_are_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [fault] = missing_frames(CONFIG)
    assert fault.startswith("config: sweep.external.pca.frames has pca.npz, but there is no such")
    (tmp_path / "pca.npz").touch()
    assert not list(missing_frames(CONFIG))


def test_home_folders_are_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "pca.npz").touch()
    at_home = {"pca": {"latent_size": 20, "frames": ["~/pca.npz"]}}
    assert not list(missing_frames({"sweep": {"external": at_home}}))
    assert expanded("a/~b") == "a/~b"
