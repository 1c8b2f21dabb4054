"""What each judge alone says of the runs, and what a reader has to know of a run."""

from itertools import combinations

import pandas as pd

from vaesweep.runs import Setting, settings_of
from vaesweep.statistics import rank_correlation


def scores_by_judge(pair_scores: list[pd.DataFrame]) -> pd.DataFrame:
    """A row a run, a column a judge: the run's score by that judge alone."""
    scored = (table[table["set"] == "score"].set_index("kind") for table in pair_scores)
    of_judges = (table.filter(like="score_judge_") for table in scored)
    rows = [each.groupby("kind").mean().mean() for each in of_judges]
    return pd.DataFrame(rows).rename(columns=lambda name: name.removeprefix("score_judge_"))


def compare_judges(runs: pd.DataFrame, by_judge: pd.DataFrame) -> pd.DataFrame:
    """How far each two judges agree: rank correlation of the runs, first setting by each."""
    ok = by_judge[(runs["status"] == "ok").to_numpy()]
    firsts = _first_settings(runs, by_judge)
    columns = ["judge_a", "judge_b", "rank_correlation"]
    columns += [f"first_{key}_{side}" for side in ("a", "b") for key in Setting._fields]
    rows = []
    for a, b in combinations(by_judge.columns, 2):
        together = rank_correlation(ok[a].to_numpy(), ok[b].to_numpy())
        first = [firsts.get(judge, (None, None)) for judge in (a, b)]
        rows.append((a, b, together, *first[0], *first[1]))
    return pd.DataFrame(rows, columns=columns)


def _first_settings(runs: pd.DataFrame, by_judge: pd.DataFrame) -> dict[str, Setting]:
    """The setting with the highest mean score by each judge; empty if no run can be ranked."""
    ok = (runs["status"] == "ok").to_numpy()
    keys = [runs.loc[ok, key].to_numpy() for key in Setting._fields]
    means = by_judge[ok].groupby(keys, sort=False).mean()
    return {} if means.empty else {judge: Setting(*means[judge].idxmax()) for judge in means}


def run_flags(runs: pd.DataFrame, by_judge: pd.DataFrame) -> list[str]:
    """What a reader must know of each run: diverged, collapsed, judge-dependent."""
    firsts = set(_first_settings(runs, by_judge).values())
    flags = []
    for setting, run in zip(settings_of(runs), runs.itertuples(), strict=True):
        known = {
            "diverged": run.status == "diverged",
            "collapsed": run.active_units == 0,  # not known of a run that diverged
            "judge-dependent": len(firsts) > 1 and setting in firsts and run.status == "ok",
        }
        flags.append(";".join(flag for flag, is_so in known.items() if is_so))
    return flags
