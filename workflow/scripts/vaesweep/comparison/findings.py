"""The findings of a sweep as sentences. All numbers in them come from the tables."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from vaesweep.comparison.chosen import chosen_run
from vaesweep.comparison.columns import COLUMNS, OTHER_PATHS
from vaesweep.runs import SETTING_KEYS, Names, Setting, rows_of, runs_of, settings_of
from vaesweep.statistics import MIN_SEEDS, rank_correlation
from vaesweep.words import capital, counted, interval, listed, number, signed

MAX_FLAGGED = 12  # runs in a sentence
MIN_RUNS = 3  # for a rank correlation
# Measures that no judge decides, the most important first.
EVIDENCE = ("known_path_error", "neg_elbo", "frechet", "nll_is")


def findings(
    runs: pd.DataFrame,
    settings: pd.DataFrame,
    chosen: Mapping[str, Any],
    judges: pd.DataFrame,
    controls: pd.DataFrame,
) -> list[str]:
    """Return what a reader should know before believing the choice, most important first.

    It takes the tables of these names in results/comparison, and chosen.json. The verdict in
    chosen.json already says which settings are best, tied and worse.
    """
    names = Names.of(settings_of(settings))
    scored = settings[settings["seeds"] > 0]
    return [
        *_against_cross_fade(scored, names),
        *_luck_of_the_seed(runs, chosen, names),
        _other_paths(controls),
        *evidence(runs),
        *_likelihood(scored, names),
        *_judges(judges, names),
        *cautions(runs, settings),
    ]


def _against_cross_fade(scored: pd.DataFrame, names: Names) -> Iterator[str]:
    by_score = scored.sort_values("score")
    lowest, highest = by_score.iloc[0], by_score.iloc[-1]
    below = scored[scored["score"] < 0]
    if highest["score"] <= 0:
        yield (
            f"No {names.noun} interpolates better than the pixel cross-fade: the highest mean "
            f"score is {signed(highest['score'], 3)}."
        )
    elif len(below):
        phrase = names.phrase(settings_of(below))
        yield f"For {phrase}, the pixel cross-fade is better on average."
    else:
        subject = f"Every {names.noun} interpolates" if len(scored) > 1 else "The codes interpolate"
        score = signed(lowest["score"], 3)
        if pd.notna(lowest["score_low"]):
            score += f" (95 %: {interval(lowest['score_low'], lowest['score_high'], 3)})"
        yield (
            f"{subject} better than the pixel cross-fade on average: the lowest mean score is "
            f"{score}, of {names.phrase(settings_of(by_score)[:1])}."
        )
    unsure = scored[(scored["score_low"] <= 0) & (scored["score_high"] >= 0)]
    if len(unsure):
        phrase = names.phrase(settings_of(unsure))
        yield f"For {phrase}, the interval of the mean score includes 0."


def _luck_of_the_seed(runs: pd.DataFrame, chosen: Mapping[str, Any], names: Names) -> Iterator[str]:
    run = chosen_run(chosen)
    scores = rows_of(runs, run.setting)["score"].dropna()
    if len(scores) > 1 and "seed" not in chosen["pinned"]:
        yield (
            f"Part of the lead of seed {run.seed} is luck: it is the best of {len(scores)} seeds "
            f"of {names.phrase([run.setting])}, whose scores on all pairs range from "
            f"{signed(scores.min(), 3)} to {signed(scores.max(), 3)}. On pairs that took no part "
            f"in the choice, the score is {signed(chosen['value'], 3)}. A new seed can be expected "
            f"to score the mean, {signed(scores.mean(), 3)}."
        )


def _other_paths(controls: pd.DataFrame) -> str:
    """Say whether any other path through the chosen run's codes is better than the runs' path."""
    others = controls[controls["control"].isin(list(OTHER_PATHS))]
    others = others.sort_values("score", ascending=False)
    best = others.iloc[0]
    scores = [
        f"{OTHER_PATHS[row.control]} scores {number(row.score, 3)}" for row in others.itertuples()
    ]
    bounds = interval(best["difference_low"], best["difference_high"], 3)
    scores[0] += f" ({signed(best['difference'], 3)}, 95 %: {bounds})"
    lead = "No other path through the chosen run's codes is found to score higher"
    if best["difference_low"] > 0:
        lead = "Another path through the chosen run's codes scores higher"
    return f"{lead}: {listed(scores)}."


def evidence(runs: pd.DataFrame) -> Iterator[str]:
    """Yield how far measures that no judge decides rank the runs as the score does."""
    correlations, counts = [], []
    for name in EVIDENCE:
        both = runs.reindex(columns=["score", name]).astype(float).dropna()
        if len(both) < MIN_RUNS:
            continue
        sign = -1 if COLUMNS[name]["better"] == "less" else 1
        correlation = rank_correlation(both["score"], sign * both[name])
        if math.isfinite(correlation):
            correlations.append(f"{number(correlation, 2)} with {COLUMNS[name]['words']}")
            counts.append(len(both))
    if correlations:
        yield (
            f"Over {counts[0]} runs the rank correlation of the score is {listed(correlations)} "
            "(positive: the better the measure, the higher the score)."
        )


def _likelihood(scored: pd.DataFrame, names: Names) -> Iterator[str]:
    known = scored.dropna(subset="neg_elbo").sort_values("neg_elbo")
    if len(known) > 1:
        yield (
            f"{capital(names.phrase(settings_of(known)[:1]))} has the best likelihood on the test "
            f"images, a mean −ELBO of {number(known['neg_elbo'].iloc[0], 1)} nats per image."
        )


def _judges(judges: pd.DataFrame, names: Names) -> Iterator[str]:
    lowest = judges["rank_correlation"].min()
    if pd.isna(lowest):
        return
    firsts = set()
    for side in ("a", "b"):
        columns = judges[[f"first_{key}_{side}" for key in SETTING_KEYS]]
        firsts |= {Setting(*row) for row in columns.to_numpy().tolist()}
    phrase = names.phrase(sorted(firsts))
    first = f"All judges put {phrase} first"
    if len(firsts) > 1:
        first = f"The judges disagree on which {names.noun} comes first ({phrase})"
    agreement = "differ"
    if lowest >= 0.9:
        agreement = "agree closely"
    elif lowest >= 0.6:
        agreement = "agree in part"
    rounded = number(math.floor(1000 * lowest) / 1000, 3)  # rounded down, as it is a lower bound
    yield f"{first}. Their rankings of the runs {agreement} (rank correlation {rounded} or more)."


def cautions(runs: pd.DataFrame, settings: pd.DataFrame) -> list[str]:
    """Return what is missing or doubtful: intervals, diverged runs, flags."""
    names = Names.of(settings_of(settings))
    few = settings[(settings["seeds"] > 0) & (settings["seeds"] < MIN_SEEDS)]
    diverged = int((runs["status"] != "ok").sum())
    lost = settings[settings["seeds"] == 0]
    active_units = runs["active_units"].dropna()
    sentences = []
    if len(few):
        sentences.append(
            f"No interval over seeds is given for {names.phrase(settings_of(few))}: fewer than "
            f"{MIN_SEEDS} seeds do not show how much seeds differ."
        )
    if diverged:
        verb = "is" if diverged == 1 else "are"
        sentences.append(
            f"{diverged} of {counted(len(runs), 'run')} diverged and {verb} excluded from all "
            "statistics."
        )
    if len(lost):
        sentences.append(f"All runs of {names.phrase(settings_of(lost))} diverged.")
    if len(active_units) and (active_units == 0).all():
        sentences.append(
            "Every run collapsed: its codes carry no information, so there is nothing to "
            "interpolate. Lower model.beta or train longer."
        )
    return sentences + _flags(runs, names)


def _flags(runs: pd.DataFrame, names: Names) -> list[str]:
    sentences = []
    flagged = runs[~runs["flags"].isin(["", "diverged"])]
    for flags, group in flagged.groupby("flags"):
        labels = [f"{names.label(run.setting)}/{run.seed}" for run in runs_of(group)]
        more = len(labels) - MAX_FLAGGED
        text = listed(labels) if more <= 0 else f"{', '.join(labels[:MAX_FLAGGED])} and {more} more"
        sentences.append(f"Flagged “{flags.replace(';', ', ')}” ({names.noun}/seed): {text}.")
    return sentences
