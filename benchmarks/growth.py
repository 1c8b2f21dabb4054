"""How the time for planning, for Snakemake itself and for documents grows with the number of runs.

    python benchmarks/growth.py FINISHED 100 1000 4000 --picture docs/growth.png

FINISHED is the folder of a finished sweep with a variant vae. For each count, a sweep of 4 variants
and 25 latent sizes is planned from scratch, and a script that does nothing runs its trainings. Then
its results are filled with copies of a run of the finished sweep, each with different scores, and
its documents are made. Each step is reported with the exponent by which it grows between the lowest
and the highest count: 1 means in proportion.
"""

import argparse
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
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import yaml
from common import ROOT, report

VARIANTS, SIZES = 4, 25
SHARED = ("data", "judges", "pairs.csv", "references.npz", "reference_scores.csv")
LINKED = (
    *("model.safetensors", "history.csv", "interpolations.npz"),
    *("same_digit.png", "different_digits.png"),
)
SNAKEMAKE = ("snakemake", "--rerun-triggers", "mtime", "--quiet", "all", "--cores")
NO_TRAINING = """
from pathlib import Path

for path in snakemake.output:
    Path(path).touch()
"""


def configure(finished: Path, folder: Path, count: int) -> tuple[list[str], range, range]:
    """Write the workflow and the configuration of a sweep of `count` runs; return what is swept."""
    shutil.copytree(ROOT / "workflow", folder / "workflow")
    shutil.copytree(ROOT / "envs", folder / "envs")
    shutil.copytree(ROOT / "profiles", folder / "profiles")
    shutil.copy(ROOT / "Snakefile", folder)
    config = yaml.safe_load((finished / "config.yaml").read_text())
    variants = [f"variant-{k}" for k in range(VARIANTS)]
    sizes, seeds = range(1, SIZES + 1), range(count // VARIANTS // SIZES)
    swept = {"variants": {name: {} for name in variants}, "seeds": list(seeds)}
    config["sweep"] = swept | {"latent_sizes": list(sizes)}
    config["dataset"] = config.get("dataset", {}) | {"dir": str((ROOT / "data").resolve())}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return variants, sizes, seeds


def lay_out(finished: Path, folder: Path, swept: tuple[list[str], range, range]) -> None:
    """Fill a sweep with everything except its documents."""
    source = next((finished / "results/runs/vae").glob("latent-*/seed-*"))
    (folder / "results").mkdir(parents=True)
    for name in SHARED:
        path = finished / "results" / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / "results" / name)
    for name in LINKED:  # in the order in which a sweep makes them
        shutil.copyfile(source / name, folder / name)
    metrics, training = (
        json.loads((source / f"{name}.json").read_text()) for name in ("metrics", "training")
    )
    scores = pd.read_csv(source / "pair_scores.csv")
    random = np.random.default_rng(0)
    for variant, size, seed in product(*swept):  # all before the first score
        run = folder / f"results/runs/{variant}/latent-{size}/seed-{seed}"
        run.mkdir(parents=True)
        names = {"variant": variant, "latent_size": size, "seed": seed}
        (run / "training.json").write_text(json.dumps(training | names))
    for variant, size, seed in product(*swept):
        run = folder / f"results/runs/{variant}/latent-{size}/seed-{seed}"
        names = {"variant": variant, "latent_size": size, "seed": seed}
        shift = 0.02 * size**0.5 + random.normal(0, 0.02)
        changes = names | {"score": metrics["score"] + shift}
        (run / "metrics.json").write_text(json.dumps(metrics | changes))
        moved = scores.assign(score=scores["score"] + shift)
        moved.to_csv(run / "pair_scores.csv", index=False, float_format="%.5f")
        for name in LINKED:
            os.link(folder / name, run / name)


def seconds_of(folder: Path, *arguments: str) -> float:
    """Wall-clock seconds of Snakemake in the folder; fails if it fails."""
    began = time.perf_counter()
    command = [sys.executable, "-m", *SNAKEMAKE, *arguments]
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
    return round(time.perf_counter() - began, 2)


def measure(finished: Path, count: int) -> dict[str, Any]:
    """Plan, run without training, and document a sweep of `count` runs."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "sweep")
        swept = configure(finished, folder, count)
        shutil.copytree(finished / "results/data", folder / "results/data")
        plan = seconds_of(folder, "1", "--dry-run", "--", "all", "report")
        script = folder / "workflow/scripts/train.py"
        kept = script.read_bytes()
        script.write_text(NO_TRAINING, encoding="utf-8")
        paths = [f"{v}/latent-{z}/seed-{s}/model.safetensors" for v, z, s in product(*swept)]
        models = [f"results/runs/{path}" for path in paths]
        trainings = seconds_of(folder, "2", "--", *models)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        script.write_bytes(kept)
        shutil.rmtree(folder / "results")
        lay_out(finished, folder, swept)
        documents = seconds_of(folder, "2", "--", "all", "report")
        rules = {
            path.parent.name: pd.read_csv(path, sep="\t")["s"].sum().round(1)
            for path in sorted(folder.glob("results/benchmarks/*/*.tsv"))
        }
        sizes = {
            name: round((folder / "results" / name).stat().st_size / 1e6, 1)
            for name in ("report.html", "comparison/comparison_report.pdf")
        }
    return {
        "plan_seconds": plan,
        "trainings_that_do_nothing_seconds": trainings,
        "memory_until_then_mib": memory,
        "documents_seconds": documents,
        "rules_seconds": rules,
        "megabytes": sizes,
    }


def exponents(steps: pd.DataFrame) -> dict[str, float]:
    """The power of the count by which each step grows; `steps` has seconds, a column per count."""
    counts = np.array(steps.columns, float)
    growth = np.log(steps.iloc[:, -1] / steps.iloc[:, 0]) / np.log(counts[-1] / counts[0])
    return growth.round(2).to_dict()


def picture(steps: pd.DataFrame, path: str) -> None:
    """Draw the seconds of each step by the number of runs, on logarithmic axes."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for name, seconds in steps.sort_values(steps.columns[-1], ascending=False).iterrows():
        axes.loglog(steps.columns, seconds, "o-", label=str(name).replace("_", " "))
    axes.set(xlabel="runs", ylabel="seconds")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(figure)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("finished", type=lambda folder: Path(folder).resolve())
    parser.add_argument("counts", nargs="+", type=int, help="multiples of 100")
    parser.add_argument("--picture")
    given = parser.parse_args()
    found = {}
    for count in given.counts:
        found[count] = measure(given.finished, count)
        print(count, found[count], file=sys.stderr)
    steps = pd.DataFrame(
        {
            count: of["rules_seconds"]
            | {
                "planning": of["plan_seconds"],
                "trainings that do nothing": of["trainings_that_do_nothing_seconds"],
            }
            for count, of in found.items()
        }
    )
    if given.picture:
        picture(steps, given.picture)
    report("growth", **{str(count): of for count, of in found.items()}, exponents=exponents(steps))


if __name__ == "__main__":
    main()
