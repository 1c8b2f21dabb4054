"""Data that are damaged, through the workflow: named in one line, and never left half written."""

import shutil

import pytest
from checkout import ROOT, copy_checkout, copy_of

pytestmark = pytest.mark.faults
TRAIN = "results/data/MNIST/train.npz"


def test_damaged_files_are_named_and_no_split_is_made(mnist, tmp_path):
    """Where no other source can be reached, the reason of each stands in the log."""
    checkout = copy_checkout(tmp_path / "project")
    own = tmp_path / "own"
    shutil.copytree(ROOT / "data", own)
    folder = next(own.rglob("train-images-idx3-ubyte*")).parent
    images = next(folder.glob("train-images*"))
    content = images.read_bytes()
    images.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    checkout.configure(dataset={"dir": str(own)})
    log = checkout / "results/logs/fetch_data/log.log"
    checkout.snakemake("--cores", "1", TRAIN, check=False)
    assert f"{images}: " in log.read_text()
    split = checkout / TRAIN
    # Another source may have served; then the split is whole.
    assert split.exists() == (checkout / "results/data/MNIST/test.npz").exists()


def test_a_damaged_split_is_named_by_the_job_that_reads_it(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    split = checkout / "results/data/MNIST/test.npz"
    content = split.read_bytes()
    split.write_bytes(content[: len(content) // 2])
    done = checkout.snakemake("--cores", "1", "results/pairs.csv", check=False)
    assert done.returncode != 0
    assert "results/data/MNIST/test.npz: not a readable .npz file" in done.stdout
    assert "Delete it and rerun" in done.stdout
    assert "Traceback" not in done.stdout


def test_too_few_test_images_for_the_pairs(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    checkout.configure(scoring={"pairs_per_kind": 2000})
    done = checkout.snakemake("--cores", "1", "results/pairs.csv", check=False)
    assert done.returncode != 0
    assert "error: scoring.pairs_per_kind: 2000 pairs need 404 test images" in done.stdout
    assert "Traceback" not in done.stdout
