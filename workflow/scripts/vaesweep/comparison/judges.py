"""What each judge alone says of the runs, and what a reader has to know of a run."""

from itertools import combinations

import pandas as pd

from vaesweep.statistics import rank_correlation


def scores_by_judge(pair_scores: list[pd.DataFrame]) -> pd.DataFrame:
    """A row a run, a column a judge: the run's score by that judge alone."""
    columns = [name for name in pair_scores[0] if name.startswith("score_judge_")]
    rows = [
        table[table["set"] == "score"].groupby("kind")[columns].mean().mean()
        for table in pair_scores
    ]
    return pd.DataFrame(rows).rename(columns=lambda name: name.removeprefix("score_judge_"))


def compare_judges(runs: pd.DataFrame, by_judge: pd.DataFrame) -> pd.DataFrame:
    """How far each two judges agree: rank correlation of the runs, first latent size by each."""
    ok = by_judge[(runs["status"] == "ok").to_numpy()]
    firsts = _first_sizes(runs, by_judge)
    rows = []
    for a, b in combinations(by_judge.columns, 2):
        together = rank_correlation(ok[a].to_numpy(), ok[b].to_numpy())
        rows.append((a, b, together, firsts.get(a), firsts.get(b)))
    columns = ["judge_a", "judge_b", "rank_correlation"]
    return pd.DataFrame(rows, columns=[*columns, "first_latent_size_a", "first_latent_size_b"])


def _first_sizes(runs: pd.DataFrame, by_judge: pd.DataFrame) -> dict[str, int]:
    """The latent size with the highest mean score by each judge; empty if no run can be ranked."""
    ok = (runs["status"] == "ok").to_numpy()
    means = by_judge[ok].groupby(runs.loc[ok, "latent_size"].to_numpy()).mean()
    return {} if means.empty else {judge: int(means[judge].idxmax()) for judge in means}


def run_flags(runs: pd.DataFrame, by_judge: pd.DataFrame) -> list[str]:
    """What a reader must know of each run: diverged, collapsed, judge-dependent."""
    firsts = set(_first_sizes(runs, by_judge).values())
    flags = []
    for _, run in runs.iterrows():
        if run["status"] == "diverged":
            flags.append("diverged")
            continue
        found = ["collapsed"] if run["active_units"] == 0 else []
        if len(firsts) > 1 and run["latent_size"] in firsts:
            found.append("judge-dependent")
        flags.append(";".join(found))
    return flags
