"""What a sweep found, in sentences; every number in them is read from the tables."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from vaesweep.comparison.choice import by_verdict, chosen_run
from vaesweep.comparison.columns import COLUMNS, OTHER_PATHS
from vaesweep.runs import Names, Setting, runs_of, settings_of
from vaesweep.scoring.record import DIAGNOSTIC_COLUMNS
from vaesweep.statistics import MIN_SEEDS, rank_correlation
from vaesweep.templates import sentences
from vaesweep.words import listed, number

MAX_NAMED = 12  # runs in a sentence
MIN_RUNS = 3  # a rank correlation of fewer says nothing


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
    in_order, run = scored.sort_index(), chosen_run(chosen)
    unsure = in_order[(in_order["score_low"] <= 0) & (in_order["score_high"] >= 0)]
    first, *others = by_verdict(settings)
    tied, worse, undecided = (
        [one for one in settings_of(settings) if one in each] for each in others
    )
    names, of_run = Names.of(settings_of(settings)), settings_of(runs)
    ways = controls[controls["control"].isin(list(OTHER_PATHS))].sort_values(
        "score", ascending=False
    )
    likely = scored.dropna(subset="neg_elbo").sort_values("neg_elbo")
    of_side = [judges.filter(regex=f"^first_.*_{side}$") for side in ("a", "b")]
    said = sentences(
        "findings.txt",
        names=names,
        **{"first": first, "tied": tied, "worse": worse, "undecided": undecided},
        run=run,
        chosen=chosen,
        pinned=set(names.keys).intersection(chosen["pinned"]),
        scored=scored.to_dict("records"),
        last_setting=settings_of(scored)[-1],
        behind=settings_of(in_order[in_order["score"] < 0]),
        unsure=settings_of(unsure),
        own=runs[[setting == run.setting for setting in of_run]]["score"].dropna(),
        way=ways.iloc[0],
        ways=[
            f"{OTHER_PATHS[way.control]} scores {number(way.score, 3)}" for way in ways.itertuples()
        ],
        evidence=[*evidence(runs)],
        likely=likely["neg_elbo"].tolist(),
        likeliest=settings_of(likely)[:1],
        firsts=sorted({Setting(*row) for table in of_side for row in table.to_numpy().tolist()}),
        agreement=judges["rank_correlation"].min(),
        known=pd.notna,
        min_seeds=MIN_SEEDS,
    )
    return [*said, *cautions(runs, settings)]


def cautions(runs: pd.DataFrame, settings: pd.DataFrame) -> list[str]:
    """Return what is missing or doubtful: intervals, failed runs, flags."""
    seeds, names = settings["seeds"], Names.of(settings_of(settings))
    active, doubtful = runs["active_units"].dropna(), runs[~runs["flags"].isin(["", "diverged"])]
    return sentences(
        "cautions.txt",
        names=names,
        few=settings_of(settings[(seeds > 0) & (seeds < MIN_SEEDS)]),
        failed=int((runs["status"] != "ok").sum()),
        runs=len(runs),
        gone=settings_of(settings[seeds == 0]),
        collapsed=len(active) and (active == 0).all(),
        doubtful={
            flags: [f"{names.short(run.setting)}/{run.seed}" for run in runs_of(group)]
            for flags, group in doubtful.groupby("flags")
        },
        max_named=MAX_NAMED,
        min_seeds=MIN_SEEDS,
    )


def evidence(runs: pd.DataFrame) -> Iterator[str]:
    """Yield how far measures that no judge decides order the runs as the score does."""
    found = {}
    for name in ("known_path_error", "neg_elbo", *DIAGNOSTIC_COLUMNS[1:]):
        both = runs.reindex(columns=["score", name]).astype(float).dropna()
        if len(both) >= MIN_RUNS:
            better = -1 if COLUMNS[name]["better"] == "less" else 1
            together = rank_correlation(both["score"], better * both[name])
            if math.isfinite(together):
                found[COLUMNS[name]["words"]] = number(together, 2), len(both)
    if found:
        (main, (first, count)), *others = found.items()
        rest = [f"with {words} {together}" for words, (together, _) in others]
        yield (
            f"Over the {count} runs the score's rank correlation with {main} is {first}"
            f"{f'; {listed(rest)}' if rest else ''} (1: the better, the higher the score)."
        )
