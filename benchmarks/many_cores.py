"""How long a finished sweep would take on other numbers of cores, from the times of its jobs.

    python benchmarks/many_cores.py FOLDER --cores 1 2 8 32 128

Snakemake gives the graph of the jobs in the finished sweep in FOLDER, and the benchmark files the
mean time of a job of each rule. Whenever a core is free, it takes the job, among those that are
ready, with the longest chain of work behind it. No number of cores is faster than the longest chain
of jobs, which is reported too.
"""

import argparse
import heapq
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
from common import ROOT, report

DEFAULT_SECONDS = 1.0  # for jobs without a benchmark file, which are short


def read_graph(folder: Path) -> tuple[dict[int, str], dict[int, set[int]]]:
    """The rule of each job, and the jobs that wait for it."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--forceall"]
    drawn = subprocess.run(
        [*command, "--dag", "dot", "--", "all", "report"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    labels = re.findall(r'^\s*(\d+)\[label = "([\w ]+?)(?:\\n|")', drawn, re.MULTILINE)
    rules = {int(job): rule for job, rule in labels}
    followers: dict[int, set[int]] = {job: set() for job in rules}
    for before, after in re.findall(r"^\s*(\d+) -> (\d+)", drawn, re.MULTILINE):
        followers[int(before)].add(int(after))
    return rules, followers


def read_seconds(folder: Path) -> dict[str, float]:
    """Mean wall-clock seconds of a job, by rule."""
    seconds = {}
    for path in (folder / "results/benchmarks").iterdir():
        jobs = pd.concat([pd.read_csv(file, sep="\t") for file in path.glob("*.tsv")])
        seconds[path.name] = jobs["s"].mean()
    return seconds


def chains(seconds: dict[int, float], followers: dict[int, set[int]]) -> dict[int, float]:
    """Seconds from the start of each job to the end of the longest chain of jobs after it."""
    found: dict[int, float] = {}

    def chain(job: int) -> float:
        if job not in found:
            found[job] = seconds[job] + max(map(chain, followers[job]), default=0.0)
        return found[job]

    for job in followers:
        chain(job)
    return found


def makespan(
    seconds: dict[int, float], followers: dict[int, set[int]], cores: int, first: dict[int, float]
) -> float:
    """Seconds until all jobs are done on `cores` cores, those with the longest chain first."""
    waits = dict.fromkeys(followers, 0)
    for after in followers.values():
        for job in after:
            waits[job] += 1
    ready = [(-first[job], job) for job, count in waits.items() if not count]
    heapq.heapify(ready)
    running: list[tuple[float, int]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < cores:
            _, job = heapq.heappop(ready)
            heapq.heappush(running, (now + seconds[job], job))
        now, done = heapq.heappop(running)
        for job in followers[done]:
            waits[job] -= 1
            if not waits[job]:
                heapq.heappush(ready, (-first[job], job))
    return now


def longest(rules: dict[int, str], followers: dict[int, set[int]], first: dict[int, float]) -> str:
    """The rules of the longest chain of jobs, in order."""
    job = max(first, key=first.__getitem__)
    chain = [job]
    while followers[job]:
        job = max(followers[job], key=first.__getitem__)
        chain.append(job)
    return " > ".join(rules[job] for job in chain)


def main() -> None:
    """Simulate and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=lambda name: Path(name).resolve())
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2, 8, 32, 128])
    given = parser.parse_args()
    rules, followers = read_graph(given.folder)
    took = read_seconds(given.folder)
    idle = {"all"}
    seconds = {
        job: 0.0 if rule in idle else took.get(rule, DEFAULT_SECONDS) for job, rule in rules.items()
    }
    first = chains(seconds, followers)
    work = sum(seconds.values())
    table = []
    for cores in given.cores:
        wall = makespan(seconds, followers, cores, first)
        table.append(
            {"cores": cores, "seconds": round(wall, 1), "busy": round(work / wall / cores, 3)}
        )
    report(
        "many_cores",
        jobs=len(rules),
        core_seconds=round(work, 1),
        sweep=table,
        longest_chain_seconds=round(max(first.values()), 1),
        longest_chain=longest(rules, followers, first),
        seconds_of_rules={name: round(value, 1) for name, value in sorted(took.items())},
    )


if __name__ == "__main__":
    main()
