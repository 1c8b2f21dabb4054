"""What a sweep found, in sentences; every number in them is read from the tables."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from vaesweep.scoring.summary import VIEWS, WAYS
from vaesweep.statistics import LEAST_SEEDS, rank_correlation
from vaesweep.words import counted, interval, listed, number, signed

# Of the judges' rank correlations: at least so much for "alike", and for "much alike".
ALIKE, MUCH_ALIKE = 0.9, 0.6
LEAST_RUNS = 3  # a rank correlation of fewer says nothing


def findings(
    runs: pd.DataFrame,
    latent_sizes: pd.DataFrame,
    chosen: Mapping[str, Any],
    judges: pd.DataFrame,
    controls: pd.DataFrame,
) -> list[str]:
    """Return what a reader should know before believing the choice, most important first.

    It is read from the tables of results/comparison of those names, and from chosen.json.
    """
    scored = latent_sizes[latent_sizes["seeds"] > 0].sort_values("score", ascending=False)
    return [
        *_sizes(scored, chosen),
        *_against_the_fade(scored),
        *_seed(runs, scored, chosen),
        *_other_ways(controls),
        *evidence(runs),
        *_likelihood(scored),
        *_judges(judges),
        *cautions(runs, latent_sizes),
    ]


def cautions(runs: pd.DataFrame, latent_sizes: pd.DataFrame) -> list[str]:
    """Return what is missing or doubtful: intervals, failed runs, flags."""
    notes = []
    seeds = latent_sizes["seeds"]
    few = latent_sizes[(seeds > 0) & (seeds < LEAST_SEEDS)]["latent_size"].tolist()
    if few:
        notes.append(
            f"No interval over seeds is given at latent size {listed(few)}, for how much seeds "
            f"differ cannot be told with fewer than {LEAST_SEEDS} seeds."
        )
    if failed := int((runs["status"] != "ok").sum()):
        takes = "takes" if failed == 1 else "take"
        notes.append(
            f"{failed} of {counted(len(runs), 'run')} diverged and {takes} part in no ranking."
        )
    if gone := latent_sizes[seeds == 0]["latent_size"].tolist():
        notes.append(f"Of latent size {listed(gone)} no run is left: all of them diverged.")
    active = runs["active_units"].dropna()
    if len(active) and (active == 0).all():
        notes.append(
            "Every run collapsed: no code carries anything, so that there is nothing to "
            "interpolate. Lower model.beta, or train longer."
        )
    doubtful = runs[~runs["flags"].isin(["", "diverged"])]
    for flags, group in doubtful.groupby("flags"):
        names = [f"{row.latent_size}/{row.seed}" for row in group.itertuples()]
        shown = str(flags).replace(";", ", ")
        notes.append(f"Flagged “{shown}” (latent size/seed): {listed(names)}.")
    return notes


def _sizes(scored: pd.DataFrame, chosen: Mapping[str, Any]) -> Iterator[str]:
    first = int(scored["latent_size"].iloc[0])
    others = scored[scored["latent_size"] != first].sort_values("latent_size")
    ties = others["tied_with_first"].astype("boolean")
    tied = others[ties.fillna(False)]["latent_size"].tolist()
    untold = others[ties.isna()]["latent_size"].tolist()
    lead = f"Latent size {first} has the highest mean score"
    if tied:
        yield (
            f"{lead}, but {listed(tied)} {'is' if len(tied) == 1 else 'are'} tied with it: "
            "corrected for the number of comparisons, this sweep does not tell them apart."
        )
    elif len(others):
        yield f"{lead}." if untold else f"{lead}, and no other is tied with it."
    if untold:
        yield (
            f"Whether latent size {first} differs from {listed(untold)} cannot be told with fewer "
            f"than {LEAST_SEEDS} seeds."
        )
    if "latent_size" in chosen["pinned"] and first != chosen["latent_size"]:
        yield f"The configuration pins latent size {chosen['latent_size']} nevertheless."


def _against_the_fade(scored: pd.DataFrame) -> Iterator[str]:
    best, last = scored.iloc[0], scored.iloc[-1]
    every = "Every latent size interpolates" if len(scored) > 1 else "The codes interpolate"
    where = f", at latent size {int(last['latent_size'])}" if len(scored) > 1 else ""
    smallest = "smallest mean score" if len(scored) > 1 else "mean score"
    bounds = interval(last["score_low"], last["score_high"], 3)
    known = f" (95 %: {bounds})" if pd.notna(last["score_low"]) else ""
    if best["score"] <= 0:
        yield (
            "No latent size interpolates better than the pixel cross-fade: the highest mean score "
            f"is {signed(best['score'], 3)}."
        )
    elif last["score"] >= 0:
        yield (
            f"{every} better than the pixel cross-fade on average: the {smallest} is "
            f"{signed(last['score'], 3)}{known}{where}."
        )
    if len(worse := scored[scored["score"] < 0]) and best["score"] > 0:
        names = listed(sorted(worse["latent_size"]))
        yield f"Latent size {names}: fading the test images is better on average."
    unsure = scored[(scored["score_low"] <= 0) & (scored["score_high"] >= 0)]
    if sizes := sorted(unsure["latent_size"].tolist()):
        yield f"At latent size {listed(sizes)} the interval of the mean score holds 0."


def _seed(runs: pd.DataFrame, scored: pd.DataFrame, chosen: Mapping[str, Any]) -> Iterator[str]:
    size = scored.set_index("latent_size").loc[chosen["latent_size"]]
    seeds = int(size["seeds"])
    of_size = runs[(runs["latent_size"] == chosen["latent_size"]) & (runs["status"] == "ok")]
    if "seed" in chosen["pinned"] or seeds < 2:
        return
    lowest, highest = (signed(end, 3) for end in (of_size["score"].min(), of_size["score"].max()))
    yield (
        f"The seed is the luck of a draw: seed {chosen['seed']} is the best of {seeds} at latent "
        f"size {chosen['latent_size']}, whose scores on all pairs go from {lowest} to {highest}. "
        f"On pairs that took no part in choosing it, the choice scores "
        f"{signed(chosen['value'], 3)}; a new seed may be expected at the mean, "
        f"{signed(size['score'], 3)}."
    )


def _other_ways(controls: pd.DataFrame) -> Iterator[str]:
    """Is the run's own way through its codes the best of those tried?"""
    ways = controls[controls["control"].isin(list(WAYS))].sort_values("score", ascending=False)
    if ways.empty:
        return

    def score(way: Any) -> str:
        return f"{WAYS[way.control]} scores {number(way.score, 3)}"

    best, *others = ways.itertuples()
    bounds = interval(best.difference_low, best.difference_high, 3)
    lead = f"{signed(best.difference, 3)}, 95 %: {bounds}"
    if best.difference_low > 0:
        text = "The way that the runs take is not the limit of the chosen one's codes: "
    else:
        text = "No other way through the chosen run's codes is found to be better: "
    yield f"{text}{score(best)} ({lead}), {listed([score(way) for way in others])}."


