"""The sentences of chosen.json: the verdict on the settings, and the reason for the chosen run."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vaesweep.comparison.chosen import chosen_run, score_label
from vaesweep.comparison.columns import RECORDS
from vaesweep.runs import SETTING_KEYS, Names, Setting, rows_of, settings_of
from vaesweep.statistics import MIN_SEEDS
from vaesweep.words import capital, counted, interval, listed, number, signed

MAX_WORSE = 4  # settings in the verdict that are worse than the first


def split_settings(
    settings: pd.DataFrame,
) -> tuple[Setting, list[Setting], list[Setting], list[Setting]]:
    """Split the settings into the best one, tied, significantly worse, and undecided.

    A setting is undecided if it or the best one has too few seeds. The lists are ordered by score.
    Settings whose runs all diverged are left out.
    """
    scored = settings[settings["seeds"] > 0].sort_values("score", ascending=False, kind="stable")
    best, others = settings_of(scored)[0], scored[1:]
    tied = others["tied_with_first"].astype("boolean")
    return (
        best,
        settings_of(others[tied.fillna(False)]),
        settings_of(others[~tied.fillna(True)]),
        settings_of(others[tied.isna()]),
    )


def verdict(
    runs: pd.DataFrame, settings: pd.DataFrame, controls: pd.DataFrame | None = None
) -> str:
    """Say which settings to use, how far the others are behind, and how much seeds differ.

    It takes the tables of these names, controls.csv if it is made already. Whatever speaks against
    the best setting comes first: a control above the chosen run, or a score that is not above
    fading. At least one run has not diverged.
    """
    names = Names.of(settings_of(settings))
    best, tied, worse, undecided = split_settings(settings)
    phrase = names.phrase([best, *tied], "or") + (" (tied)" if tied else "")
    score = signed(rows_of(settings, best)["score"].item(), 3)
    side = against_fading(rows_of(runs, best), rows_of(settings, best))
    doubt = _doubt(runs, controls, side)
    if side > 0:
        first = (
            f"Use {phrase}"
            if not doubt
            else f"{capital(phrase)} {'score' if tied else 'scores'} highest"
        )
    else:
        lead = (
            "Not distinguishable from fading"
            if side == 0
            else f"No {names.noun} scores above fading"
        )
        first = f"{lead}: the highest mean score is {score}, of {phrase}"
    parts = [first]
    if undecided:
        parts.append(
            f"ties with {names.phrase(undecided)} cannot be assessed with fewer than "
            f"{MIN_SEEDS} seeds"
        )
    if worse:
        parts.append(_gaps(settings, best, worse, names))
    ok = runs[runs["status"] == "ok"]
    variance = ok.groupby(SETTING_KEYS)["score"].var(ddof=1).mean()
    if pd.notna(variance):
        parts.append(f"seeds differ by {number(variance**0.5, 2)} (standard deviation)")
    sentences = [doubt, f"{'; '.join(parts)}."]
    return " ".join(filter(None, sentences if side > 0 else reversed(sentences)))


def against_fading(runs: pd.DataFrame, setting: pd.DataFrame) -> int:
    """Return 1 if a setting scores above fading, -1 if below, and 0 if that is not distinguishable.

    It takes its rows of runs.csv and settings.csv. With too few seeds it has no interval; then the
    intervals of all its runs have to be on one side.
    """
    known = setting if setting["score_low"].notna().all() else runs.dropna(subset="score")
    return int((known["score_low"] > 0).all()) - int((known["score_high"] < 0).all())


def _doubt(runs: pd.DataFrame, controls: pd.DataFrame | None, side: int) -> str:
    """A sentence on the highest control above the chosen run, or nothing.

    Only optimal transport should be above it. `side` is `against_fading` of the best setting;
    unless it is 1, the verdict already says how the scores compare to the cross-fade.
    """
    if controls is None:
        return ""
    names = set(RECORDS["controls"]) - {"transport", "cross_fade" if side < 1 else ""}
    above = controls[controls["control"].isin(names) & (controls["difference"] > 0)]
    if above.empty:
        return ""
    highest = above.loc[above["score"].idxmax()]
    control = f"{RECORDS['controls'][highest['control']]}, {signed(highest['score'], 3)}"
    if highest["score"] > runs["score"].max():
        return f"The scale of this sweep is in doubt: a control scores above every run ({control})."
    return f"A control scores above the chosen run ({control})."


def _gaps(settings: pd.DataFrame, best: Setting, worse: list[Setting], names: Names) -> str:
    """Say by how much the first few settings are worse, and the last of the rest."""
    scores = dict(zip(settings_of(settings), settings["score"], strict=True))
    gaps = {setting: number(scores[best] - scores[setting], 2) for setting in worse}
    first, *others = worse[:MAX_WORSE]
    phrases = [f"{names.label(first)} is worse by {gaps[first]}"]
    phrases += [f"{names.label(setting)} by {gaps[setting]}" for setting in others]
    if len(worse) > MAX_WORSE:
        phrases.append(f"{len(worse) - MAX_WORSE} more by up to {gaps[worse[-1]]}")
    return listed(phrases)


def reason(chosen: Mapping[str, Any], candidates: pd.DataFrame, settings: pd.DataFrame) -> str:
    """Say why the setting and the seed in chosen.json were chosen.

    `candidates` are the rows of runs.csv from which the choice was made.
    """
    run, names = chosen_run(chosen), Names.of(settings_of(settings))
    pins = [
        f"{key.replace('_', ' ')} {chosen[key]}" for key in names.keys if key in chosen["pinned"]
    ]
    row = rows_of(settings, run.setting).iloc[0]
    if len(set(settings_of(candidates))) > 1:
        over = counted(int(row["seeds"]), "seed")
        why_setting = f"has the highest mean score, {number(row['score'], 3)} over {over}"
        if pins:
            why_setting += f", among those with {listed(pins)}, pinned in config.yaml"
        elif row["rank"] != 1:
            why_setting += ", of the models trained here"
    elif pins:
        why_setting = "was pinned in config.yaml"
    else:
        why_setting = f"is the only {names.noun} to choose from"
    seeds = len(rows_of(candidates, run.setting))
    if "seed" in chosen["pinned"]:
        why_seed = f"seed {run.seed} was pinned in config.yaml"
    elif seeds > 1:
        why_seed = f"seed {run.seed} is the best of its {seeds}"
    else:
        why_seed = f"seed {run.seed} is its only run to choose from"
    bounds = interval(chosen["low"], chosen["high"], 3)
    score = f"{score_label(chosen)}: {number(chosen['value'], 3)}, 95 %: {bounds}"
    return f"{capital(names.phrase([run.setting]))} {why_setting}; {why_seed} ({score})."
