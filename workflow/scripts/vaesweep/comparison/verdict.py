"""What a sweep says, in one sentence that stands before anything else."""

import pandas as pd

from vaesweep.runs import Names, Setting, settings_of
from vaesweep.statistics import LEAST_SEEDS
from vaesweep.words import listed, number

MOST_NAMED = 4  # of the settings that are worse


def verdict(runs: pd.DataFrame, settings: pd.DataFrame) -> str:
    """Name the best, what ties with it, how far the others are behind, and what a seed matters.

    It is read from runs.csv and settings.csv, in which a run did not diverge.
    """
    names = Names.of(settings_of(settings))
    first, tied, worse, untold = by_verdict(settings)
    said = f"Use {names.all([first, *tied], 'or')}{' (tied)' if tied else ''}"
    score = dict(zip(settings_of(settings), settings["score"], strict=True))
    if untold:
        said += f", which scores highest; with fewer than {LEAST_SEEDS} seeds nothing is sure"
    behind = [
        f"{names.short(each)} {'is worse ' * (not place)}by {number(score[first] - score[each], 2)}"
        for place, each in enumerate(worse[:MOST_NAMED])
    ]
    if len(worse) > MOST_NAMED:
        behind.append(
            f"{len(worse) - MOST_NAMED} more by up to {number(score[first] - score[worse[-1]], 2)}"
        )
    parts = [said, listed(behind)] if behind else [said]
    ok = runs[runs["status"] == "ok"]
    within = ok.groupby(list(Setting._fields))["score"].var(ddof=1).mean()
    if pd.notna(within):
        parts.append(f"seeds differ by {number(within**0.5, 2)} (standard deviation)")
    return f"{'; '.join(parts)}."


def by_verdict(
    settings: pd.DataFrame,
) -> tuple[Setting, list[Setting], list[Setting], list[Setting]]:
    """The first of settings.csv, what is tied with it, what is worse, and of what that is unknown.

    All but the first stand in the order of their scores.
    """
    scored = settings[settings["seeds"] > 0].sort_values("score", ascending=False, kind="stable")
    first, *others = settings_of(scored)
    known = scored["tied_with_first"].astype("boolean").tolist()[1:]
    pairs = list(zip(others, known, strict=True))
    tied = [setting for setting, is_tied in pairs if is_tied is True]
    worse = [setting for setting, is_tied in pairs if is_tied is False]
    return first, tied, worse, [setting for setting, is_tied in pairs if pd.isna(is_tied)]
