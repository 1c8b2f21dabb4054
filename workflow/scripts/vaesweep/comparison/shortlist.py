"""Which settings fit into a figure or a page: the chosen one and the best others."""

from collections.abc import Collection

import pandas as pd

from vaesweep.runs import Run, Setting, rows_of, runs_of

MAX_DRAWN = 10  # settings in the figures of frames, which fit on a page
MAX_EXPLORED = 14  # settings in the explorer: 0.2 MB each, in a page of at most 3 MB


def settings_to_show(settings: pd.DataFrame, chosen: Run, limit: int | None) -> dict[Setting, Run]:
    """The chosen setting and the best others, each with its best run, in the order of settings.csv.

    At most `limit` settings are returned, or all that have a score if it is None.
    """
    scored = settings.dropna(subset="best_seed").reset_index(drop=True)
    scored = scored.rename(columns={"best_seed": "seed"})
    first = rows_of(scored, chosen.setting)
    others = scored.drop(first.index).sort_values("rank", kind="stable")
    shown = pd.concat([first, others])[:limit].sort_index()
    return {run.setting: run for run in runs_of(shown)}


def settings_to_explore(
    settings: pd.DataFrame, chosen: Run, trained: Collection[Setting]
) -> dict[Setting, Run]:
    """The settings in the explorer, which needs a model: `trained` are those trained here."""
    return settings_to_show(rows_of(settings, *trained), chosen, MAX_EXPLORED)
