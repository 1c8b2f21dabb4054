"""What a sweep costs besides its training, in core seconds, of this checkout and of other commits.

    python benchmarks/sweep_efficiency.py
    python benchmarks/sweep_efficiency.py 642f8aa --epochs 5

The sweep of each one's config.yaml runs in a separate folder, one after the other, in this
environment. Every job reports the processor time until it started, had imported its modules, had
done its work, and ended; and how much of it the training loop took.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from common import ROOT, load_images, report

COPIED = ("Snakefile", "config.yaml", "envs", "profiles", "workflow")
# Becomes sitecustomize.py, which Python imports before anything else.
PROBE = """
import atexit, contextlib, functools, importlib.machinery, json, os, re, sys, time

TIMES = {"start": time.process_time(), "loop": 0.0}

def logging_to(real):
    @contextlib.contextmanager
    def watched(*arguments):
        TIMES["imported"] = time.process_time()
        with real(*arguments) as log:
            yield log
        TIMES["worked"] = time.process_time()
    return watched

def train(real):
    def watched(*arguments):
        began = time.process_time()
        try:
            return real(*arguments)
        finally:
            TIMES["loop"] += time.process_time() - began
    return functools.wraps(real)(watched)

WATCHED = {"vaesweep.running.jobs": logging_to, "vaesweep.training.loop": train}

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in WATCHED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        execute, watch = spec.loader.exec_module, WATCHED[name]
        def execute_and_watch(module):
            execute(module)
            setattr(module, watch.__name__, watch(getattr(module, watch.__name__)))
        spec.loader.exec_module = execute_and_watch
        return spec

def report():
    if "worked" in TIMES:
        script = re.search(r"(\\w+)\\.py$", " ".join(sys.orig_argv))
        line = TIMES | {"rule": script[1], "end": time.process_time()}
        with open(os.environ["JOBS_TOOK"], "a") as file:
            file.write(json.dumps(line) + "\\n")

sys.meta_path.insert(0, Finder)
atexit.register(report)
"""


def check_out(commit: str | None, folder: Path, epochs: int | None) -> None:
    """Put a commit, or this checkout as it is, into a folder; it uses the data of this one."""
    if commit is None:
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, folder / name)
    else:
        archive = ["git", "archive", commit, *COPIED]
        packed = subprocess.run(archive, cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x"], cwd=folder, input=packed, check=True)
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["dataset"]["dir"] = str((ROOT / "data").resolve())
    if epochs is not None:
        config["training"]["epochs"] = epochs
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


def sweep(commit: str | None, cores: int, epochs: int | None) -> dict[str, Any]:
    """Run a sweep and return how its core seconds were spent."""
    with tempfile.TemporaryDirectory() as name:
        folder, probe = Path(name, "sweep"), Path(name, "probe")
        folder.mkdir()
        probe.mkdir()
        (probe / "sitecustomize.py").write_text(PROBE, encoding="utf-8")
        check_out(commit, folder, epochs)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {"PATH": path, "PYTHONPATH": str(probe), "JOBS_TOOK": str(probe / "jobs")}
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "snakemake", "--quiet", "all", "--cores", str(cores), "all"],
            cwd=folder,
            env=os.environ | environment,
            stdout=sys.stderr,
            check=True,
        )
        wall = time.perf_counter() - began
        jobs = pd.read_json(probe / "jobs", lines=True)
    return summary(jobs, wall, cores)


def summary(jobs: pd.DataFrame, wall: float, cores: int) -> dict[str, Any]:
    """Core seconds of a run outside training loops, and of a job of each rule by what it does."""
    stages = pd.DataFrame(
        {
            "rule": jobs["rule"],
            "jobs": 1,
            "start": jobs["start"],
            "imports": jobs["imported"] - jobs["start"],
            "work": jobs["worked"] - jobs["imported"] - jobs["loop"],
            "loop": jobs["loop"],
            "end": jobs["end"] - jobs["worked"],
            "core_seconds": jobs["end"],
        }
    )
    rules = stages.groupby("rule").sum().sort_values("core_seconds", ascending=False)
    per_job = ["start", "imports", "work", "loop", "end"]
    rules[per_job] = rules[per_job].div(rules["jobs"], axis=0)
    runs = int(rules.loc["train", "jobs"])
    total, loops = stages["core_seconds"].sum(), stages["loop"].sum()
    return {
        "runs": runs,
        "cores": cores,
        "wall_seconds": round(wall, 1),
        "loop_core_seconds_a_run": round(loops / runs, 2),
        "other_core_seconds_a_run": round((total - loops) / runs, 2),
        "efficiency": round(loops / (wall * cores), 3),
        "rules": rules.round(2).reset_index().to_dict("records"),
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commits", nargs="*", help="measured before this checkout")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--epochs", type=int, help="instead of those of config.yaml")
    given = parser.parse_args()
    load_images()  # so that no download is timed
    measured = {name: sweep(name, given.cores, given.epochs) for name in given.commits}
    measured["this checkout"] = sweep(None, given.cores, given.epochs)
    report("sweep_efficiency", **measured)


if __name__ == "__main__":
    main()
