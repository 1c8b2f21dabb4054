"""The configuration: defaults, values converted to their types, and errors that name the key."""

import pytest
import yaml
from checkout import ROOT

from vaesweep.errors import UserError
from vaesweep.running.config import complete


def variants(**named):
    return {"sweep": {"variants": named}}


def training(**changes):
    return variants(vae={}, long={"training": changes})


def pca(**changes):
    return {"sweep": {"external": {"pca": {"latent_size": 20, "frames": ["pca.npz"]} | changes}}}


def test_config_yaml_states_every_default():
    written = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    assert complete(written) == complete({})


@pytest.mark.parametrize(
    "config", [{"training": None}, {"sweep": {"variants": None, "external": None}}]
)
def test_an_empty_section_takes_its_defaults(config):
    assert complete(config) == complete({})


def test_an_empty_variant_changes_nothing():
    config = complete(variants(vae=None, conv={"model": None}))
    assert config["sweep"]["variants"] == {"vae": {}, "conv": {"model": {}}}


@pytest.mark.parametrize("text", ["1e-3", "1E-3", "10e-4", "0.1e-2"])
def test_exponents_without_a_dot_are_numbers(text):
    assert complete({"training": {"learning_rate": text}})["training"]["learning_rate"] == 0.001


@pytest.mark.parametrize("value", [2.0, "2e0", "20e-1", 2])
def test_each_value_has_one_notation(value):
    sizes = complete({"sweep": {"latent_sizes": [value]}})["sweep"]["latent_sizes"]
    assert repr(sizes) == "[2]"


def test_words_may_be_in_capitals():
    config = complete({"submission": {"paper": "A4"}, "dataset": {"name": "mnist"}})
    assert (config["submission"]["paper"], config["dataset"]["name"]) == ("a4", "MNIST")


@pytest.mark.parametrize("name", ["1e5", "12e-3"])
def test_text_that_looks_like_a_number_stays_text(name):
    config = complete({"netid": name, "dataset": {"dir": name}})
    assert config["netid"] == config["dataset"]["dir"] == name


def test_text_from_the_command_line_is_read_as_yaml():
    config = complete({"sweep": {"seeds": "[1, 2e0]"}, "selection": {"variant": "null"}})
    assert config["sweep"]["seeds"] == [1, 2] and config["selection"]["variant"] is None


