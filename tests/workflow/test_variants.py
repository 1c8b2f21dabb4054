"""A sweep of two variants beside a model from elsewhere: a PCA, by NumPy alone."""

import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from checkout import ROOT, Checkout, copy_of
from small_sweep import prepare

pytestmark = pytest.mark.workflow
VARIANTS = {"plain": {"model": {"beta": 0}}, "vae": {}}
PCA = {"latent_size": 20, "frames": ["pca.npz"]}


def write_pca(checkout, steps=7):
    """Run the Python of docs/external.md."""
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/external.md").read_text(), re.S)
    assert "np.arange(1, 8)[:, None] / 8" in code
    code = code.replace("np.arange(1, 8)[:, None] / 8", f"np.arange(1, {steps + 1})[:, None] / 8")
    subprocess.run([sys.executable, "-c", code], cwd=checkout.folder, check=True)


@pytest.fixture(scope="module")
def swept(tmp_path_factory, mnist) -> Checkout:
    sweep = {"seeds": [0], "latent_sizes": [4], "variants": VARIANTS}
    checkout = prepare(tmp_path_factory.mktemp("variants") / "project", mnist, sweep=sweep)
    checkout.snakemake("--cores", "1", "results/pairs.csv")
    write_pca(checkout)
    checkout.configure(sweep={"external": {"pca": PCA}})
    checkout.snakemake("--cores", "2", "all", "report")
    return checkout


def test_a_model_from_elsewhere_is_judged_drawn_and_not_chosen(swept):
    runs = pd.read_csv(swept / "results/comparison/runs.csv")
    assert runs["variant"].tolist() == ["plain", "vae", "pca"] and sorted(runs["rank"]) == [1, 2, 3]
    own = runs.iloc[2]
    assert own[["latent_size", "seed", "device"]].tolist() == [20, 0, "external"]
    assert (
        own[["neg_elbo", "active_units", "train_seconds", "nll_is", "known_path_error"]]
        .isna()
        .all()
    )
    assert own[["score", "frechet", "quality_same"]].notna().all()
    assert runs["neg_elbo"].isna().tolist() == [True, False, True]  # plain has β = 0
    folder = swept / "results/runs/pca/latent-20/seed-0"
    assert {path.suffix for path in folder.iterdir()} == {".npz", ".csv", ".json", ".png"}
    assert (folder / "same_digit.png").read_bytes() != (
        swept / "results/runs/vae/latent-4/seed-0/same_digit.png"
    ).read_bytes()
    stored, given = (np.load(path) for path in (folder / "interpolations.npz", swept / "pca.npz"))
    assert all((stored[name] == given[name]).all() for name in ("frames", "reconstructions"))
    chosen = json.loads((swept / "results/chosen.json").read_text())
    assert chosen["variant"] in VARIANTS and chosen["candidates"] == 2
    settings = pd.read_csv(swept / "results/comparison/settings.csv")
    assert settings["variant"].tolist() == ["plain", "vae", "pca"]
    cost = (swept / "results/comparison/cost.html").read_text(encoding="utf-8")
    assert " of " not in cost.split("<tbody>")[1].split("</tbody>")[0]  # no job is missed


def planned(checkout, sweep) -> dict[str, int]:
    """Of a dry run for another sweep, the jobs that make paths or models."""
    config = checkout / "config.yaml"
    kept = config.read_text()
    checkout.configure(sweep=sweep)
    try:
        said = checkout.snakemake("-n", "--quiet", "host", "all").stdout
    finally:
        config.write_text(kept)
    return {
        rule: int(n)
        for rule, n in re.findall(r"^(train|import_external|interpolate) +(\d+)$", said, re.M)
    }


@pytest.mark.parametrize(
    ("sweep", "jobs"),
    [
        ({}, 0),
        ({"variants": VARIANTS | {"wide": {"model": {"hidden": [64]}}}}, 1),
        ({"variants": VARIANTS | {"vae": {"training": {"epochs": 2}}}}, 1),
        ({"variants": {"vae": {}}}, 0),
        ({"seeds": [0, 1]}, 2),
        ({"external": {}}, 0),
    ],
)
def test_only_what_is_new_is_trained(swept, sweep, jobs):
    assert planned(swept, sweep) == ({"train": jobs, "interpolate": jobs} if jobs else {})


def test_one_more_file_is_one_more_run(swept):
    frames = ["pca.npz", "results/../pca.npz"]
    assert planned(swept, {"external": {"pca": PCA | {"frames": frames}}}) == {"import_external": 1}


def test_a_variant_removed_leaves_the_tables_and_keeps_its_files(swept, tmp_path):
    checkout = copy_of(swept, tmp_path / "project")
    checkout.configure(sweep={"variants": {"vae": {}}})
    checkout.snakemake("--cores", "2", "all")
    for name in ("runs", "settings"):
        table = pd.read_csv(checkout / f"results/comparison/{name}.csv")
        assert table["variant"].tolist() == ["vae", "pca"]
    assert (checkout / "results/runs/plain/latent-4/seed-0/model.safetensors").exists()
    assert planned(checkout, {"variants": VARIANTS}) == {}


def test_frames_of_other_steps_are_refused_in_one_line(swept, tmp_path):
    checkout = copy_of(swept, tmp_path / "project")
    write_pca(checkout, steps=5)
    done = checkout.snakemake("--cores", "1", "results/comparison/runs.csv", check=False)
    errors = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    said = (
        "error: pca.npz: frames has 7 columns, expected 9: the test images and, as interpolation.s"
    )
    assert done.returncode != 0 and len(errors) == 1 and errors[0].startswith(said)
    assert "docs/external.md" in errors[0] and "Traceback" not in done.stdout
