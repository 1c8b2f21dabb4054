"""A wrong configuration: one line that names the key, status 1, and nothing made."""

import os

import pytest
import yaml
from checkout import Checkout, copy_checkout

from vaesweep.running.preflight import has_nvidia_gpu

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Checkout:
    return copy_checkout(tmp_path_factory.mktemp("config") / "project")


def complaint(checkout: Checkout, *arguments: str) -> str:
    """What a run that has to fail says: a single line, but for Snakemake's own greeting."""
    before = sorted(checkout.folder.rglob("*"))
    done = checkout.snakemake("--cores", "1", "--quiet", "all", *arguments, check=False)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout and 'File "' not in done.stdout
    lines = [line for line in done.stdout.splitlines() if not line.startswith(GREETINGS)]
    assert len(lines) == 1, done.stdout
    after = [path for path in checkout.folder.rglob("*") if not unimportant(path)]
    assert sorted(after) == [path for path in before if not unimportant(path)]
    return lines[0]


GREETINGS = ("Using workflow specific profile", "Config file config.yaml is extended")


def unimportant(path) -> bool:
    return ".snakemake" in path.parts or "__pycache__" in path.parts


def variants(**named):
    return {"sweep": {"variants": named}}


def training(**changes):
    return variants(vae={}, long={"training": changes})


