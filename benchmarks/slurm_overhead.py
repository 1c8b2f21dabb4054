"""What Slurm costs a sweep: the same jobs with profiles/slurm and on local cores.

Trainings are replaced by jobs that sleep, so that two nodes of two CPUs can run on this machine,
whatever its number of cores. Both sweeps run at the same time. Needs root and Slurm, like
tests/slurm, whose cluster it starts.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from common import ROOT, report
from sweep_efficiency import check_out

sys.path.insert(0, str(ROOT / "tests" / "slurm"))

import cluster

CPUS = 4  # of the cluster
SLEEP = """
import time
from pathlib import Path

time.sleep({seconds})
for path in snakemake.output:
    Path(path).touch()
"""


def start(folder: Path, seconds: int, *arguments: str) -> subprocess.Popen[bytes]:
    """Copy the project to `folder` and start the trainings of its sweep, which only sleep."""
    folder.mkdir()
    check_out(None, folder, None)
    (folder / "workflow/scripts/train.py").write_text(SLEEP.format(seconds=seconds))
    sweep = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))["sweep"]
    models = [
        f"results/runs/vae/latent-{latent_size}/seed-{seed}/model.safetensors"
        for latent_size in sweep["latent_sizes"]
        for seed in sweep["seeds"]
    ]
    command = [sys.executable, "-m", "snakemake", *arguments, "--", *models]
    return subprocess.Popen(command, cwd=folder, stdout=sys.stderr, stderr=subprocess.STDOUT)


def measure(folder: Path, seconds: int) -> dict[str, Any]:
    """Run both sweeps to the end."""
    with cluster.Cluster():
        started = time.perf_counter()
        running = {
            "slurm": start(folder / "slurm", seconds, "--workflow-profile", "profiles/slurm"),
            "local": start(folder / "local", seconds, "--cores", str(CPUS)),
        }
        walls: dict[str, float] = {}
        while len(walls) < len(running):
            time.sleep(0.5)
            for name, process in running.items():
                if name not in walls and process.poll() is not None:
                    if process.returncode:
                        raise SystemExit(f"the {name} sweep failed; see above")
                    walls[name] = time.perf_counter() - started
        records = cluster.run("scontrol", "--oneliner", "show", "job").splitlines()
    times = [dict(re.findall(r"(StartTime|EndTime)=(\S+)", record)) for record in records]
    seconds_allocated = [
        (datetime.fromisoformat(t["EndTime"]) - datetime.fromisoformat(t["StartTime"])).seconds
        for t in times
    ]
    mean_allocated = statistics.mean(seconds_allocated)
    return {
        "cpus": CPUS,
        "seconds_a_job": seconds,
        "jobs": len(seconds_allocated),
        "wall_seconds": walls,
        "wall_overhead": walls["slurm"] / walls["local"] - 1,
        "allocated_seconds_a_job": mean_allocated,
        "allocated_overhead": mean_allocated / seconds - 1,
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=120, help="length of a job")
    arguments = parser.parse_args()
    if cluster.missing():
        raise SystemExit(f"No cluster can be started: {cluster.missing()}.")
    with tempfile.TemporaryDirectory() as name:
        report("slurm_overhead", **measure(Path(name), arguments.seconds))


if __name__ == "__main__":
    main()
