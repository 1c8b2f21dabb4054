"""What a sweep found, in sentences; every number in them is read from the tables."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from vaesweep.documents.html_tables import number, signed
from vaesweep.statistics import LEAST_SEEDS, rank_correlation
from vaesweep.words import listed


def findings(
    runs: pd.DataFrame, latent_sizes: pd.DataFrame, chosen: Mapping[str, Any], judges: pd.DataFrame
) -> list[str]:
    """Return what a reader should know before believing the choice, most important first.

    Args:
        runs: `runs.csv`.
        latent_sizes: `latent_sizes.csv`.
        chosen: `chosen.json`.
        judges: `judges.csv`.
    """
    return [
        *_sizes(latent_sizes),
        *_seed(runs, latent_sizes, chosen),
        *_likelihood(runs, latent_sizes),
        *_judges(judges),
        *cautions(runs, latent_sizes),
    ]


def cautions(runs: pd.DataFrame, latent_sizes: pd.DataFrame) -> list[str]:
    """Return what is missing or doubtful: intervals, failed runs, flags."""
    notes = []
    if latent_sizes["gain_low"].isna().any():
        few = latent_sizes[latent_sizes["gain_low"].isna()]["latent_size"].tolist()
        notes.append(
            f"No interval over seeds is given at latent size {listed(few)}: it takes at least "
            f"{LEAST_SEEDS} seeds to tell how much seeds differ."
        )
    failed = runs[runs["status"] != "ok"]
    if len(failed):
        notes.append(f"{len(failed)} of {len(runs)} runs diverged and take part in no ranking.")
    flagged = runs[runs["flags"].fillna("").astype(str) != ""]
    for flags, group in flagged.groupby("flags"):
        names = [f"{row.latent_size}/{row.seed}" for row in group.itertuples()]
        notes.append(f"Flagged “{flags}” (latent size/seed): {listed(names)}.")
    return notes


def _sizes(latent_sizes: pd.DataFrame) -> Iterable[str]:
    by_gain = latent_sizes.dropna(subset="gain").sort_values("gain", ascending=False)
    first = int(by_gain["latent_size"].iloc[0])
    tied = by_gain[by_gain["tied_with_first"].astype(bool) & (by_gain["latent_size"] != first)]
    others = sorted(tied["latent_size"].tolist())
    if others:
        yield (
            f"Latent size {first} has the highest mean gain, but {listed(others)} "
            f"{'is' if len(others) == 1 else 'are'} tied with it: the interval of the paired "
            "difference holds 0, so this sweep does not tell them apart."
        )
    elif len(by_gain) > 1:
        yield f"Latent size {first} has the highest mean gain, and no other is tied with it."
    last = by_gain.iloc[-1]
    if len(by_gain) == 1:
        yield (
            "Interpolating between codes is better than the pixel cross-fade by "
            f"{signed(last['gain'], 3)} on average."
            if last["gain"] > 0
            else "Interpolating between codes is no better than the pixel cross-fade on average."
        )
    elif last["gain"] > 0:
        yield (
            "Every latent size interpolates better than the pixel cross-fade on average; the "
            f"smallest mean gain is {signed(last['gain'], 3)}, at latent size "
            f"{int(last['latent_size'])}."
        )


def _seed(
    runs: pd.DataFrame, latent_sizes: pd.DataFrame, chosen: Mapping[str, Any]
) -> Iterable[str]:
    size = latent_sizes.set_index("latent_size").loc[chosen["latent_size"]]
    seeds = int(size["seeds"])
    of_size = runs[(runs["latent_size"] == chosen["latent_size"]) & (runs["status"] == "ok")]
    if chosen["pinned"] or seeds < 2:
        return
    yield (
        f"The seed is the luck of a draw: seed {chosen['seed']} is the best of {seeds} at latent "
        f"size {chosen['latent_size']} (gain {signed(chosen['value'], 3)}), whose gains go from "
        f"{signed(of_size['gain'].min(), 3)} up. A new seed may be expected at their mean, "
        f"{signed(size['gain'], 3)}."
    )


def _likelihood(runs: pd.DataFrame, latent_sizes: pd.DataFrame) -> Iterable[str]:
    likely = latent_sizes.loc[latent_sizes["neg_elbo"].idxmin()]
    known = runs.dropna(subset=["gain", "neg_elbo"])
    nats = f"\N{MINUS SIGN}ELBO of {number(likely['neg_elbo'], 1)} nats per image"
    if len(latent_sizes) == 1:
        text = f"The test images have a mean {nats}"
    else:
        text = f"The best likelihood, a {nats}, is at latent size {int(likely['latent_size'])}"
    if len(known) > 2:
        together = rank_correlation(known["gain"].to_numpy(), -known["neg_elbo"].to_numpy())
        text += (
            f"; over the {len(known)} runs the rank correlation of likelihood and gain is "
            f"{number(together, 2)}"
        )
    yield f"{text}."


def _judges(judges: pd.DataFrame) -> Iterable[str]:
    if judges.empty:
        return
    firsts = sorted({*judges["first_latent_size_a"], *judges["first_latent_size_b"]})
    agreement = number(math.floor(judges["rank_correlation"].min() * 1000) / 1000, 3)
    if len(firsts) == 1:
        yield (
            f"All judges put latent size {firsts[0]} first; they rank the runs alike, with a rank "
            f"correlation of at least {agreement}."
        )
    else:
        yield (
            f"The judges do not agree on which latent size comes first ({listed(firsts)}); their "
            f"rankings of the runs have a rank correlation of at least {agreement}."
        )
