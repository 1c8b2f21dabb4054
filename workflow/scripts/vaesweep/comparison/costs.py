"""What a sweep cost: time and memory of its jobs, from Snakemake's benchmark files."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from vaesweep.runs import Run, runs_of
from vaesweep.scoring.record import trained_here

# What has run before a report is written; others are counted if they are known.
EXPECTED = ("fetch_data", "train_judges", "train", "interpolate", "score", "compare")
# Rules that have a job for each run, or for all runs of a setting.
OF_TRAINED = ("train", "interpolate", "score", "draw_runs")
EXTERNAL_RULES = ("score_external", "draw_external")


def read_costs(
    folder: str | Path, runs: pd.DataFrame, judges: Sequence[int], stacks: Sequence[Sequence[int]]
) -> pd.DataFrame:
    """Read the benchmarks `{rule}/{job}.tsv` that Snakemake wrote of a sweep's jobs, a row a job.

    The sweep has the runs of runs.csv, judges of these seeds, and stacks of seeds that a job trains
    together, or none. Columns are `rule`, `runs` (a list of those that share the job), `seconds`
    (wall clock) and `memory_mib` (largest resident set). A job without a file has neither, and one
    too short to be sampled no memory. Files of other jobs, of an earlier sweep, are passed over.
    """
    rows = []
    found = {path.name for path in Path(folder).glob("*") if path.is_dir()}
    for rule in sorted({*EXPECTED, *found}):
        jobs = _jobs(rule, runs, stacks) or {"all": []}
        if rule == "train_judges":
            jobs = {f"seed-{seed}": [] for seed in judges}
        for job, own in jobs.items():
            path = Path(folder, rule, f"{job}.tsv")
            seconds = memory = float("nan")
            if path.exists():
                # Not its `cpu_time`: that is of its last look, up to 30 seconds before the end.
                measured = pd.read_csv(path, sep="\t", na_values=["-", "NA"]).iloc[-1]
                seconds, memory = float(measured["s"]), float(measured["max_rss"])
            elif rule not in EXPECTED:
                continue
            rows.append((rule, own, seconds, memory))
    return pd.DataFrame(rows, columns=["rule", "runs", "seconds", "memory_mib"])


def _jobs(rule: str, runs: pd.DataFrame, stacks: Sequence[Sequence[int]]) -> dict[str, list[Run]]:
    """For each job of a rule of runs, by the name of its file, the runs that share its time."""
    external = ~trained_here(runs)
    trained = runs[~external] if rule in OF_TRAINED else runs[:0]
    adopted = runs[external] if rule in EXTERNAL_RULES else runs[:0]
    jobs: dict[str, list[Run]] = {}
    for run in runs_of(pd.concat([trained, adopted])):
        part = f"_seed-{run.seed}" if rule in ("train", *EXTERNAL_RULES) else ""
        if rule == "train" and stacks:
            part = next(f"_stack-{k}" for k, seeds in enumerate(stacks) if run.seed in seeds)
        jobs.setdefault(f"{run.variant}_latent-{run.latent_size}{part}", []).append(run)
    return jobs


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
    rules.loc[len(rules)] = {"rule": "all", **sums, "memory_mib": costs["memory_mib"].max()}
    known, every = rules["known"].astype(str), rules["all"].astype(str)
    rules["jobs"] = known.where(known == every, known + " of " + every)
    return rules


def seconds_by_run(costs: pd.DataFrame) -> pd.Series:
    """Seconds of all jobs of each run; of a job that several share, an even part."""
    shares = costs["seconds"] / costs["runs"].map(len).clip(lower=1)
    known = costs.assign(seconds=shares).explode("runs").dropna(subset=["runs", "seconds"])
    return known.groupby("runs")["seconds"].sum()