def pca(**changes):
    return {"sweep": {"external": {"pca": {"latent_size": 20, "frames": ["pca.npz"]} | changes}}}


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (variants(), "sweep.variants is {}, expected at least one entry (Named changes to model"),
        ({"sweep": {"variants": ["vae"]}}, "sweep.variants is ['vae'], expected object"),
        (variants(vae=["conv"]), "sweep.variants.vae is ['conv'], expected object (Changes to"),
        (variants(**{"a/b": {}}), "sweep.variants has the name 'a/b', expected 1 to 32 letters"),
        (variants(**{"a_b": {}}), "sweep.variants has the name 'a_b', expected 1 to 32 letters"),
        (variants(**{"x" * 33: {}}), "', expected 1 to 32 letters, digits, '.', '+' or '-'"),
        (variants(a={"modle": {}}), "unknown key sweep.variants.a.modle; did you mean model?"),
        (variants(a={"scoring": {}}), "sweep.variants.a.scoring; known keys: model, training"),
        (variants(a={"model": {"bta": 2}}), "sweep.variants.a.model.bta; did you mean beta?"),
        (variants(a={"model": 3}), "sweep.variants.a.model is 3, expected object"),
        (variants(a={"model": {"beta": -1}}), "a.model.beta is -1, expected at least 0 (Weight"),
        (variants(a={"model": {"beta": float("nan")}}), "a.model.beta is nan, expected a number"),
        (variants(a={"model": {"hidden": []}}), "a.model.hidden is [], expected at least one en"),
        (variants(a={"model": {"architecture": "gan"}}), "is 'gan', expected one of mlp, conv"),
        (training(epochs=0), "sweep.variants.long.training.epochs is 0, expected at least 1"),
        (training(epochs="ten"), "sweep.variants.long.training.epochs is 'ten', expected integer"),
        (training(seeds_per_job=2), "long.training.seeds_per_job cannot differ between variants;"),
        (training(checkpoint_seconds=2), "training.checkpoint_seconds cannot differ between var"),
        ({"sweep": {"variant": {"a": {}}}}, "unknown key sweep.variant; did you mean variants?"),
        ({"sweep": {"external": ["pca"]}}, "sweep.external is ['pca'], expected object (Models"),
        ({"sweep": {"external": {"p a": {}}}}, "sweep.external has the name 'p a', expected 1 to"),
        (pca(latent_size=None), "sweep.external.pca.latent_size is None, expected integer (Num"),
        (pca(latent_size=0), "sweep.external.pca.latent_size is 0, expected at least 1"),
        (pca(frames=None), "sweep.external.pca.frames is None, expected array (Files of its pa"),
        (pca(frames="pca.npz"), "sweep.external.pca.frames is 'pca.npz', expected array"),
        (pca(frames=[]), "sweep.external.pca.frames is [], expected at least one entry"),
        (pca(frames=["a", "a"]), "sweep.external.pca.frames is ['a', 'a'], expected no entry tw"),
        (pca(frames=[""]), "sweep.external.pca.frames.0 is '', expected a path without control"),
        (pca(frames=["a\nb"]), "frames.0 is 'a\\nb', expected a path without control characters"),
        (pca(frame=["a"]), "unknown key sweep.external.pca.frame; did you mean frames?"),
        (pca(), "sweep.external.pca.frames has pca.npz, but there is no such file in"),
        (pca(frames=["x" * 5000]), "xxx, but there is no such file in"),
        (pca(frames=["config.yaml", "workflow"]), "frames has workflow, but there is no such"),
        ({"sweep": {"variants": {"pca": {}}, **pca()["sweep"]}}, "sweep.variants has too; rename"),
        ({"selection": {"variant": "conv"}}, "selection.variant is conv, which sweep.variants (v"),
        (pca() | {"selection": {"variant": "pca"}}, "is pca, which sweep.variants (vae) does not"),
        ({"selection": {"variant": ["vae"]}}, "selection.variant is ['vae'], expected string or"),
        ({"training": {"epochs": 0}}, "training.epochs is 0, expected at least 1"),
        ({"training": {"epoch": 3}}, "unknown key training.epoch; did you mean epochs?"),
        ({"model": {"beta": float("nan")}}, "model.beta is nan, expected a number"),
        ({"sweep": {"latent_sizes": [2.5]}}, "sweep.latent_sizes.0 is 2.5, expected integer"),
        ({"selection": {"seed": 9}}, "selection.seed is 9, which sweep.seeds (0, 1, 2, 3, 4)"),
        ({"scoring": {"pairs_per_kind": 10**6}}, "pairs_per_kind is 1000000, expected at most"),
        ({"netid": "a\nb"}, "netid is 'a\\nb', expected 1 to 64 letters"),
        ({"netid": "$(touch pwned)"}, "netid is '$(touch pwned)', expected 1 to 64 letters"),
    ],
)
def test_a_wrong_value(checkout, section, said):
    config = checkout / "config.yaml"
    kept = config.read_text()
    config.write_text(yaml.safe_dump(yaml.safe_load(kept) | section, allow_unicode=True))
    try:
        line = complaint(checkout)
    finally:
        config.write_text(kept)
    assert line.startswith("error: config: ") and said in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"netid: a\n\ttraining: 3\n", "config.yaml, line 2: indented by a tab"),
        (b"netid: [a\nsweep: 3\n", "config.yaml, line 2, column 6: not YAML"),
        (b"", "config.yaml is empty"),
        (b"netid: \xff\n", "config.yaml, line 1: the byte 0xff is not UTF-8"),
        (None, "there is no config.yaml in"),
        ("folder", "config.yaml cannot be read: Is a directory"),
        (b"__use_yte__: true\n?open('pwned', 'w'): 1\n", "would run the expressions"),
    ],
)
def test_a_wrong_file(checkout, content, said):
    config = checkout / "config.yaml"
    kept = config.read_bytes()
    config.unlink()
    try:
        if content == "folder":
            config.mkdir()
        elif content is not None:
            config.write_bytes(content)
        line = complaint(checkout)
    finally:
        config.rmdir() if config.is_dir() else config.unlink(missing_ok=True)
        config.write_bytes(kept)
    assert said in line and not (checkout / "pwned").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file(checkout):
    config = checkout / "config.yaml"
    config.chmod(0)
    try:
        assert "config.yaml cannot be read: Permission denied" in complaint(checkout)
    finally:
        config.chmod(0o644)


def test_the_command_line_is_checked_as_the_file_is(checkout):
    said = complaint(checkout, "--config", "netid=../../etc/x")
    assert "netid is '../../etc/x'" in said


@pytest.mark.skipif(has_nvidia_gpu(), reason="this machine has a GPU")
def test_no_job_starts_for_a_gpu_that_is_not_there(checkout):
    done = checkout.snakemake(
        "--cores", "1", "--config", 'training={"device": "cuda"}', check=False
    )
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert "training.device is cuda, but this machine has no NVIDIA GPU" in done.stdout
    assert not list((checkout / "results").rglob("*"))


@pytest.mark.parametrize("netid", ["1e5"])
def test_safe_names_are_taken(checkout, netid):
    config = checkout / "config.yaml"
    kept = config.read_text()
    config.write_text(yaml.safe_dump(yaml.safe_load(kept) | {"netid": netid}))
    try:
        done = checkout.snakemake("-n", "--quiet", "all")
    finally:
        config.write_text(kept)
    assert done.returncode == 0
