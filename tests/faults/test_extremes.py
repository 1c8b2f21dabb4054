"""Configurations at the limits of what is allowed: every document comes out."""

import os

import pytest
from checkout import Checkout, copy_of
from small_sweep import prepare, write_images

pytestmark = pytest.mark.faults
ONE_RUN = {"sweep": {"seeds": [0], "latent_sizes": [2]}}
# `make soak` runs these. They change the small sweep.
EXTREMES = {
    "largest latent size": {"sweep": {"seeds": [0], "latent_sizes": [1024]}},
    "one step": ONE_RUN | {"interpolation": {"steps": 1}},
    "most steps": ONE_RUN | {"interpolation": {"steps": 63}},
    "deepest network": ONE_RUN | {"model": {"hidden": [1, 2, 3, 4, 5, 6, 7, 8]}},
    "plain autoencoder": {"model": {"beta": 0}, "sweep": {"seeds": [0, 1, 2], "latent_sizes": [2]}},
    "all images in a step": ONE_RUN | {"training": {"batch_size": 180}},
    "one image in a step": ONE_RUN | {"training": {"batch_size": 1}},
    "more than half of the images in a step": ONE_RUN | {"training": {"batch_size": 100}},
    "a learning rate that diverges": {"training": {"learning_rate": 1}},
    "a dozen sizes": {"sweep": {"seeds": [0], "latent_sizes": list(range(1, 13))}},
    "a pinned run": {"selection": {"latent_size": 2, "seed": 1}},
    "fewest draws": {"scoring": {"bootstrap": 100, "importance_samples": 1}},
    "three judges": ONE_RUN | {"scoring": {"judge_seeds": [0, 1, 2]}},
}
DOCUMENTS = (
    "submission/netid_HW9.pdf",
    "comparison/comparison_report.pdf",
    "comparison/explorer.html",
    "report.html",
)


# A folder name that a shell would run, and HTML would read as markup.
FOLDER = "it's $(touch created) `touch created`; touch created #\"<b>"


def check_documents(checkout: Checkout) -> None:
    for name in DOCUMENTS:
        assert (checkout / f"results/{name}").stat().st_size > 20_000
    assert "Nothing to be done" in checkout.snakemake("-n", "all", "report").stdout


def test_many_extremes_at_once(mnist, tmp_path):
    """The most classes, few images of each, in a folder whose name no shell may run."""
    checkout = prepare(
        tmp_path / "project",
        mnist,
        dataset={"dir": FOLDER},
        sweep={"seeds": [0, 4294967295], "latent_sizes": [1]},
        model={"architecture": "conv", "hidden": [1], "beta": 1000},
        training={"seeds_per_job": "all", "epochs": 1},
        interpolation={"steps": 20, "path": "spherical"},
        submission={"paper": "a4", "code": "none"},
    )
    write_images(checkout / FOLDER, mnist, classes=62, train=20, test=8)
    checkout.snakemake("--cores", "2", "all", "report")
    check_documents(checkout)
    page = (checkout / "results/comparison/explorer.html").read_text(encoding="utf-8")
    assert '"61"], "frames"' in page, "names of all classes"
    assert not list(tmp_path.rglob("created"))


@pytest.mark.skipif("SOAK_KILLS" not in os.environ, reason="half an hour; `make soak` runs it")
@pytest.mark.parametrize("name", EXTREMES)
def test_an_extreme(finished, tmp_path, name):
    checkout = copy_of(finished, tmp_path / "project")
    checkout.configure(**EXTREMES[name])
    done = checkout.snakemake("--cores", "2", "all", "report", check=False)
    if "no run can be chosen" in done.stdout:
        assert name == "a learning rate that diverges" and "Traceback" not in done.stdout
        return
    assert done.returncode == 0, done.stdout[-6000:]
    check_documents(checkout)
