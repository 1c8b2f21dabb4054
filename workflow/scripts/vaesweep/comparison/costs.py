"""What a sweep cost: time and memory of its jobs, from Snakemake's benchmark files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from vaesweep.runs import Run, runs_of
from vaesweep.scoring.summary import ELSEWHERE

# What has run before a report is written; others are counted if they are known.
EXPECTED = ("fetch_data", "train_judges", "train", "interpolate", "score", "compare")


@dataclass(frozen=True)
class Jobs:
    """The jobs of a sweep, by what their benchmark files are called."""

    runs: Sequence[Run]
    judges: Sequence[int]  # their seeds
    stacks: Sequence[Sequence[int]]  # seeds that a job trains together; none if each run is a job
    adopted: Sequence[Run] = ()  # of models from elsewhere

    @classmethod
    def of_sweep(cls, runs: pd.DataFrame, **others: Sequence[Any]) -> "Jobs":
        """Those of the runs of runs.csv, and of the judges and stacks."""
        elsewhere = runs["device"] == ELSEWHERE["device"]
        return cls(runs_of(runs[~elsewhere]), adopted=runs_of(runs[elsewhere]), **others)

    def of(self, rule: str) -> dict[str, list[Run]]:
        """For each job of a rule its name, and the runs that share its time."""
        name = "{0.variant}_latent-{0.latent_size}".format
        settings = {run.setting: name(run) for run in self.runs}
        if rule == "train" and self.stacks:
            return {
                f"{own}_stack-{number}": [Run(*setting, seed) for seed in stack]
                for setting, own in settings.items()
                for number, stack in enumerate(self.stacks)
            }
        if rule in ("interpolate", "draw_runs", "score"):
            return {
                own: [run for run in self.runs if run.setting == setting]
                for setting, own in settings.items()
            }
        if rule in ("train", "draw_adopted", "score_adopted"):
            runs = self.runs if rule == "train" else self.adopted
            return {
                f"{run.variant}_latent-{run.latent_size}_seed-{run.seed}": [run] for run in runs
            }
        if rule == "train_judges":
            return {f"seed-{seed}": [] for seed in self.judges}
        return {"all": []}


def read_costs(folder: str | Path, jobs: Jobs) -> pd.DataFrame:
    """Read the benchmarks `{rule}/{job}.tsv` that Snakemake wrote of a sweep's jobs, a row a job.

    Columns are `rule`, `job`, `runs` (a list of those that share it), `seconds` (wall clock) and
    `memory_mib` (largest resident set). A job without a file has neither, and one too short to be
    sampled no memory. Files of other jobs, which an earlier sweep left, are passed over.
    """
    rows = []
    found = {path.name for path in Path(folder).glob("*") if path.is_dir()}
    for rule in sorted({*EXPECTED, *found}):
        for job, runs in jobs.of(rule).items():
            path = Path(folder, rule, f"{job}.tsv")
            seconds = memory = float("nan")
            if path.exists():
                # Not its `cpu_time`: that is of its last look, up to 30 seconds before the end.
                measured = pd.read_csv(path, sep="\t", na_values=["-", "NA"]).iloc[-1]
                seconds, memory = float(measured["s"]), float(measured["max_rss"])
            elif rule not in EXPECTED:
                continue
            rows.append((rule, job, runs, seconds, memory))
    return pd.DataFrame(rows, columns=["rule", "job", "runs", "seconds", "memory_mib"])


def by_rule(costs: pd.DataFrame) -> pd.DataFrame:
    """Sum the jobs of each rule, the dearest rule first, and add a line for all of them.

    Columns are `rule`, `jobs` (how many are known, and of how many if some are not),
    `seconds_each` (mean), `seconds` (sum) and `memory_mib` (the largest of any job).
    """
    grouped = costs.groupby("rule").agg(
        known=("seconds", "count"),
        all=("seconds", "size"),
        seconds_each=("seconds", "mean"),
        seconds=("seconds", "sum"),
        memory_mib=("memory_mib", "max"),
    )
    rules = grouped.sort_values("seconds", ascending=False).reset_index()
    sums = rules[["known", "all", "seconds"]].sum()
    total = {"rule": "all", **sums, "memory_mib": costs["memory_mib"].max()}
    rules = pd.concat([rules, pd.DataFrame([total])], ignore_index=True)
    rules["jobs"] = [
        f"{known:.0f}" if known == every else f"{known:.0f} of {every:.0f}"
        for known, every in zip(rules["known"], rules["all"], strict=True)
    ]
    return rules[["rule", "jobs", "seconds_each", "seconds", "memory_mib"]]


def seconds_by_run(costs: pd.DataFrame) -> pd.Series:
    """Seconds of all jobs of each run; of a job that several share, an even part."""
    shares = costs["seconds"] / costs["runs"].map(len).clip(lower=1)
    known = costs.assign(seconds=shares).explode("runs").dropna(subset=["runs", "seconds"])
    return known.groupby("runs")["seconds"].sum()
