"""Custom images: an edit to the files reruns what it should, and a wrong file is named."""

import gzip
import shutil
from pathlib import Path

import pytest
from checkout import Checkout, errors_in
from small_sweep import prepare

pytestmark = pytest.mark.faults
PAIRS = "results/pairs.csv"


def planned(checkout: Checkout, folder: str) -> set[str]:
    """The rules of a dry run for the pairs, with the images in a folder of the checkout."""
    checkout.configure(dataset={"dir": folder})
    output = checkout.snakemake(PAIRS, "-n", "--quiet", "host").stdout
    return {rule for rule in ("fetch_data", "draw_pairs") if f"\n{rule} " in output}


def test_new_content_reruns_and_a_new_time_place_or_packing_does_not(finished, mnist, tmp_path):
    checkout = prepare(tmp_path / "project", mnist)
    checkout.snakemake("--cores", "1", PAIRS)
    moved = shutil.copytree(checkout / "images", checkout / "moved/custom/raw")
    for path in moved.iterdir():
        path.touch()
    packed = moved / "train-images-idx3-ubyte"
    Path(f"{packed}.gz").write_bytes(gzip.compress(packed.read_bytes()))
    packed.unlink()
    assert planned(checkout, "moved") == set()
    labels = moved / "t10k-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\0")
    assert planned(checkout, "moved") == {"fetch_data", "draw_pairs"}


@pytest.mark.parametrize("fault", ["missing", "truncated"])
def test_a_wrong_file_is_named_in_one_line_and_nothing_is_trained(mnist, tmp_path, fault):
    checkout = prepare(tmp_path / "project", mnist)
    path = checkout / "images/t10k-images-idx3-ubyte"
    content = path.read_bytes()
    path.unlink()
    if fault == "truncated":
        path.write_bytes(content[:-1])
    done = checkout.snakemake("--cores", "1", "all", check=False)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    [error] = errors_in(done.stdout)
    assert "t10k-images-idx3-ubyte" in error and "images" in error
    assert not list((checkout / "results/data/custom").glob("*.npz")), "not even the other split"
    assert [path.name for path in (checkout / "results/logs").iterdir()] == ["fetch_data"]
