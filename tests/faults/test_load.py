"""Comparing many runs takes memory in proportion to them, and little."""

import json
import os
import resource
import subprocess
import sys

import pandas as pd
import pytest
from checkout import ROOT, copy_of

pytestmark = pytest.mark.faults
# `make soak` sets the long forms.
RUNS = int(os.environ.get("SOAK_RUNS", "40"))
SEEDS = int(os.environ.get("SOAK_SEEDS", "0"))

COMPARE = """
import json, resource, sys
from pathlib import Path
import pandas as pd
from vaesweep.comparison.tables import compare
folders = sorted(Path(sys.argv[1]).iterdir())
metrics = [json.loads((folder / "metrics.json").read_text()) for folder in folders]
scores = [pd.read_csv(folder / "pair_scores.csv") for folder in folders]
comparison = compare(metrics, scores, 500)
print(len(comparison.runs), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def simulate(finished, folder, runs):
    """The results of one run, copied under other seeds with other scores."""
    source = finished / "results/runs/vae/latent-4/seed-1"
    metrics = json.loads((source / "metrics.json").read_text())
    scores = pd.read_csv(source / "pair_scores.csv")
    for number in range(runs):
        place = folder / f"{number:05d}"
        place.mkdir(parents=True)
        named = metrics | {"latent_size": 1 + number // 20, "seed": number % 20}
        (place / "metrics.json").write_text(json.dumps(named))
        shifted = scores.assign(score=scores["score"] + 1e-4 * (number * 7 % 13))
        shifted.to_csv(place / "pair_scores.csv", index=False)


def test_memory_of_a_comparison(finished, tmp_path):
    simulate(finished, tmp_path / "runs", RUNS)
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, str(tmp_path / "runs")],
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count, mebibytes = map(int, done.stdout.split())
    assert count == RUNS and mebibytes < 2048


def test_a_plan_of_forty_runs(finished, tmp_path):
    """Only what is new is planned, and planning stays small."""
    checkout = copy_of(finished, tmp_path / "project")
    checkout.configure(sweep={"seeds": list(range(10)), "latent_sizes": [2, 4, 8, 16]})
    said = checkout.snakemake("all", "-n", "--quiet", "host").stdout
    lines = [line.split() for line in said.splitlines() if line.startswith("train ")]
    assert lines[0] == ["train", "36"]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 4 << 20


@pytest.mark.skipif(not SEEDS, reason="half an hour; `make soak` runs it")
def test_a_sweep_of_many_runs(finished, tmp_path):
    """Sixteen latent sizes: no job but compare takes more memory because there are more runs."""
    checkout = copy_of(finished, tmp_path / "project")
    sizes = list(range(1, 17))
    checkout.configure(sweep={"seeds": list(range(SEEDS)), "latent_sizes": sizes})
    checkout.snakemake("--cores", "2", "all", "report")
    assert len(pd.read_csv(checkout / "results/comparison/runs.csv")) == 16 * SEEDS
    for rule in ("train", "interpolate", "score"):
        files = sorted(
            (checkout / f"results/benchmarks/{rule}").glob("*.tsv"), key=os.path.getmtime
        )
        assert len(files) == 16 * (SEEDS if rule == "train" else 1)
        most = [pd.read_csv(path, sep="\t")["max_rss"].max() for path in files]
        print(f"{rule}: {min(most):.0f} to {max(most):.0f} MiB, {most[0]:.0f} first")
        assert max(most) < 1500
    for name, megabytes in (("comparison/explorer.html", 3), ("report.html", 45)):
        size = (checkout / "results" / name).stat().st_size / 1e6
        print(f"{name}: {size:.1f} MB")
        assert size < megabytes
