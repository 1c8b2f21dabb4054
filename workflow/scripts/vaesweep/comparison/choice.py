"""Which run to show: the latent size with the highest mean score, then its best seed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from vaesweep.errors import UserError
from vaesweep.files import Run, read_json, run_of
from vaesweep.scoring.summary import scores_by_kind
from vaesweep.statistics import LEAST_SEEDS, Array, cross_fitted, means, spread_over_pairs
from vaesweep.words import counted, interval, listed, number

# In the figures of frames; more would not fit on a page.
MOST_SIZES_DRAWN = 10
CHOSEN_KEYS = (
    *("latent_size", "seed", "value", "low", "high", "candidates", "pinned", "tied_with", "reason"),
)


def choose_run(
    runs: pd.DataFrame,
    latent_sizes: pd.DataFrame,
    pair_scores: Mapping[Run, pd.DataFrame],
    pinned: Mapping[str, int | None],
) -> dict[str, Any]:
    """Choose the run to show by the tables of these names, pair_scores.csv of each run.

    `pinned` has latent_size and seed, taken as they are unless None.

    Returns:
        The content of chosen.json. `value` with its interval is the score of what the same choice
        takes by half of the pairs, on the other half (statistics.cross_fitted); the best of
        `candidates` runs on the very pairs that chose it would flatter. `pinned` lists what was
        pinned; `tied_with` the other latent sizes, each by its best seed, that are tied with the
        first; None if too few seeds tell.

    Raises:
        UserError: no run is left to choose from.
    """
    ok = runs[runs["status"] == "ok"].reset_index(drop=True)
    allowed = pd.Series(data=True, index=ok.index)
    for name, wanted in pinned.items():
        allowed &= wanted is None or ok[name] == wanted
    if not allowed.any():
        raise UserError(
            f"no run can be chosen: {int((runs['status'] != 'ok').sum())} of "
            f"{counted(len(runs), 'run')} diverged, among them those that `selection` allows; "
            "lower training.learning_rate or set training.precision to float32"
        )

    def choose(scores: Array) -> int:
        return _best(ok["latent_size"], pd.Series(scores), allowed)

    best = ok.loc[choose(ok["score"].to_numpy())]
    size, seed = int(best["latent_size"]), int(best["seed"])
    tables = [pair_scores[Run(row.latent_size, row.seed)] for row in ok.itertuples()]
    held_out = cross_fitted(scores_by_kind(tables), choose)
    value = float(means(held_out)[0])
    low, high = spread_over_pairs(held_out).interval(value)
    held = [name for name, wanted in pinned.items() if wanted is not None]
    chosen: dict[str, Any] = {
        **{"latent_size": size, "seed": seed, "metric": "score"},
        **{"value": value, "low": low, "high": high},
        **{"candidates": int(allowed.sum()), "pinned": held},
        "tied_with": [] if "latent_size" in held else _tied_sizes(latent_sizes, size),
    }
    seeds = int((allowed & (ok["latent_size"] == size)).sum())
    return chosen | {"reason": _reason(chosen, latent_sizes, seeds)}


def _best(latent_sizes: pd.Series, scores: pd.Series, allowed: pd.Series) -> int:
    """The place of the best allowed run of the size whose runs have the highest mean."""
    of_sizes = scores.groupby(latent_sizes).mean()[latent_sizes[allowed].unique()].sort_index()
    return int(scores[allowed & (latent_sizes == of_sizes.idxmax())].idxmax())


def named_score(chosen: Mapping[str, Any]) -> str:
    """What `value` of chosen.json is, in words."""
    if chosen["candidates"] == 1:
        return "score"
    return "score on pairs that took no part in choosing it"


def read_chosen(path: str) -> dict[str, Any]:
    """Read chosen.json; a UserError if it is missing or damaged."""
    return read_json(path, *CHOSEN_KEYS)


def file_of(chosen: Mapping[str, Any], paths: Iterable[str]) -> str:
    """The file of the chosen run among those of all runs."""
    run = Run(chosen["latent_size"], chosen["seed"])
    return next(path for path in paths if run_of(path) == run)


def sizes_to_show(latent_sizes: pd.DataFrame, chosen: int, most: int) -> pd.DataFrame:
    """Return at most so many rows of latent_sizes.csv: the chosen size and the best others."""
    scored = latent_sizes.dropna(subset="best_seed")
    others = scored[scored["latent_size"] != chosen].sort_values("rank").head(most - 1)
    return scored[scored["latent_size"].isin([chosen, *others["latent_size"]])]


def _tied_sizes(latent_sizes: pd.DataFrame, chosen: int) -> list[dict[str, int]] | None:
    others = latent_sizes[(latent_sizes["latent_size"] != chosen) & (latent_sizes["seeds"] > 0)]
    tied = others["tied_with_first"].astype("boolean")
    if len(others) and tied.isna().all():
        return None
    return [
        {"latent_size": int(row["latent_size"]), "seed": int(row["best_seed"])}
        for _, row in others[tied.fillna(False)].iterrows()
    ]


def _reason(chosen: Mapping[str, Any], latent_sizes: pd.DataFrame, seeds: int) -> str:
    """Say why this size, and why this one of so many seeds of it."""
    size = latent_sizes.set_index("latent_size").loc[chosen["latent_size"]]
    scored = int((latent_sizes["seeds"] > 0).sum())
    bounds = interval(chosen["low"], chosen["high"], 3)
    score = f"{named_score(chosen)}: {number(chosen['value'], 3)}, 95 %: {bounds}"
    name = f"latent size {chosen['latent_size']}"
    if chosen["pinned"] == ["latent_size", "seed"]:
        return f"The run of {name}, seed {chosen['seed']} was pinned in config.yaml ({score})."
    if len(latent_sizes) == seeds == 1 and not chosen["pinned"]:
        return f"The run of {name}, seed {chosen['seed']} is the only one to choose from ({score})."
    if "latent_size" in chosen["pinned"]:
        first = f"{name.capitalize()} was pinned in config.yaml"
    elif len(latent_sizes) == 1:
        first = f"{name.capitalize()} is the only one"
    elif scored == 1:
        first = f"{name.capitalize()} is the only one with a run that did not diverge"
    else:
        tie = _ties(chosen["tied_with"])
        mean = f"mean score {number(size['score'], 3)} over {counted(int(size['seeds']), 'seed')}"
        first = f"{name.capitalize()} has the highest {mean}{tie}"
    if "seed" in chosen["pinned"]:
        return f"{first}; seed {chosen['seed']} was pinned in config.yaml ({score})."
    if seeds > 1:
        return f"{first}; seed {chosen['seed']} is the best of its {seeds} ({score})."
    return f"{first}; its run is seed {chosen['seed']} ({score})."


def _ties(tied: Sequence[Mapping[str, int]] | None) -> str:
    if tied is None:
        return f"; what ties with it cannot be told with fewer than {LEAST_SEEDS} seeds"
    names = [size["latent_size"] for size in tied]
    return f"; tied with latent size{'s' * (len(names) > 1)} {listed(names)}" if names else ""