def evidence(runs: pd.DataFrame) -> Iterator[str]:
    """Yield how far measures that no judge decides order the runs as the score does."""
    known = runs.dropna(subset="score")
    columns = [("neg_elbo", -1, "the likelihood"), *((v.name, v.better, v.words) for v in VIEWS)]
    found = []
    for name, better, words in columns:
        values = known[name].astype(float) if name in known else pd.Series(dtype=float)
        if values.notna().sum() < LEAST_RUNS:
            continue
        together = rank_correlation(known["score"].to_numpy(), better * values.to_numpy())
        if math.isfinite(together):
            found.append((name, words, number(together, 2)))
    if not found:
        return
    found.sort(key=lambda each: each[0] != "known_path_error")
    _, main, first = found[0]
    rest = [f"with {words} {together}" for _, words, together in found[1:]]
    yield (
        f"Over the {len(known)} runs the score's rank correlation with {main} is {first}"
        f"{f'; {listed(rest)}' if rest else ''} (1: the better, the higher the score)."
    )


def _likelihood(scored: pd.DataFrame) -> Iterator[str]:
    known = scored.dropna(subset="neg_elbo")
    if known.empty:  # plain autoencoders have no likelihood
        return
    likely = known.loc[known["neg_elbo"].idxmin()]
    nats = f"\N{MINUS SIGN}ELBO of {number(likely['neg_elbo'], 1)} nats per image"
    if len(scored) == 1:
        yield f"The test images have a mean {nats}."
    else:
        yield f"The best likelihood, a {nats}, is at latent size {int(likely['latent_size'])}."


def _judges(judges: pd.DataFrame) -> Iterator[str]:
    lowest = judges["rank_correlation"].min()
    if math.isnan(lowest):
        return
    firsts = sorted({*judges["first_latent_size_a"], *judges["first_latent_size_b"]})
    if len(firsts) == 1:
        text = f"All judges put latent size {firsts[0]} first; "
    else:
        text = f"The judges do not agree on which latent size comes first ({listed(firsts)}); "
    degree = "alike" if lowest >= ALIKE else "much alike" if lowest >= MUCH_ALIKE else "differently"
    agreement = number(math.floor(lowest * 1000) / 1000, 3)
    yield f"{text}they rank the runs {degree}, with a rank correlation of at least {agreement}."
