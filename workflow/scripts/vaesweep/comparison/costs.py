"""What a sweep cost: time and memory of its jobs, from Snakemake's benchmark files."""

import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

_RUN = re.compile(r"latent-(\d+)_seed-(\d+)$")


def read_costs(folder: str | Path, runs: Collection[tuple[int, int]]) -> pd.DataFrame:
    """Read the benchmark of each job, one row a job.

    Args:
        folder: holds `{rule}/{job}.tsv`, as Snakemake writes them.
        runs: latent size and seed of the runs in the sweep. Files of other runs, which an
            earlier and larger sweep left behind, are passed over.

    Returns:
        Columns `rule`, `latent_size` and `seed` (missing for jobs that belong to no run),
        `seconds` (wall clock), `memory_mib` (largest resident set). A job too short to be
        sampled has no memory figure.
    """
    rows = []
    for path in sorted(Path(folder).glob("*/*.tsv")):
        run = _RUN.search(path.stem)
        key = (int(run[1]), int(run[2])) if run else None
        if key is not None and key not in runs:
            continue
        # Not its `cpu_time`: that is of its last look, up to 30 seconds before the job ended.
        measured = pd.read_csv(path, sep="\t", na_values=["-", "NA"]).iloc[-1]
        rows.append(
            {
                "rule": path.parent.name,
                "latent_size": key[0] if key else None,
                "seed": key[1] if key else None,
                "seconds": float(measured["s"]),
                "memory_mib": float(measured["max_rss"]),
            }
        )
    names = ["rule", "latent_size", "seed", "seconds", "memory_mib"]
    return pd.DataFrame(rows, columns=names)


def by_rule(costs: pd.DataFrame) -> pd.DataFrame:
    """Sum the jobs of each rule, the dearest rule first, and add a line for all of them.

    Returns:
        Columns `rule`, `jobs`, `seconds_each` (mean), `seconds` (sum) and `memory_mib` (the
        largest of any job).
    """
    grouped = costs.groupby("rule").agg(
        jobs=("seconds", "size"),
        seconds_each=("seconds", "mean"),
        seconds=("seconds", "sum"),
        memory_mib=("memory_mib", "max"),
    )
    rules = grouped.sort_values("seconds", ascending=False).reset_index()
    total = {
        "rule": "all",
        "jobs": len(costs),
        "seconds": costs["seconds"].sum(),
        "memory_mib": costs["memory_mib"].max(),
    }
    return pd.concat([rules, pd.DataFrame([total])], ignore_index=True)