WRONG_VALUES = [
    ({"traning": {}}, "unknown key traning; did you mean training?"),
    ({"training": {"epoch": 3}}, "unknown key training.epoch; did you mean epochs?"),
    ({"training": {"epochs": 0}}, "training.epochs: 0 is less than the minimum of 1 (Passes over"),
    ({"training": {"epochs": "ten"}}, "training.epochs: 'ten' is not of type 'integer'"),
    ({"training": {"learning_rate": 0}}, "training.learning_rate: 0 is less than or equal to"),
    ({"training": {"device": "tpu"}}, "training.device: 'tpu' is not one of ['auto', 'cpu', 'cu"),
    (
        {"training": {"seeds_per_job": "x"}},
        "seeds_per_job: 'x' is not one of ['all', 'auto'] (or a whole",
    ),
    ({"training": 3}, "training: 3 is not of type 'object'"),
    ({"dataset": {"name": "CIFAR"}}, "dataset.name: 'CIFAR' is not one of ['MNIST', 'FashionMNI"),
    ({"sweep": {"seeds": []}}, "sweep.seeds: [] should be non-empty (One run for each"),
    ({"sweep": {"seeds": [1, 1]}}, "sweep.seeds: [1, 1] has non-unique elements"),
    ({"sweep": {"latent_sizes": [-2]}}, "sweep.latent_sizes.0: -2 is less than the minimum of 1"),
    ({"sweep": {"latent_sizes": [10**9]}}, "1000000000 is greater than the maximum of 1024"),
    ({"sweep": {"variant": {"a": {}}}}, "unknown key sweep.variant; did you mean variants?"),
    (variants(), "sweep.variants: {} should be non-empty (Named changes to model"),
    (variants(vae=["conv"]), "sweep.variants.vae: ['conv'] is not of type 'object' (Changes to"),
    (variants(**{"a/b": {}}), "sweep.variants: 'a/b' is not 1 to 32 letters"),
    (variants(**{"a_b": {}}), "sweep.variants: 'a_b' is not 1 to 32 letters"),
    (variants(**{"x" * 33: {}}), "' is not 1 to 32 letters, digits, '.', '+' or '-'"),
    (variants(a={"modle": {}}), "unknown key sweep.variants.a.modle; did you mean model?"),
    (variants(a={"scoring": {}}), "sweep.variants.a.scoring; known keys: model, training"),
    (variants(a={"model": {"bta": 2}}), "sweep.variants.a.model.bta; did you mean beta?"),
    (variants(a={"model": {"beta": -1}}), "a.model.beta: -1 is less than the minimum of 0 (Weight"),
    (variants(a={"model": {"beta": float("nan")}}), "a.model.beta: 'nan' is not of type 'number'"),
    ({"model": {"beta": "1e999"}}, "model.beta: 'inf' is not of type 'number'"),
    (training(seeds_per_job=2), "long.training.seeds_per_job cannot differ between variants;"),
    (training(checkpoint_seconds=2), "training.checkpoint_seconds cannot differ between var"),
    ({"sweep": {"external": ["pca"]}}, "sweep.external: ['pca'] is not of type 'object'"),
    (
        {"sweep": {"external": {"p a": pca()["sweep"]["external"]["pca"]}}},
        "'p a' is not 1 to 32 let",
    ),
    ({"sweep": {"external": {"pca": {"frames": ["a"]}}}}, "'latent_size' is a required property"),
    (pca(latent_size=0), "sweep.external.pca.latent_size: 0 is less than the minimum of 1"),
    (pca(frames="pca.npz"), "sweep.external.pca.frames: 'pca.npz' is not of type 'array'"),
    (pca(frames=[]), "sweep.external.pca.frames: [] should be non-empty"),
    (pca(frames=[""]), "sweep.external.pca.frames.0: '' is not a path without control char"),
    (pca(frames=["a{b}"]), "frames.0: 'a{b}' is not a path without control characters or braces"),
    ({"dataset": {"dir": "{a}"}}, "dataset.dir: '{a}' is not a path without control characters or"),
    (
        variants(vae={}, VAE={}),
        "vae and VAE, in sweep.variants or sweep.external, have the same folder",
    ),
    (pca(frame=["a"]), "unknown key sweep.external.pca.frame; did you mean frames?"),
    (
        {"sweep": {"variants": {"pca": {}}, **pca()["sweep"]}},
        "pca and pca, in sweep.variants or sweep.external, have the same folder",
    ),
    (
        {"dataset": {"dir": "~nosuchuser/a"}},
        "dataset.dir is ~nosuchuser/a, but no home folder is kn",
    ),
    (pca(frames=["~nosuchuser/a"]), "sweep.external.pca.frames is ~nosuchuser/a, but no home"),
    ({"selection": {"variant": "conv"}}, "selection.variant is conv, which is not in sweep.varian"),
    (pca() | {"selection": {"variant": "pca"}}, "is pca, which is not in sweep.variants (vae)"),
    ({"selection": {"variant": ["vae"]}}, "selection.variant: ['vae'] is not of type 'string', 'n"),
    ({"selection": {"latent_size": 3}}, "selection.latent_size is 3, which is not in sweep.latent"),
    ({"selection": {"seed": 9}}, "which is not in sweep.seeds (0, 1, 2, 3, 4)"),
    ({"submission": {"code": "all"}}, "submission.code: 'all' is not one of ['figures', 'none']"),
    ({"netid": "x" * 300}, "netid: 'xxx"),
    ({"submission": {"\n": None}}, "unknown key submission.'\\n'; known keys: paper, code"),
]


@pytest.mark.parametrize(("config", "message"), WRONG_VALUES)
def test_an_error_names_the_key_the_value_and_what_is_expected(config, message):
    with pytest.raises(UserError) as caught:
        complete(config)
    text = str(caught.value)
    assert text.startswith("config: ") and message in text
    assert "\n" not in text and len(text) < 300


def test_all_faults_are_named_each_with_the_place_to_correct_it():
    command_line = {"netid": "a/b", "sweep": {"seeds": [-1]}}
    config = {"sweeep": {}, "modle": {}, "training": {"epochs": 0}} | command_line
    with pytest.raises(UserError) as caught:
        complete(config, command_line)
    faults = str(caught.value).splitlines()
    assert all(fault.startswith("config: ") for fault in faults) and len(faults) == 5
    places = {fault.split()[1]: fault.rpartition("; ")[2] for fault in faults}
    assert places == {
        "unknown": "did you mean model?",
        "netid:": "correct it on the command line",
        "sweep.seeds.0:": "correct it on the command line",
        "training.epochs:": "correct it in config.yaml",
    }


@pytest.mark.parametrize(
    "netid", ["a\n", "a b", "é", "a/b", "..", "😀", "a" * 65, "", "-a", "a\x00"]
)
def test_a_netid_is_a_safe_file_name(netid):
    with pytest.raises(UserError, match="is not 1 to 64 letters"):
        complete({"netid": netid})


def test_a_selected_run_of_the_sweep_is_accepted():
    assert complete({"selection": {"latent_size": 16, "seed": 2}})["selection"]["seed"] == 2
