"""Configurations at the ends of what is allowed: every document comes out."""

import os

import pytest
from checkout import copy_of

pytestmark = pytest.mark.faults
ONE_RUN = {"sweep": {"seeds": [0], "latent_sizes": [2]}}

# `make soak` runs all of them, `make test` the first.
EXTREMES = {
    "several at once": {
        "sweep": {"seeds": [0, 4294967295], "latent_sizes": [1]},
        "model": {"architecture": "conv", "hidden": [1], "beta": 1000},
        "training": {"seeds_per_job": "all", "epochs": 1},
        "interpolation": {"steps": 40, "path": "spherical"},
        "submission": {"paper": "a4", "code": "none"},
    },
    "largest latent size": {"sweep": {"seeds": [0], "latent_sizes": [1024]}},
    "one step": ONE_RUN | {"interpolation": {"steps": 1}},
    "most steps": ONE_RUN | {"interpolation": {"steps": 63}},
    "deepest network": ONE_RUN | {"model": {"hidden": [1, 2, 3, 4, 5, 6, 7, 8]}},
    "plain autoencoder": {"model": {"beta": 0}, "sweep": {"seeds": [0, 1, 2], "latent_sizes": [2]}},
    "all images a step": ONE_RUN | {"training": {"batch_size": 6000}},
    "one image a step": ONE_RUN | {"training": {"batch_size": 1}},
    "more than half of the images a step": ONE_RUN | {"training": {"batch_size": 3100}},
    "a learning rate that diverges": {"training": {"learning_rate": 1}},
    "a dozen sizes": {"sweep": {"seeds": [0], "latent_sizes": list(range(1, 13))}},
    "pinned run": {"selection": {"latent_size": 2, "seed": 1}},
    "no bootstrap to speak of": {"scoring": {"bootstrap": 100, "importance_samples": 1}},
    "three judges": ONE_RUN | {"scoring": {"judge_seeds": [0, 1, 2]}},
}
SHORT = list(EXTREMES)[:1]


@pytest.mark.parametrize("name", EXTREMES if "SOAK_KILLS" in os.environ else SHORT)
def test_documents_of_an_extreme_sweep(finished, tmp_path, name):
    project = copy_of(finished, tmp_path / "project")
    project.configure(**EXTREMES[name])
    done = project.snakemake("--cores", "2", "all", "report", check=False)
    if "no run can be chosen" in done.stdout:
        assert name == "a learning rate that diverges" and "Traceback" not in done.stdout
        return
    assert done.returncode == 0, done.stdout[-6000:]
    for name in ("submission/netid_HW9.pdf", "comparison/comparison_report.pdf", "report.html"):
        assert (project / "results" / name).stat().st_size > 20_000
    assert "Nothing to be done" in project.snakemake("-n", "all", "report").stdout
