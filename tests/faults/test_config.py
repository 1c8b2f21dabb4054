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


def pca(**changes):
    return {"sweep": {"external": {"pca": {"latent_size": 20, "frames": ["pca.npz"]} | changes}}}


@pytest.mark.parametrize(
    ("section", "said"),  # tests/unit/running/test_config.py has all the others
    [
        ({"training": {"epochs": 0}}, "training.epochs: 0 is less than the minimum of 1 (Passes"),
        ({"netid": "$(touch pwned)"}, "netid: '$(touch pwned)' is not 1 to 64 letters"),
        (pca(), "sweep.external.pca.frames has pca.npz, but there is no such file in"),
        (pca(frames=["x" * 5000]), "xxx, but there is no such file in"),
        (pca(frames=["config.yaml", "workflow"]), "frames has workflow, but there is no such"),
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
    assert "netid: '../../etc/x' is not" in said


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
