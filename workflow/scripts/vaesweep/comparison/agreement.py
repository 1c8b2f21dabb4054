"""How far the judges agree on the runs, and the flags of a run."""

from itertools import combinations

import pandas as pd

from vaesweep.runs import SETTING_KEYS, Setting, settings_of
from vaesweep.statistics import rank_correlation

FIRST_COLUMNS = ("first_variant_a", "first_latent_size_a", "first_variant_b", "first_latent_size_b")
JUDGE_COLUMNS = ("judge_a", "judge_b", "rank_correlation", *FIRST_COLUMNS)


def scores_by_judge(pair_scores: list[pd.DataFrame]) -> pd.DataFrame:
    """The score of each run (row) by each judge alone (column)."""
    rows = []
    for table in pair_scores:
        scored = table[table["set"] == "score"].set_index("kind").filter(like="score_judge_")
        rows.append(scored.groupby("kind").mean().mean())
    return pd.DataFrame(rows).rename(columns=lambda name: name.removeprefix("score_judge_"))


def compare_judges(runs: pd.DataFrame, by_judge: pd.DataFrame) -> pd.DataFrame:
    """judges.csv: the rank correlation of every two judges, and the first setting by either."""
    ok = by_judge[(runs["status"] == "ok").to_numpy()]
    firsts = _first_settings(runs, by_judge)
    rows = []
    for a, b in combinations(by_judge.columns, 2):
        correlation = rank_correlation(ok[a].to_numpy(), ok[b].to_numpy())
        first_a, first_b = firsts.get(a, (None, None)), firsts.get(b, (None, None))
        rows.append((a, b, correlation, *first_a, *first_b))
    return pd.DataFrame(rows, columns=list(JUDGE_COLUMNS))


def _first_settings(runs: pd.DataFrame, by_judge: pd.DataFrame) -> dict[str, Setting]:
    """The setting with the highest mean score by each judge; empty if all runs diverged."""
    ok = (runs["status"] == "ok").to_numpy()
    keys = [runs.loc[ok, key].to_numpy() for key in SETTING_KEYS]
    means = by_judge[ok].groupby(keys, sort=False).mean()
    return {judge: Setting(*means[judge].idxmax()) for judge in means if len(means)}


def run_flags(runs: pd.DataFrame, by_judge: pd.DataFrame) -> list[str]:
    """The flags of each run, joined by ";": diverged, collapsed, judge-dependent, other-hardware.

    A run is collapsed if no latent variable is active, or if its decoded ends are all alike. It is
    judge-dependent if its setting comes first by one judge and not by another. It has
    other-hardware if most runs of its variant had another device or another precision.
    """
    firsts = set(_first_settings(runs, by_judge).values())
    is_ok = runs["status"] == "ok"
    is_first = pd.Series([setting in firsts for setting in settings_of(runs)], runs.index)
    hardware = runs["device"].str.cat(runs["precision"], na_rep="")
    usual = hardware.groupby(runs["variant"]).transform(lambda kinds: kinds.mode()[0])
    # Of an external model only its frames are known.
    collapsed = (runs["active_units"] == 0) | (is_ok & runs["lost_between"].isna())
    conditions = {
        "diverged": runs["status"] == "diverged",
        "collapsed": collapsed,
        "judge-dependent": is_ok & is_first & (len(firsts) > 1),
        "other-hardware": hardware != usual,
    }
    applies = pd.DataFrame(conditions)
    return [";".join(applies.columns[row]) for row in applies.to_numpy()]
