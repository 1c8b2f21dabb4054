"""How much of a sweep's time is spent in training loops, and what Snakemake itself costs.

Without arguments the sweep of config.yaml is run in a copy of the project. With --planning, the
training script is replaced by one that only writes its outputs, and sweeps of so many runs are
planned and run.
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
from pathlib import Path
from typing import Any

import yaml
from common import ROOT, load_images, report

COPIED = ("Snakefile", "config.yaml", "envs", "profiles", "workflow")
NO_TRAINING = """
from pathlib import Path

for path in snakemake.output:
    Path(path).touch()
"""


def copy_project(folder: Path, **sections: dict[str, Any]) -> None:
    """Copy the project without results but with its data, and change sections of config.yaml."""
    for name in COPIED:
        folder.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "results" / "data", folder / "results" / "data")
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, values in sections.items():
        config[name] |= values
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


def snakemake(folder: Path, *arguments: str) -> tuple[float, float]:
    """Run snakemake of this environment in `folder`; return wall seconds and CPU seconds."""
    started, started_cpu = time.perf_counter(), _cpu_seconds_of_children()
    subprocess.run(
        [sys.executable, "-m", "snakemake", "--quiet", "all", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdout=sys.stderr,
        check=True,
    )
    return time.perf_counter() - started, _cpu_seconds_of_children() - started_cpu


def _cpu_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def sweep(folder: Path, cores: int, epochs: int | None) -> dict[str, Any]:
    """Run the sweep of config.yaml and relate its training seconds to all seconds of its cores."""
    copy_project(folder, training={} if epochs is None else {"epochs": epochs})
    wall, _ = snakemake(folder, "--cores", str(cores), "all")
    trainings = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (folder / "results/runs").glob("*/*/*/training.json")
    ]
    seconds = sum(training["train_seconds"] for training in trainings)
    jobs = {
        rule.name: sum(
            float(file.read_text(encoding="utf-8").splitlines()[1].split("\t")[0])
            for file in rule.glob("*.tsv")
        )
        for rule in sorted((folder / "results/benchmarks").iterdir())
    }
    return {
        "cores": cores,
        "runs": len(trainings),
        "epochs": trainings[0]["epochs"],
        "wall_seconds": wall,
        "training_seconds": seconds,
        "efficiency": seconds / (wall * cores),
        "seconds_of_jobs": jobs,
    }


def planning(folder: Path, cores: int, runs: int) -> dict[str, Any]:
    """Plan and run a sweep of `runs` runs whose trainings do nothing."""
    sizes = [2, 8, 16, 32, 64]
    copy_project(folder, sweep={"latent_sizes": sizes, "seeds": list(range(runs // len(sizes)))})
    (folder / "workflow/scripts/train.py").write_text(NO_TRAINING, encoding="utf-8")
    plan, plan_cpu = snakemake(folder, "--dry-run", "all")
    models = [
        f"results/runs/vae/latent-{size}/seed-{seed}/model.safetensors"
        for size in sizes
        for seed in range(runs // len(sizes))
    ]
    wall, cpu = snakemake(folder, "--cores", str(cores), "--", *models)
    return {
        "runs": runs,
        "planning_seconds": plan,
        "planning_cpu_seconds": plan_cpu,
        "seconds_a_job": wall / runs,
        "cpu_seconds_a_job": cpu / runs,
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--epochs", type=int, help="shorter trainings than config.yaml's")
    parser.add_argument(
        "--planning", type=int, nargs="+", metavar="RUNS", help="multiples of 5, e.g. 10 100 1000"
    )
    arguments = parser.parse_args()
    load_images()  # so that no download is timed
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.planning:
            table = [
                planning(folder / str(runs), arguments.cores, runs) for runs in arguments.planning
            ]
            report("sweep_efficiency", cores=arguments.cores, no_op_trainings=table)
        else:
            report("sweep_efficiency", **sweep(folder / "sweep", arguments.cores, arguments.epochs))


if __name__ == "__main__":
    main()
