"""Which run to show: the latent size with the highest mean score, then its best seed."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from vaesweep.errors import UserError
from vaesweep.files import Run, read_json, run_of
from vaesweep.words import counted, interval, listed, number

# In the figures of frames; more would not fit on a page.
MOST_SIZES_DRAWN = 10
CHOSEN_KEYS = ("latent_size", "seed", "value", "low", "high", "pinned", "tied_with", "reason")


def choose_run(
    runs: pd.DataFrame, latent_sizes: pd.DataFrame, pinned: Mapping[str, int | None]
) -> dict[str, Any]:
    """Choose the run to show.

    Args:
        runs: runs.csv.
        latent_sizes: latent_sizes.csv.
        pinned: latent_size and seed, taken as they are unless None.

    Returns:
        The content of chosen.json. `pinned` lists what was pinned; `tied_with` the other latent
        sizes, each by its best seed, that the data do not tell apart from the chosen one.

    Raises:
        UserError: no run is left to choose from.
    """
    candidates = runs[runs["status"] == "ok"]
    if pinned["seed"] is not None:
        candidates = candidates[candidates["seed"] == pinned["seed"]]
    latent_size = pinned["latent_size"]
    if latent_size is None and len(candidates):
        ranked = latent_sizes[latent_sizes["latent_size"].isin(candidates["latent_size"])]
        latent_size = int(ranked.loc[ranked["score"].idxmax(), "latent_size"])
    candidates = candidates[candidates["latent_size"] == latent_size]
    if candidates.empty:
        raise UserError(
            f"no run can be chosen: {int((runs['status'] != 'ok').sum())} of "
            f"{counted(len(runs), 'run')} diverged, among them those that `selection` allows; "
            "lower training.learning_rate or set training.precision to float32"
        )
    best = candidates.loc[candidates["score"].idxmax()]
    chosen: dict[str, Any] = {
        "latent_size": int(best["latent_size"]),
        "seed": int(best["seed"]),
        "metric": "score",
        "value": float(best["score"]),
        "low": float(best["score_low"]),
        "high": float(best["score_high"]),
        "pinned": [name for name, value in pinned.items() if value is not None],
    }
    chosen["tied_with"] = (
        [] if "latent_size" in chosen["pinned"] else _tied_sizes(latent_sizes, best["latent_size"])
    )
    return chosen | {"reason": _reason(chosen, latent_sizes, len(candidates))}


def read_chosen(path: str) -> dict[str, Any]:
    """Read chosen.json.

    Raises:
        UserError: it is missing or damaged.
    """
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


def _tied_sizes(latent_sizes: pd.DataFrame, chosen: int) -> list[dict[str, int]]:
    others = latent_sizes[latent_sizes["tied_with_first"] & (latent_sizes["latent_size"] != chosen)]
    return [
        {"latent_size": int(row["latent_size"]), "seed": int(row["best_seed"])}
        for _, row in others.iterrows()
    ]


def _reason(chosen: Mapping[str, Any], latent_sizes: pd.DataFrame, candidates: int) -> str:
    """Say why this size, and why this seed of it."""
    size = latent_sizes.set_index("latent_size").loc[chosen["latent_size"]]
    scored = int((latent_sizes["seeds"] > 0).sum())
    score = f"score {number(chosen['value'], 3)}, 95 %: " + interval(
        chosen["low"], chosen["high"], 3
    )
    name = f"latent size {chosen['latent_size']}"
    if chosen["pinned"] == ["latent_size", "seed"]:
        return f"The run of {name}, seed {chosen['seed']} was pinned in config.yaml ({score})."
    if len(latent_sizes) == candidates == 1 and not chosen["pinned"]:
        return f"The run of {name}, seed {chosen['seed']} is the only one to choose from ({score})."
    if "latent_size" in chosen["pinned"]:
        first = f"{name.capitalize()} was pinned in config.yaml"
    elif len(latent_sizes) == 1:
        first = f"{name.capitalize()} is the only one"
    elif scored == 1:
        first = f"{name.capitalize()} is the only one with a run that did not diverge"
    else:
        tied = [tie["latent_size"] for tie in chosen["tied_with"]]
        mean = f"mean score {number(size['score'], 3)} over {counted(int(size['seeds']), 'seed')}"
        tie = f"; tied with latent size{'s' * (len(tied) > 1)} {listed(tied)}" if tied else ""
        first = f"{name.capitalize()} has the highest {mean}{tie}"
    if "seed" in chosen["pinned"]:
        return f"{first}; seed {chosen['seed']} was pinned in config.yaml ({score})."
    if candidates > 1:
        return f"{first}; seed {chosen['seed']} is the best of its {candidates} ({score})."
    return f"{first}; its run is seed {chosen['seed']} ({score})."
