"""The cost of a sweep: time and memory of its jobs, from Snakemake's benchmark files."""

import re
from pathlib import Path

import pandas as pd

from vaesweep.runs import Run, Setting, runs_of, settings_of

# Jobs of a run or a setting are named after it; the others are "all" or a judge's seed.
_JOB = re.compile(r"(.+)_latent-(\d+)(?:_seed-(\d+))?")
# Rules that run beside those which read costs: which of them have finished is chance.
_LATER = {"score_controls", "plot_comparison", "comparison_report", "explorer", "submission"}


def read_costs(folder: str | Path, runs: pd.DataFrame) -> pd.DataFrame:
    """Read the benchmark files `{rule}/{job}.tsv` below a folder, one row per job.

    Columns are `rule`, `seconds` (wall clock) and `memory_mib` (largest resident set, missing for
    a job too short to be sampled). Files of runs that are not in runs.csv, such as those of an
    earlier, larger sweep, are skipped, and so are those of the jobs that write documents.
    """
    sweep_settings, sweep_runs = set(settings_of(runs)), set(runs_of(runs))
    rows = []
    for path in sorted(Path(folder).glob("[a-z]*/[!.]*.tsv")):
        if path.parent.name in _LATER:
            continue
        job = _JOB.match(path.stem)
        if job:
            variant, latent_size, seed = job.groups()
            setting = Setting(variant, int(latent_size))
            if setting not in sweep_settings:
                continue
            if seed is not None and Run(*setting, int(seed)) not in sweep_runs:
                continue
        # Not `cpu_time`, which is sampled up to 30 seconds before the job ends.
        measured = pd.read_csv(path, sep="\t", na_values=["-", "NA"]).iloc[-1]
        rows.append((path.parent.name, float(measured["s"]), float(measured["max_rss"])))
    return pd.DataFrame(rows, columns=["rule", "seconds", "memory_mib"])


def by_rule(costs: pd.DataFrame) -> pd.DataFrame:
    """Sum the jobs of each rule, the most expensive rule first, with a last row for all jobs.

    Columns are `rule`, `jobs` (their number), `seconds_each` (mean), `seconds` (sum) and
    `memory_mib` (maximum over jobs).
    """
    grouped = costs.groupby("rule").agg(
        jobs=("seconds", "size"),
        seconds_each=("seconds", "mean"),
        seconds=("seconds", "sum"),
        memory_mib=("memory_mib", "max"),
    )
    rules = grouped.sort_values("seconds", ascending=False).reset_index()
    rules.loc[len(rules)] = {
        "rule": "all",
        "jobs": len(costs),
        "seconds": costs["seconds"].sum(),
        "memory_mib": costs["memory_mib"].max(),
    }
    return rules
