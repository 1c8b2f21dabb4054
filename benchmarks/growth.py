"""What planning and the documents of large sweeps take, with runs that are copies of a real one.

    python benchmarks/growth.py FINISHED 100 1000

FINISHED is the folder of a finished sweep with a variant vae. Of each count a sweep of 4 variants
and 25 latent sizes is laid out, each run that of the finished one with scores of its own, and its
documents are made.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from common import ROOT, report

VARIANTS, SIZES = 4, 25
SHARED = ("data", "judges", "pairs.csv", "references.npz", "reference_scores.csv")
LINKED = (
    *("model.safetensors", "history.csv", "interpolations.npz"),
    *("same_digit.png", "different_digits.png"),
)
SNAKEMAKE = ("snakemake", "-s", str(ROOT / "Snakefile"), "--rerun-triggers", "mtime", "--cores")


def lay_out(finished: Path, folder: Path, count: int) -> None:
    """Make a sweep of so many runs, of which all but the documents is there."""
    source = next((finished / "results/runs/vae").glob("latent-*/seed-*"))
    config = yaml.safe_load((finished / "config.yaml").read_text())
    variants = {f"variant-{k}": {} for k in range(VARIANTS)}
    seeds = range(count // VARIANTS // SIZES)
    sizes = range(1, SIZES + 1)
    swept = {"variants": variants, "latent_sizes": list(sizes), "seeds": list(seeds)}
    data = config.get("dataset", {}) | {"dir": str((ROOT / "data").resolve())}
    (folder / "results").mkdir(parents=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(config | {"sweep": swept, "dataset": data}))
    for name in SHARED:
        path = finished / "results" / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / "results" / name)
    for name in LINKED:  # in the order in which they are made
        shutil.copyfile(source / name, folder / name)
    metrics, training = (
        json.loads((source / f"{name}.json").read_text()) for name in ("metrics", "training")
    )
    scores = pd.read_csv(source / "pair_scores.csv")
    random = np.random.default_rng(0)
    for variant, size, seed in product(variants, sizes, seeds):
        run = folder / f"results/runs/{variant}/latent-{size}/seed-{seed}"
        run.mkdir(parents=True)
        names = {"variant": variant, "latent_size": size, "seed": seed}
        shift = 0.02 * size**0.5 + random.normal(0, 0.02)
        own = names | {"score": metrics["score"] + shift}
        (run / "training.json").write_text(json.dumps(training | names))
        (run / "metrics.json").write_text(json.dumps(metrics | own))
        moved = scores.assign(score=scores["score"] + shift)
        moved.to_csv(run / "pair_scores.csv", index=False, float_format="%.5f")
        for name in LINKED:
            os.link(folder / name, run / name)


def seconds_of(folder: Path, *arguments: str) -> float:
    """Wall clock of a Snakemake in the folder; its failure is an error."""
    began = time.perf_counter()
    command = [sys.executable, "-m", *SNAKEMAKE, *arguments]
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
    return time.perf_counter() - began


def measure(finished: Path, count: int) -> dict[str, object]:
    """Plan and document a sweep of so many runs."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "sweep")
        lay_out(finished, folder, count)
        plan = seconds_of(folder, "1", "--dry-run", "--quiet", "all", "--", "all", "report")
        documents = seconds_of(folder, "2", "--quiet", "all", "--", "all", "report")
        rules = {
            path.parent.name: pd.read_csv(path, sep="\t")["s"].sum().round(1)
            for path in sorted(folder.glob("results/benchmarks/*/*.tsv"))
        }
        sizes = {
            name: round((folder / "results" / name).stat().st_size / 1e6, 1)
            for name in ("report.html", "comparison/comparison_report.pdf")
        }
    return {
        "plan_seconds": round(plan, 1),
        "documents_seconds": round(documents, 1),
        "rules_seconds": rules,
        "megabytes": sizes,
        "most_memory_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    folder, *counts = sys.argv[1:]
    finished = Path(folder).resolve()
    report("growth", **{count: measure(finished, int(count)) for count in counts})
