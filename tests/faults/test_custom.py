"""Images of one's own, through the workflow: few and many classes, files that change or lack."""

import gzip
import shutil
from pathlib import Path

import pytest
from checkout import Checkout, copy_checkout
from small_sweep import lay_out

pytestmark = pytest.mark.faults
PAIRS = "results/pairs.csv"


def custom(tmp_path: Path) -> Checkout:
    checkout = copy_checkout(tmp_path / "project")
    checkout.configure(
        dataset={"name": "custom", "dir": str(tmp_path / "own")},
        sweep={"seeds": [0], "latent_sizes": [2]},
        model={"hidden": [16]},
        training={"epochs": 1, "batch_size": 60, "device": "cpu"},
        scoring={"pairs_per_kind": 10, "judge_seeds": [0], "bootstrap": 100},
    )
    return checkout


@pytest.mark.parametrize(("classes", "each"), [(3, (60, 40)), (62, (20, 8))])
def test_every_document_comes_out(mnist, tmp_path, classes, each):
    checkout = custom(tmp_path)
    lay_out(tmp_path / "own", mnist, classes, each)
    checkout.snakemake("--cores", "1", "all", "report")
    for name in ("submission/netid_HW9.pdf", "comparison/explorer.html", "report.html"):
        assert (checkout / f"results/{name}").stat().st_size > 20_000
    page = (checkout / "results/comparison/explorer.html").read_text()
    assert f'"{classes - 1}"], "frames"' in page  # names of the classes that there are


def planned(checkout: Checkout, folder: str) -> set[str]:
    """What would be done for the pairs, of files in that folder beside the checkout."""
    checkout.configure(dataset={"dir": str(checkout.folder.parent / folder)})
    said = checkout.snakemake(PAIRS, "-n", "--quiet", "host").stdout
    return {rule for rule in ("fetch_data", "draw_pairs") if f"\n{rule} " in said}


def test_other_content_runs_again_and_another_time_place_or_packing_does_not(mnist, tmp_path):
    checkout, own = custom(tmp_path), tmp_path / "own"
    lay_out(own, mnist, 3)
    assert planned(checkout, "own") == {"fetch_data", "draw_pairs"}
    checkout.snakemake("--cores", "1", PAIRS)
    for path in own.iterdir():
        path.touch()
    assert planned(checkout, "own") == set()
    moved = shutil.copytree(own, tmp_path / "moved/custom/raw")
    packed = moved / "train-images-idx3-ubyte"
    Path(f"{packed}.gz").write_bytes(gzip.compress(packed.read_bytes()))
    packed.unlink()
    assert planned(checkout, "moved") == set()
    changed = moved / "t10k-labels-idx1-ubyte"
    changed.write_bytes(changed.read_bytes()[:-1] + b"\0")
    assert planned(checkout, "moved") == {"fetch_data", "draw_pairs"}
    assert planned(checkout, "own") == set()


def test_a_missing_file_is_one_line_and_nothing_is_trained(mnist, tmp_path):
    checkout, own = custom(tmp_path), tmp_path / "own"
    lay_out(own, mnist, 3)
    (own / "t10k-images-idx3-ubyte").unlink()
    done = checkout.snakemake("--cores", "1", "all", check=False)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    [said] = {line[9:] for line in done.stdout.splitlines() if line[9:].startswith("error: ")}
    assert f"no t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz in {own}. Put these" in said
    assert [path.name for path in (checkout / "results/logs").iterdir()] == ["fetch_data"]
