"""What a sweep found, in sentences; every number in them is read from the tables."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from vaesweep.comparison.choice import capital, chosen_run
from vaesweep.comparison.columns import COLUMNS, WAYS
from vaesweep.comparison.verdict import by_verdict
from vaesweep.runs import Names, Setting, runs_of, settings_of
from vaesweep.scoring.summary import VIEW_COLUMNS
from vaesweep.statistics import LEAST_SEEDS, rank_correlation
from vaesweep.words import counted, interval, listed, number, signed

# Of the judges' rank correlations: at least so much for "alike", and for "much alike".
ALIKE, MUCH_ALIKE = 0.9, 0.6
MOST_NAMED = 12  # runs in a sentence
LEAST_RUNS = 3  # a rank correlation of fewer says nothing


def findings(
    runs: pd.DataFrame,
    settings: pd.DataFrame,
    chosen: Mapping[str, Any],
    judges: pd.DataFrame,
    controls: pd.DataFrame,
) -> list[str]:
    """Return what a reader should know before believing the choice, most important first.

    It is read from the tables of results/comparison of those names, and from chosen.json.
    """
    scored = settings[settings["seeds"] > 0].sort_values("score", ascending=False)
    names = Names.of(settings_of(settings))
    return [
        *_settings(settings, chosen, names),
        *_against_the_fade(scored, names),
        *_seed(runs, chosen, names),
        *_other_ways(controls),
        *evidence(runs),
        *_likelihood(scored, names),
        *_judges(judges, names),
        *cautions(runs, settings),
    ]


def cautions(runs: pd.DataFrame, settings: pd.DataFrame) -> list[str]:
    """Return what is missing or doubtful: intervals, failed runs, flags."""
    notes = []
    seeds, names = settings["seeds"], Names.of(settings_of(settings))
    few = settings_of(settings[(seeds > 0) & (seeds < LEAST_SEEDS)])
    if few:
        notes.append(
            f"No interval over seeds is given for {names.all(few)}, for how much seeds "
            f"differ cannot be told with fewer than {LEAST_SEEDS} seeds."
        )
    if failed := int((runs["status"] != "ok").sum()):
        takes = "takes" if failed == 1 else "take"
        notes.append(
            f"{failed} of {counted(len(runs), 'run')} diverged and {takes} part in no ranking."
        )
    if gone := settings_of(settings[seeds == 0]):
        notes.append(f"Of {names.all(gone)} no run is left: all of them diverged.")
    active = runs["active_units"].dropna()
    if len(active) and (active == 0).all():
        notes.append(
            "Every run collapsed: no code carries anything, so that there is nothing to "
            "interpolate. Lower model.beta, or train longer."
        )
    doubtful = runs[~runs["flags"].isin(["", "diverged"])]
    for flags, group in doubtful.groupby("flags"):
        shown, flagged = str(flags).replace(";", ", "), runs_of(group)
        said = listed([f"{names.short(run.setting)}/{run.seed}" for run in flagged[:MOST_NAMED]])
        more = f", and {len(flagged) - MOST_NAMED} more" if len(flagged) > MOST_NAMED else ""
        notes.append(f"Flagged “{shown}” ({names.noun}/seed): {said}{more}.")
    return notes


def _settings(settings: pd.DataFrame, chosen: Mapping[str, Any], names: Names) -> Iterator[str]:
    first, *others = by_verdict(settings)
    tied, worse, untold = ([one for one in settings_of(settings) if one in each] for each in others)
    lead = f"{capital(names.all([first]))} has the highest mean score"
    if tied:
        yield (
            f"{lead}, but {names.all(tied)} {'is' if len(tied) == 1 else 'are'} tied with it: "
            "corrected for the number of comparisons, this sweep does not tell them apart."
        )
    elif worse or untold:
        yield f"{lead}." if untold else f"{lead}, and no other is tied with it."
    if untold:
        yield (
            f"Whether {names.all([first])} differs from {names.all(untold)} cannot be told with "
            f"fewer than {LEAST_SEEDS} seeds."
        )
    own = chosen_run(chosen).setting
    if set(names.keys).intersection(chosen["pinned"]) and first != own:
        yield f"The configuration pins {names.all([own])} nevertheless."


def _against_the_fade(scored: pd.DataFrame, names: Names) -> Iterator[str]:
    best, last = scored.iloc[0], scored.iloc[-1]
    every, smallest, where = "The codes interpolate", "mean score", ""
    if len(scored) > 1:
        every, smallest = f"Every {names.noun} interpolates", "smallest mean score"
        where = f", that of {names.all(settings_of(scored)[-1:])}"
    bounds = interval(last["score_low"], last["score_high"], 3)
    known = f" (95 %: {bounds})" if pd.notna(last["score_low"]) else ""
    if best["score"] <= 0:
        yield (
            f"No {names.noun} interpolates better than the pixel cross-fade: the highest mean "
            f"score is {signed(best['score'], 3)}."
        )
    elif last["score"] >= 0:
        yield (
            f"{every} better than the pixel cross-fade on average: the {smallest} is "
            f"{signed(last['score'], 3)}{known}{where}."
        )
    in_order = scored.sort_index()
    if (worse := settings_of(in_order[in_order["score"] < 0])) and best["score"] > 0:
        yield f"For {names.all(worse)}, fading the test images is better on average."
    unsure = in_order[(in_order["score_low"] <= 0) & (in_order["score_high"] >= 0)]
    if len(unsure):
        yield f"For {names.all(settings_of(unsure))}, the interval of the mean score holds 0."


def _seed(runs: pd.DataFrame, chosen: Mapping[str, Any], names: Names) -> Iterator[str]:
    run = chosen_run(chosen)
    scores = runs[[setting == run.setting for setting in settings_of(runs)]]["score"].dropna()
    if "seed" not in chosen["pinned"] and len(scores) > 1:
        lowest, highest, mean = (signed(each, 3) for each in scores.agg(["min", "max", "mean"]))
        yield (
            f"The seed is the luck of a draw: seed {run.seed} is the best of {len(scores)} of "
            f"{names.all([run.setting])}, whose scores on all pairs go from {lowest} to {highest}. "
            f"On pairs that took no part in choosing it, the choice scores "
            f"{signed(chosen['value'], 3)}; a new seed may be expected at the mean, {mean}."
        )


def _other_ways(controls: pd.DataFrame) -> Iterator[str]:
    """Is the run's own way through its codes the best of those tried?"""
    ways = controls[controls["control"].isin(list(WAYS))].sort_values("score", ascending=False)

    def score(way: Any) -> str:
        return f"{WAYS[way.control]} scores {number(way.score, 3)}"

    best, *others = ways.itertuples()
    bounds = interval(best.difference_low, best.difference_high, 3)
    text = "No other way through the chosen run's codes is found to be better"
    if best.difference_low > 0:
        text = "The way that the runs take is not the limit of the chosen one's codes"
    yield (
        f"{text}: {score(best)} ({signed(best.difference, 3)}, 95 %: {bounds}), "
        f"{listed([score(way) for way in others])}."
    )


