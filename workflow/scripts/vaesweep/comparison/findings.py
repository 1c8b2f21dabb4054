"""The findings of a sweep as sentences. All numbers in them come from the tables."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from vaesweep.comparison.chosen import chosen_run
from vaesweep.comparison.columns import COLUMNS, OTHER_PATHS
from vaesweep.comparison.front import on_the_axes
from vaesweep.comparison.verdict import against_fading
from vaesweep.runs import SETTING_KEYS, Names, Setting, rows_of, runs_of, settings_of
from vaesweep.statistics import MIN_SEEDS, rank_correlation
from vaesweep.words import MISSING, capital, counted, interval, listed, number, signed

MAX_FLAGGED = 12  # runs in a sentence
MIN_RUNS = 3  # for a rank correlation
# What is true on known paths of both axes and of the score.
TRUTHS = (
    ("lost_at_ends", "known_path_reconstruction", "what is lost at the ends with reconstruction"),
    ("lost_between", "known_path_interpolation", "what is lost between them with interpolation"),
    ("score", "known_path_error", "the score with the whole error"),
)
# Other measures that no judge decides, the most important first.
EVIDENCE = ("neg_elbo", "frechet", "nll_is")


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
        *_against_fading(runs, scored, names),
        *on_the_axes(scored),
        *_luck_of_the_seed(runs, chosen, names),
        _other_paths(controls),
        *evidence(runs),
        *_likelihood(scored, names),
        *_judges(judges, names),
        *cautions(runs, settings),
    ]


def _against_fading(runs: pd.DataFrame, scored: pd.DataFrame, names: Names) -> Iterator[str]:
    """Yield which settings are above fading, below it, or neither for sure.

    The verdict says that all are below, and what is true of the only setting.
    """
    order = settings_of(scored)
    sides = {key: against_fading(rows_of(runs, key), rows_of(scored, key)) for key in order}
    below, unsure = ([key for key in order if sides[key] == side] for side in (-1, 0))
    if below and len(below) < len(order):
        yield f"{capital(names.phrase(below))} score{'s' * (len(below) == 1)} below fading."
    if unsure and len(order) > 1:
        verb = "is" if len(unsure) == 1 else "are"
        yield f"{capital(names.phrase(unsure))} {verb} not distinguishable from fading."
    if not below and not unsure:
        lowest = scored.sort_values("score").iloc[:1]
        bounds = interval(lowest["score_low"].item(), lowest["score_high"].item(), 3)
        score = signed(lowest["score"].item(), 3)
        score += "" if bounds == MISSING else f" (95 %: {bounds})"
        if len(order) > 1:
            phrase = names.phrase(settings_of(lowest))
            yield f"Every {names.noun} scores above fading, {phrase} lowest with a mean of {score}."
        else:
            yield f"The codes score above fading, {score} on average."


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
    """Yield how far measures that no judge decides rank the runs as the axes and the score do."""
    checks = [
        f"{correlation} of {words}"
        for column, truth, words in TRUTHS
        if (correlation := _correlation(runs, column, truth))
    ]
    if checks:
        yield f"On known paths, over the runs, the rank correlation is {listed(checks)}."
    others = [
        f"{correlation} with {COLUMNS[name]['words']}"
        for name in EVIDENCE
        if (correlation := _correlation(runs, "score", name))
    ]
    if others:
        yield (
            f"The rank correlation of the score is {listed(others)} (positive: the better the "
            "measure, the higher the score)."
        )


def _correlation(runs: pd.DataFrame, a: str, b: str) -> str:
    """The rank correlation of two columns of runs.csv, each the better the higher, or nothing."""
    both = runs.reindex(columns=[a, b]).astype(float).dropna()
    if len(both) < MIN_RUNS:
        return ""
    correlation = rank_correlation(both[a], both[b])
    sign = 1 if COLUMNS[a]["better"] == COLUMNS[b]["better"] else -1
    return number(sign * correlation, 2) if math.isfinite(correlation) else ""


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
    if runs["flags"].str.contains("collapsed").all():
        sentences.append(
            "Every run collapsed: its codes carry no information, so there is nothing to "
            "interpolate. Lower model.beta or train longer."
        )
    if runs["flags"].str.contains("other-hardware").any():
        sentences.append(
            "Some runs were trained on another device, or in another precision, than most runs of "
            "their variant (flagged “other-hardware”). Their scores may differ for that reason."
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
