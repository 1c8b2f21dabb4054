"""Which run to show: the latent size with the highest mean gain, then its best seed."""

from typing import Any

import pandas as pd

from vaesweep.errors import UserError
from vaesweep.words import counted

# In the figures of frames; more would not fit on a page.
MOST_SIZES_DRAWN = 10


def choose_run(
    runs: pd.DataFrame,
    latent_sizes: pd.DataFrame,
    pinned_latent_size: int | None,
    pinned_seed: int | None,
) -> dict[str, Any]:
    """Choose the run to show.

    Args:
        runs: runs.csv.
        latent_sizes: latent_sizes.csv.
        pinned_latent_size: taken as it is, unless None.
        pinned_seed: likewise.

    Returns:
        The content of chosen.json. `tied_with` lists the other latent sizes, each by its best
        seed, that the data do not tell apart from the chosen one.

    Raises:
        UserError: no run is left to choose from.
    """
    candidates = runs[runs["status"] == "ok"]
    if pinned_seed is not None:
        candidates = candidates[candidates["seed"] == pinned_seed]
    latent_size = pinned_latent_size
    if latent_size is None:
        ranked = latent_sizes[latent_sizes["latent_size"].isin(candidates["latent_size"])]
        latent_size = (
            None if ranked.empty else int(ranked.loc[ranked["gain"].idxmax(), "latent_size"])
        )
    candidates = candidates[candidates["latent_size"] == latent_size]
    if candidates.empty:
        diverged = int((runs["status"] != "ok").sum())
        raise UserError(
            f"no run can be chosen: {diverged} of {len(runs)} runs diverged, among them those "
            "that `selection` allows; lower training.learning_rate or set training.precision to "
            "float32"
        )
    best = candidates.loc[candidates["gain"].idxmax()]
    pinned = pinned_latent_size is not None or pinned_seed is not None
    tied = [] if pinned else _tied_sizes(latent_sizes, int(best["latent_size"]))
    chosen = {
        "latent_size": int(best["latent_size"]),
        "seed": int(best["seed"]),
        "metric": "gain",
        "value": float(best["gain"]),
        "low": float(best["gain_low"]),
        "high": float(best["gain_high"]),
        "pinned": pinned,
        "tied_with": tied,
    }
    size = latent_sizes.set_index("latent_size").loc[chosen["latent_size"]]
    only = len(latent_sizes) == 1
    return chosen | {"reason": _reason(chosen, size, len(candidates), only)}


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


def _reason(chosen: dict[str, Any], size: pd.Series, seeds: int, only: bool) -> str:
    name = f"latent size {chosen['latent_size']}, seed {chosen['seed']}"
    gain = f"gain {chosen['value']:.3f} [{chosen['low']:.3f}, {chosen['high']:.3f}]"
    if chosen["pinned"]:
        return f"The run of {name} was pinned in config.yaml ({gain})."
    if only and seeds == 1:
        return f"The run of {name} is the only one to choose from ({gain})."
    best = f"seed {chosen['seed']} is the best of its {seeds} ({gain})"
    if only:
        return f"Latent size {chosen['latent_size']} is the only one; {best}."
    mean = f"mean gain {size['gain']:.3f} over {counted(int(size['seeds']), 'seed')}"
    others = ", ".join(str(tie["latent_size"]) for tie in chosen["tied_with"])
    plural = "s" if len(chosen["tied_with"]) > 1 else ""
    tie = f"; tied with latent size{plural} {others}" if others else ""
    first = f"Latent size {chosen['latent_size']} has the highest {mean}{tie}"
    return f"{first}; {best}." if seeds > 1 else f"{first}; its run is seed {chosen['seed']}."
