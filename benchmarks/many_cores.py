"""How long a finished sweep would take on other numbers of cores, with and without a GPU.

    python benchmarks/many_cores.py FOLDER --cores 1 2 8 32 128 --stack-seconds 3 6 12

Snakemake gives the graph of the jobs in the finished sweep in FOLDER, and the benchmark files the
mean time of a job of each rule. Whenever a core is free, it takes the job, among those that are
ready, with the longest chain of work behind it. No number of cores is faster than the longest chain
of jobs, which is reported too.

With a GPU, all seeds of a setting train together, and the stacks take turns. How long one holds
the GPU is an assumption, or what gpu_check.py measured (`stack_seconds` in its JSON). A stack that
waits for its turn holds a core; --waiting limits how many do, as profiles/gpu does. `break_even` is
how long a stack may take for the sweep to be as fast as without a GPU.
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
START = 1.5  # seconds until a training has started Python and imported PyTorch
Graph = tuple[dict[int, str], dict[int, set[int]]]


def read_graph(folder: Path, seeds_per_job: str) -> Graph:
    """The rule of each job, and the jobs that wait for it."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--forceall"]
    changes = ["--config", f"training={{seeds_per_job: {seeds_per_job}}}"]
    drawn = subprocess.run(
        [*command, *changes, "--dag", "dot", "--", "all", "report"],
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
    seconds = {"all": 0.0}
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


class Machine:
    """A sweep on some cores, and its stacks, if it has any, on one GPU."""

    def __init__(self, graph: Graph, took: dict[str, float], stack_seconds: float = 0.0) -> None:
        rules, self.followers = graph
        self.stacks = {job for job, rule in rules.items() if rule.startswith("train_stack")}
        names = {job: re.sub(r"_\d+$", "", rule) for job, rule in rules.items()}
        self.seconds = {job: took.get(name, DEFAULT_SECONDS) for job, name in names.items()}
        self.seconds |= dict.fromkeys(self.stacks, stack_seconds)
        self.first = chains(self.seconds, self.followers)

    def makespan(self, cores: int, waiting: int) -> float:
        """Seconds until all jobs are done, those with the longest chain behind them first.

        At most `waiting` stacks have started and wait for the GPU.
        """
        waits = dict.fromkeys(self.followers, 0)
        for after in self.followers.values():
            for job in after:
                waits[job] += 1
        ready = sorted((-self.first[job], job) for job, count in waits.items() if not count)
        events: list[tuple[float, bool, int]] = []  # time, whether the job ends or wants the GPU
        queue: list[int] = []
        now, running, stacks, is_free = 0.0, 0, 0, True
        while ready or events:
            for item in list(ready):
                job = item[1]
                is_stack = job in self.stacks
                if running < cores and not (is_stack and stacks > waiting):
                    ready.remove(item)
                    running, stacks = running + 1, stacks + is_stack
                    takes = START if is_stack else self.seconds[job]
                    heapq.heappush(events, (now + takes, not is_stack, job))
            now, ends, job = heapq.heappop(events)
            if not ends:
                queue.append(job)
            else:
                running, stacks = running - 1, stacks - (job in self.stacks)
                is_free = is_free or job in self.stacks
                for after in self.followers[job]:
                    waits[after] -= 1
                    if not waits[after]:
                        ready.append((-self.first[after], after))
                ready.sort()
            if is_free and queue:
                is_free = False
                job = queue.pop(0)
                heapq.heappush(events, (now + self.seconds[job], True, job))
        return now


def longest(rules: dict[int, str], followers: dict[int, set[int]], first: dict[int, float]) -> str:
    """The rules of the longest chain of jobs, in order."""
    job = max(first, key=first.__getitem__)
    chain = [job]
    while followers[job]:
        job = max(followers[job], key=first.__getitem__)
        chain.append(job)
    return " > ".join(rules[job] for job in chain)


def break_even(graph: Graph, took: dict[str, float], limit: float, *machine: int) -> float:
    """The longest that a stack may hold the GPU for a sweep of at most `limit` seconds."""
    low, high = 0.0, limit
    while high - low > 0.05:
        middle = (low + high) / 2
        if Machine(graph, took, middle).makespan(*machine) <= limit:
            low = middle
        else:
            high = middle
    return low


def main() -> None:
    """Simulate and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=lambda name: Path(name).resolve())
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2, 8, 32, 128])
    parser.add_argument("--stack-seconds", type=float, nargs="*", default=[3.0, 6.0, 12.0])
    parser.add_argument("--waiting", type=int, default=10**6, help="stacks that wait at a time")
    given = parser.parse_args()
    took = read_seconds(given.folder)
    single, stacked = (read_graph(given.folder, value) for value in ("1", "all"))
    cpu = Machine(single, took)
    work = sum(cpu.seconds.values())
    table = []
    for cores in given.cores:
        wall = cpu.makespan(cores, 0)
        row = {"cores": cores, "seconds": round(wall, 1), "busy": round(work / wall / cores, 3)}
        for value in given.stack_seconds:
            machine = Machine(stacked, took, value)
            row[f"gpu_{value:g}"] = round(machine.makespan(cores, given.waiting), 1)
        row["break_even"] = round(break_even(stacked, took, wall, cores, given.waiting), 1)
        table.append(row)
    report(
        "many_cores",
        jobs=len(cpu.seconds),
        core_seconds=round(work, 1),
        sweep=table,
        longest_chain_seconds=round(max(cpu.first.values()), 1),
        longest_chain=longest(*single, cpu.first),
        seconds_of_rules={name: round(value, 1) for name, value in sorted(took.items())},
    )


if __name__ == "__main__":
    main()
