"""Many runs take memory in proportion to them, and little. `make soak` runs these tests."""

import json
import math
import os
import subprocess
import sys

import pandas as pd
import pytest
from checkout import ROOT, SNAKEMAKE, copy_of

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif("SOAK_RUNS" not in os.environ, reason="half an hour; `make soak` runs it"),
]
RUNS = int(os.environ.get("SOAK_RUNS", "0"))
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


def write_runs(finished, folder, count):
    """Copy the results of one run under other seeds, with other scores."""
    source = finished / "results/runs/vae/latent-4/seed-1"
    metrics = json.loads((source / "metrics.json").read_text())
    scores = pd.read_csv(source / "pair_scores.csv")
    for number in range(count):
        run = folder / f"{number:05d}"
        run.mkdir(parents=True)
        renamed = metrics | {"latent_size": 1 + number // 20, "seed": number % 20}
        (run / "metrics.json").write_text(json.dumps(renamed))
        shifted = scores.assign(score=scores["score"] + 1e-4 * (number * 7 % 13))
        shifted.to_csv(run / "pair_scores.csv", index=False)


def test_memory_of_a_comparison(finished, tmp_path):
    write_runs(finished, tmp_path / "runs", RUNS)
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


def test_a_sweep_of_many_runs(finished, tmp_path):
    """With more runs, no job but compare takes more memory, and the documents stay small."""
    checkout = copy_of(finished, tmp_path / "project")
    sizes = list(range(1, 17))
    checkout.configure(sweep={"seeds": list(range(SEEDS)), "latent_sizes": sizes})
    checkout.run(*SNAKEMAKE, "--cores", "2", "all", "report")
    assert len(pd.read_csv(checkout / "results/comparison/runs.csv")) == 16 * SEEDS
    for rule in ("train", "interpolate", "score"):
        files = list((checkout / f"results/benchmarks/{rule}").glob("*.tsv"))
        assert len(files) == 16 * (SEEDS if rule == "train" else math.ceil(SEEDS / 5))
        peaks = [pd.read_csv(path, sep="\t")["max_rss"].max() for path in files]
        print(f"{rule}: {min(peaks):.0f} to {max(peaks):.0f} MiB")
        assert max(peaks) < 1500
    for name, limit in (("comparison/explorer.html", 3), ("report.html", 45)):
        megabytes = (checkout / "results" / name).stat().st_size / 1e6
        print(f"{name}: {megabytes:.1f} MB")
        assert megabytes < limit
