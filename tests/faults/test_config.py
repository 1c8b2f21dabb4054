"""A wrong configuration ends Snakemake with one line, and nothing is made.

The unit tests of running/config.py have the messages. Here each way that a configuration reaches
Snakemake is used once.
"""

import pytest
import yaml
from checkout import Checkout, copy_checkout

pytestmark = pytest.mark.faults
# Lines in which Snakemake says what it reads.
INTRODUCTION = ("Using workflow specific profile", "Config file config.yaml is extended")
EXPRESSION = "__use_yte__: true\n?open('created', 'w'): 1\n"


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return copy_checkout(tmp_path / "project")


def error_of(checkout: Checkout, *arguments: str) -> str:
    """The only line that a run prints, which has to fail."""
    done = checkout.snakemake("--cores", "1", "--quiet", "all", *arguments, check=False)
    lines = [line for line in done.stdout.splitlines() if not line.startswith(INTRODUCTION)]
    assert done.returncode == 1 and len(lines) == 1, done.stdout
    assert not (checkout / "results/logs").exists()
    return lines[0]


def test_a_wrong_value(checkout):
    checkout.configure(model={"beta": -1})
    error = error_of(checkout)
    assert error.startswith("error: config: model.beta: -1 is less than the minimum of 0")


def test_frames_of_an_external_model_may_be_missing_until_they_are_read(checkout):
    """The pairs, which its owner needs to make them, can be made without them."""
    checkout.configure(sweep={"external": {"pca": {"latent_size": 20, "frames": ["pca.npz"]}}})
    fault = f"frames has pca.npz, but there is no such file in {checkout.folder}; make it as docs/"
    pairs = checkout.snakemake("--dry-run", "--", "results/pairs.csv")
    assert fault in pairs.stdout and "draw_pairs" in pairs.stdout
    done = checkout.snakemake("--cores", "1", check=False)
    assert done.returncode != 0 and fault in done.stdout
    assert "Missing input files for rule import_external" in done.stdout


def test_a_missing_folder_of_images_is_named_before_anything_runs(checkout):
    checkout.configure(dataset={"name": "custom", "dir": "images"})
    done = checkout.snakemake("--cores", "1", check=False)
    assert done.returncode != 0 and "nothing was started" in done.stdout
    assert f"there is no folder {checkout / 'images'}" in done.stdout


def test_a_wrong_value_on_the_command_line(checkout):
    error = error_of(checkout, "--config", "netid=../../etc/x")
    assert error.startswith("error: config: netid") and "'../../etc/x'" in error


def test_a_file_with_expressions_is_refused_before_snakemake_runs_them(checkout):
    (checkout / "config.yaml").write_text(EXPRESSION)
    assert "__use_yte__ would run" in error_of(checkout)
    assert not (checkout / "created").exists()


def test_no_file(checkout):
    (checkout / "config.yaml").unlink()
    assert "no config.yaml in" in error_of(checkout)


def test_a_netid_that_looks_like_a_number(checkout):
    config = yaml.safe_load((checkout / "config.yaml").read_text()) | {"netid": "1e5"}
    (checkout / "config.yaml").write_text(yaml.safe_dump(config))
    done = checkout.snakemake("-n", "--quiet", "rules", "--", "results/submission/1e5_HW9.pdf")
    assert "submission" in done.stdout
