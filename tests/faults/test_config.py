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


@pytest.mark.parametrize(
    ("sections", "parts"),
    [
        ({"model": {"beta": -1}}, ("model.beta", "-1")),
        (
            {"sweep": {"external": {"pca": {"latent_size": 20, "frames": ["pca.npz"]}}}},
            ("sweep.external.pca.frames", "pca.npz", "no such file"),
        ),
    ],
)
def test_a_wrong_value(checkout, sections, parts):
    checkout.configure(**sections)
    error = error_of(checkout)
    assert error.startswith("error: config: ") and all(part in error for part in parts)


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