def evidence(runs: pd.DataFrame) -> Iterator[str]:
    """Yield how far measures that no judge decides order the runs as the score does."""
    found = {}
    for name in ("known_path_error", "neg_elbo", *VIEW_COLUMNS[1:]):
        both = runs.reindex(columns=["score", name]).astype(float).dropna()
        if len(both) >= LEAST_RUNS:
            better = -1 if COLUMNS[name].better == "less" else 1
            together = rank_correlation(both["score"], better * both[name])
            if math.isfinite(together):
                found[COLUMNS[name].words] = number(together, 2), len(both)
    if found:
        (main, (first, count)), *others = found.items()
        rest = [f"with {words} {together}" for words, (together, _) in others]
        yield (
            f"Over the {count} runs the score's rank correlation with {main} is {first}"
            f"{f'; {listed(rest)}' if rest else ''} (1: the better, the higher the score)."
        )


def _likelihood(scored: pd.DataFrame, names: Names) -> Iterator[str]:
    known = scored.dropna(subset="neg_elbo").sort_values("neg_elbo")
    if known.empty:  # plain autoencoders have no likelihood
        return
    nats = f"\N{MINUS SIGN}ELBO of {number(known['neg_elbo'].iloc[0], 1)} nats per image"
    if len(scored) == 1:
        yield f"The test images have a mean {nats}."
    else:
        yield f"The best likelihood, a {nats}, is that of {names.all(settings_of(known)[:1])}."


def _judges(judges: pd.DataFrame, names: Names) -> Iterator[str]:
    lowest = judges["rank_correlation"].min()
    if math.isnan(lowest):
        return
    of_side = [judges.filter(regex=f"^first_.*_{side}$") for side in ("a", "b")]
    firsts = sorted({Setting(*row) for table in of_side for row in table.to_numpy().tolist()})
    text = f"All judges put {names.all(firsts)} first; "
    if len(firsts) > 1:
        text = f"The judges do not agree on what comes first ({names.all(firsts)}); "
    degree = "alike" if lowest >= ALIKE else "much alike" if lowest >= MUCH_ALIKE else "differently"
    agreement = number(math.floor(lowest * 1000) / 1000, 3)
    yield f"{text}they rank the runs {degree}, with a rank correlation of at least {agreement}."
