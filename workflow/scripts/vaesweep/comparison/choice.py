"""Choose the run to show: the best seed of the setting with the highest mean score."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vaesweep.comparison.verdict import reason, split_settings
from vaesweep.errors import UserError
from vaesweep.runs import Run, Setting, rows_of, runs_of, settings_of
from vaesweep.scoring.record import trained_here
from vaesweep.scoring.summary import scores_by_kind
from vaesweep.statistics import Array, cross_fitted, means, spread_over_pairs
from vaesweep.words import counted


def choose_run(
    runs: pd.DataFrame,
    settings: pd.DataFrame,
    pair_scores: Mapping[Run, pd.DataFrame],
    pinned: Mapping[str, Any],
) -> dict[str, Any]:
    """Choose the run to show, and return chosen.json without its verdict.

    `runs` and `settings` are the tables of these names, `pair_scores` has pair_scores.csv by run,
    and `pinned` has variant, latent_size and seed, None where the choice is free. External models
    are never chosen: the submission shows a model trained here. UserError if no run is left.

    `value`, `low` and `high` are the score of the choice on pairs that took no part in it
    (statistics.cross_fitted); the best of several `candidates` would be too high on all pairs.
    `pinned` lists the pinned keys. `tied_with` has the best run of each setting that is tied with
    the chosen one. It is None with too few seeds, and empty if the chosen setting is not the first.
    """
    trained = runs[trained_here(runs)]
    ok = trained[trained["status"] == "ok"].reset_index(drop=True)
    pins = {key: value for key, value in pinned.items() if value is not None}
    allowed = pd.Series(True, ok.index)
    for key, value in pins.items():
        allowed &= ok[key] == value
    if not allowed.any():
        diverged = int((trained["status"] != "ok").sum())
        raise UserError(
            f"no run can be chosen: {diverged} of {counted(len(trained), 'run')} diverged, among "
            "them all that `selection` in config.yaml allows. Lower training.learning_rate, or set "
            "training.precision to float32"
        )
    order = settings_of(settings)
    places = pd.Series([order.index(setting) for setting in settings_of(ok)])

    def choose(scores: Array) -> int:
        """The row of the best allowed run of the setting with the highest mean score."""
        by_run = pd.Series(scores)
        by_setting = by_run.groupby(places).mean()
        first = by_setting[sorted(places[allowed].unique())].idxmax()
        return int(by_run[allowed & (places == first)].idxmax())

    best = runs_of(ok)[choose(ok["score"].to_numpy())]
    scores = scores_by_kind([pair_scores[run] for run in runs_of(ok)])
    held_out = cross_fitted(scores, choose)
    value = float(means(held_out)[0])
    low, high = spread_over_pairs(held_out).interval(value)
    chosen = {
        **best._asdict(),
        "metric": "score",
        "value": value,
        "low": low,
        "high": high,
        "candidates": int(allowed.sum()),
        "pinned": list(pins),
        "tied_with": _tied(settings, best.setting),
    }
    return chosen | {"reason": reason(chosen, ok[allowed], settings)}


def _tied(settings: pd.DataFrame, chosen: Setting) -> list[dict[str, Any]] | None:
    """`tied_with` of chosen.json."""
    best, tied, worse, undecided = split_settings(settings)
    if chosen != best:
        return []
    if undecided and not tied + worse:
        return None
    rows = rows_of(settings.rename(columns={"best_seed": "seed"}), *tied)
    return [run._asdict() for run in runs_of(rows)]
