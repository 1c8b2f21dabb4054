"""Which run to show: the setting with the highest mean score, then its best seed; the verdict."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from vaesweep.errors import UserError
from vaesweep.files import read_json
from vaesweep.runs import Names, Run, Setting, run_of, runs_of, settings_of
from vaesweep.scoring.record import trained_here
from vaesweep.scoring.summary import scores_by_kind
from vaesweep.statistics import MIN_SEEDS, Array, cross_fitted, means, spread_over_pairs
from vaesweep.templates import sentences
from vaesweep.words import counted, listed, number

# In the figures of frames; more would not fit on a page.
MAX_DRAWN = 10
MAX_BEHIND = 4  # of the settings that are worse, in the verdict
MAX_WALKS = 14  # in the explorer: some 0.2 MB each, in a page of at most 3 MB


def choose_run(
    runs: pd.DataFrame,
    settings: pd.DataFrame,
    pair_scores: Mapping[Run, pd.DataFrame],
    pinned: Mapping[str, Any],
) -> dict[str, Any]:
    """Choose the run to show by the tables of these names, pair_scores.csv of each run.

    `pinned` has variant, latent_size and seed, taken as they are unless None. Models from elsewhere
    are not chosen: what is handed in was trained here. A UserError: no run is left to choose from.

    Returned is the content of chosen.json but its verdict. `value` with its interval is the score
    of what the same choice takes by half of the pairs, on the other half (statistics.cross_fitted);
    the best of `candidates` runs on the very pairs that chose it would flatter. `pinned` lists what
    was pinned; `tied_with` the other settings, each by its best seed, that are tied with the first;
    None if too few seeds tell, empty if the first is not what was chosen.
    """
    own = runs[trained_here(runs)]
    ok = own[own["status"] == "ok"].reset_index(drop=True)
    pins = {name: wanted for name, wanted in pinned.items() if wanted is not None}
    allowed = (ok[list(pins)] == list(pins.values())).all(axis=1)
    if not allowed.any():
        raise UserError(
            f"no run can be chosen: {int((own['status'] != 'ok').sum())} of "
            f"{counted(len(own), 'run')} diverged, among them those that `selection` allows; "
            "lower training.learning_rate or set training.precision to float32"
        )
    order = settings_of(settings)
    places = pd.Series([order.index(setting) for setting in settings_of(ok)])

    def choose(scores: Array) -> int:
        """The place of the best allowed run of the setting whose runs have the highest mean."""
        ranked = pd.Series(scores)
        of_settings = ranked.groupby(places).mean()[places[allowed].unique()].sort_index()
        return int(ranked[allowed & (places == of_settings.idxmax())].idxmax())

    best = choose(ok["score"].to_numpy())
    run = runs_of(ok)[best]
    held_out = cross_fitted(scores_by_kind([pair_scores[each] for each in runs_of(ok)]), choose)
    value = float(means(held_out)[0])
    low, high = spread_over_pairs(held_out).interval(value)
    chosen = run._asdict() | {"metric": "score", "value": value, "low": low, "high": high}
    chosen |= {"candidates": int(allowed.sum()), "pinned": list(pins)}
    chosen["tied_with"] = _tied(settings, run.setting)
    seeds = int((allowed & (places == places[best])).sum())
    trained = len(set(settings_of(own)))
    return chosen | {"reason": _reason(chosen, settings, seeds, len(set(places[allowed])), trained)}


def named_score(chosen: Mapping[str, Any]) -> str:
    """What `value` of chosen.json is, in words."""
    return "score" + " on pairs that took no part in choosing it" * (chosen["candidates"] > 1)


def read_chosen(path: str) -> dict[str, Any]:
    """Read chosen.json; a UserError if it is missing or damaged."""
    return read_json(path, *Run._fields, "value", "pinned", "verdict")


def chosen_run(chosen: Mapping[str, Any]) -> Run:
    """The run that chosen.json names."""
    return Run(*(chosen[name] for name in Run._fields))


def file_of(chosen: Mapping[str, Any], paths: Iterable[str]) -> str:
    """The file of the chosen run among those of all runs."""
    return next(path for path in paths if run_of(path) == chosen_run(chosen))


def settings_to_show(
    settings: pd.DataFrame, chosen: Mapping[str, Any], most: int | None
) -> dict[Setting, Run]:
    """The best run of at most so many settings of settings.csv (None: all), the chosen one first.

    They stand in the order of the table.
    """
    scored = settings.dropna(subset="best_seed").rename(columns={"best_seed": "seed"})
    is_chosen = [setting == chosen_run(chosen).setting for setting in settings_of(scored)]
    best = scored.assign(other=np.invert(is_chosen)).sort_values(["other", "rank"])[:most]
    return {run.setting: run for run in runs_of(best.sort_index())}


def settings_to_walk(
    settings: pd.DataFrame, chosen: Mapping[str, Any], trained: Collection[Setting]
) -> dict[Setting, Run]:
    """The best runs that the explorer shows: of those trained here, whose weights are known."""
    own = settings[[setting in trained for setting in settings_of(settings)]]
    return settings_to_show(own, chosen, MAX_WALKS)


def _tied(settings: pd.DataFrame, chosen: Setting) -> list[dict[str, Any]] | None:
    """The best runs of what is tied with the chosen setting."""
    scored = settings[settings["seeds"] > 0].rename(columns={"best_seed": "seed"})
    own = np.array([setting == chosen for setting in settings_of(scored)])
    tied = scored["tied_with_first"].astype("boolean")[~own]
    if not (scored[own]["rank"] == 1).all():
        return []
    if len(tied) and tied.isna().all():
        return None
    return [run._asdict() for run in runs_of(scored[~own][tied.fillna(False)])]


def _reason(
    chosen: Mapping[str, Any], settings: pd.DataFrame, seeds: int, allowed: int, trained: int
) -> str:
    """Say why this setting of so many allowed and trained, and why this one of so many seeds."""
    names, run, tied = Names.of(settings_of(settings)), chosen_run(chosen), chosen["tied_with"]
    row = settings[[setting == run.setting for setting in settings_of(settings)]].iloc[0]
    keys = [key for key in chosen["pinned"] if key in names.keys]
    [said] = sentences(
        "reason.txt",
        **{"names": names, "run": run, "chosen": chosen, "score": named_score(chosen)},
        held=[f"{key.replace('_', ' ')} {chosen[key]}" for key in keys],
        **{"seeds": seeds, "allowed": allowed, "trained": trained, "several": len(settings) > 1},
        **{"mean": row["score"], "over": int(row["seeds"]), "rank": row["rank"]},
        tied=[chosen_run(each).setting for each in tied or []],
        min_seeds=MIN_SEEDS,
    )
    return said


def verdict(runs: pd.DataFrame, settings: pd.DataFrame) -> str:
    """Name the best, what ties with it, how far the others are behind, and what a seed matters.

    It is read from runs.csv and settings.csv, in which a run did not diverge.
    """
    names = Names.of(settings_of(settings))
    first, tied, worse, undecided = by_verdict(settings)
    said = f"Use {names.all([first, *tied], 'or')}{' (tied)' if tied else ''}"
    score = dict(zip(settings_of(settings), settings["score"], strict=True))
    if undecided:
        said += f", which scores highest; with fewer than {MIN_SEEDS} seeds nothing is sure"
    behind = [
        f"{names.short(each)} {'is worse ' * (not place)}by {number(score[first] - score[each], 2)}"
        for place, each in enumerate(worse[:MAX_BEHIND])
    ]
    if len(worse) > MAX_BEHIND:
        behind.append(
            f"{len(worse) - MAX_BEHIND} more by up to {number(score[first] - score[worse[-1]], 2)}"
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
