"""A sweep of two variants and an external model: a PCA, made by NumPy alone."""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from checkout import ROOT, Checkout, copy_of, copy_results, errors_in
from small_sweep import JUDGED, job_counts, prepare

from vaesweep.files import read_json

pytestmark = pytest.mark.workflow
VARIANTS = {"plain": {"model": {"beta": 0}}, "vae": {}}
PCA = {"latent_size": 20, "frames": ["pca.npz"]}


def write_pca(checkout: Checkout, steps: int = 7) -> None:
    """Run the Python of docs/external.md."""
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/external.md").read_text(), re.S)
    times = "np.arange(1, 8)[:, None] / 8"
    assert times in code and "results/data/MNIST" in code
    code = code.replace(times, f"np.arange(1, {steps + 1})[:, None] / {steps + 1}")
    code = code.replace("results/data/MNIST", "results/data/custom")
    subprocess.run([sys.executable, "-c", code], cwd=checkout.folder, check=True)


@pytest.fixture(scope="module")
def swept(tmp_path_factory, mnist, finished) -> Checkout:
    checkout = prepare(
        tmp_path_factory.mktemp("variants") / "project",
        mnist,
        sweep={"seeds": [0], "latent_sizes": [4], "variants": VARIANTS},
    )
    copy_results(finished, checkout, *JUDGED, "pairs.csv")
    write_pca(checkout)
    checkout.configure(sweep={"external": {"pca": PCA}})
    checkout.snakemake("--cores", "2", "all", "report")
    return checkout


def test_an_external_model_is_scored_ranked_and_not_chosen(swept):
    runs = pd.read_csv(swept / "results/comparison/runs.csv")
    assert runs["variant"].tolist() == ["plain", "vae", "pca"] and sorted(runs["rank"]) == [1, 2, 3]
    pca = runs.iloc[2]
    assert pca[["latent_size", "seed", "device"]].tolist() == [20, 0, "external"]
    unknown = ["neg_elbo", "active_units", "train_seconds", "nll_is", "known_path_error"]
    assert pca[unknown].isna().all()
    assert pca[["score", "frechet", "quality_same"]].notna().all()
    assert runs["neg_elbo"].isna().tolist() == [True, False, True], "plain has beta 0"
    settings = pd.read_csv(swept / "results/comparison/settings.csv")
    assert settings["variant"].tolist() == ["plain", "vae", "pca"]
    chosen = read_json(swept / "results/chosen.json")
    assert chosen["variant"] in VARIANTS and chosen["candidates"] == 2


def test_an_external_model_has_the_frames_of_its_file_and_figures(swept):
    folder = swept / "results/runs/pca/latent-20/seed-0"
    assert {path.suffix for path in folder.iterdir()} == {".npz", ".csv", ".json", ".png"}
    stored, given = np.load(folder / "interpolations.npz"), np.load(swept / "pca.npz")
    for name in ("frames", "reconstructions"):
        assert (stored[name] == given[name]).all()
    figures = [
        (swept / f"results/runs/{run}/seed-0/same_digit.png").read_bytes()
        for run in ("pca/latent-20", "vae/latent-4", "plain/latent-4")
    ]
    assert len(set(figures)) == 3
    jobs = job_counts(swept / "results")
    assert jobs["train"] == "2" and jobs["score_external"] == jobs["draw_external"] == "1"


def planned(checkout: Checkout, sweep: dict) -> dict[str, int]:
    """The jobs that make models or paths, in a dry run of another sweep."""
    config = checkout / "config.yaml"
    before = config.read_text()
    checkout.configure(sweep=sweep)
    try:
        output = checkout.snakemake("-n", "--quiet", "host", "all").stdout
    finally:
        config.write_text(before)
    jobs = re.findall(r"^(train|import_external|interpolate) +(\d+)$", output, re.M)
    return {rule: int(count) for rule, count in jobs}


WIDE = {"model": {"hidden": [64]}}
LONG = {"training": {"epochs": 2}}
TWICE = PCA | {"frames": ["pca.npz", "results/../pca.npz"]}


@pytest.mark.parametrize(
    ("sweep", "expected"),
    [
        ({"variants": VARIANTS | {"wide": WIDE}}, {"train": 1, "interpolate": 1}),
        ({"variants": VARIANTS | {"vae": LONG}}, {"train": 1, "interpolate": 1}),
        ({"variants": {"vae": {}}, "external": {}}, {}),
        ({"seeds": [0, 1]}, {"train": 2, "interpolate": 2}),
        ({"external": {"pca": TWICE}}, {"import_external": 1}),
    ],
)
def test_only_what_is_new_is_planned(swept, sweep, expected):
    assert planned(swept, sweep) == expected


def test_a_removed_variant_leaves_the_tables_and_keeps_its_files(swept, tmp_path):
    checkout = copy_of(swept, tmp_path / "project")
    checkout.configure(sweep={"variants": {"vae": {}}})
    checkout.snakemake("--cores", "1", "results/comparison/runs.csv")
    for name in ("runs", "settings"):
        table = pd.read_csv(checkout / f"results/comparison/{name}.csv")
        assert table["variant"].tolist() == ["vae", "pca"]
    assert (checkout / "results/runs/plain/latent-4/seed-0/model.safetensors").exists()
    assert planned(checkout, {"variants": VARIANTS}) == {}


def test_frames_of_other_steps_are_refused_in_one_line(swept, tmp_path):
    checkout = copy_of(swept, tmp_path / "project")
    write_pca(checkout, steps=5)
    done = checkout.snakemake("--cores", "1", "results/comparison/runs.csv", check=False)
    [error] = errors_in(done.stdout)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert error.startswith("error: pca.npz: frames has 7 columns, expected 9")
    assert "interpolation.steps" in error and "docs/external.md" in error
