"""The configuration: defaults, numbers that YAML reads as text, and errors that name the key."""

import pytest
import yaml
from checkout import ROOT

from vaesweep.errors import UserError
from vaesweep.running.config import complete


def test_config_yaml_states_every_default():
    written = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    assert complete(written) == complete({})


def test_an_empty_section_takes_its_defaults():
    assert complete({"training": None}) == complete({})


@pytest.mark.parametrize("text", ["1e-3", "1E-3", "10e-4", "0.1e-2"])
def test_exponents_without_a_dot_are_numbers(text):
    assert complete({"training": {"learning_rate": text}})["training"]["learning_rate"] == 0.001


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"traning": {}}, "unknown key traning; did you mean training?"),
        ({"training": {"epoch": 3}}, "unknown key training.epoch; did you mean epochs?"),
        ({"training": {"epochs": 0}}, "training.epochs is 0, expected at least 1"),
        ({"training": {"epochs": "ten"}}, "training.epochs is 'ten', expected integer"),
        (
            {"training": {"batch_size": 60001}},
            "training.batch_size is 60001, expected at most 60000",
        ),
        ({"training": {"learning_rate": 0}}, "training.learning_rate is 0, expected more than 0"),
        (
            {"training": {"device": "tpu"}},
            "training.device is 'tpu', expected one of auto, cpu, cuda",
        ),
        ({"training": 3}, "training is 3, expected object"),
        ({"dataset": {"name": "CIFAR"}}, "expected one of MNIST, FashionMNIST, KMNIST, EMNIST"),
        ({"sweep": {"seeds": []}}, "sweep.seeds is [], expected at least one entry"),
        ({"sweep": {"seeds": [1, 1]}}, "sweep.seeds is [1, 1], expected no entry twice"),
        ({"sweep": {"latent_sizes": [-2]}}, "sweep.latent_sizes.0 is -2, expected at least 1"),
        ({"sweep": {"latent_sizes": [2.5]}}, "sweep.latent_sizes.0 is 2.5, expected integer"),
        ({"sweep": {"latent_sizes": [10**9]}}, "expected at most 1024"),
        ({"model": {"architecture": "gan"}}, "expected one of mlp, conv"),
        ({"netid": "../etc"}, "netid is '../etc', expected 1 to 64 letters"),
        ({"netid": "a b"}, "netid is 'a b'"),
        ({"netid": "$(id)"}, "netid is '$(id)'"),
        ({"netid": "x" * 300}, "netid is 'xxx"),
        ({"selection": {"latent_size": 3}}, "selection.latent_size is 3, which sweep.latent_sizes"),
        ({"selection": {"seed": 9}}, "selection.seed is 9, which sweep.seeds (0, 1, 2, 3, 4)"),
    ],
)
def test_errors_name_the_key(config, message):
    with pytest.raises(UserError) as caught:
        complete(config)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_a_pinned_run_of_the_sweep_is_accepted():
    assert complete({"selection": {"latent_size": 16, "seed": 2}})["selection"]["seed"] == 2
