"""Compare the runs and the settings of a sweep: the tables of results/comparison."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from vaesweep import statistics
from vaesweep.comparison.agreement import compare_judges, run_flags, scores_by_judge
from vaesweep.comparison.metrics import MEANS_BY_KIND, METRICS, SCORE_COLUMNS
from vaesweep.runs import SETTING_KEYS, Run, Setting, settings_of
from vaesweep.scoring.record import (
    AXES,
    AXIS_COLUMNS,
    DIAGNOSTIC_COLUMNS,
    LIKELIHOOD_COLUMNS,
    TRAINING_FACTS,
)
from vaesweep.scoring.summary import scores_by_kind
from vaesweep.statistics import ALPHA, MIN_SEEDS, Array, Scores

RUN_COLUMNS = (*METRICS, "rank", "win_probability", "flags", *AXIS_COLUMNS, *DIAGNOSTIC_COLUMNS)
# Means over the runs of a setting.
AVERAGED = (*LIKELIHOOD_COLUMNS, "train_seconds", *MEANS_BY_KIND, *AXES, *DIAGNOSTIC_COLUMNS)
SETTING_COLUMNS = (
    *SETTING_KEYS,
    "seeds",
    *SCORE_COLUMNS,
    "rank",
    "win_probability",
    "tied_with_first",
    "best_seed",
    "best_score",
    *LIKELIHOOD_COLUMNS,
    "train_seconds",
    *MEANS_BY_KIND,
    *AXIS_COLUMNS,
    *DIAGNOSTIC_COLUMNS,
)
TEST_COLUMNS = ("low", "high", "probability_a_above_b", "p_value", "p_holm", "tied")
PAIR_KEYS = ("variant_a", "latent_size_a", "variant_b", "latent_size_b")
DIFFERENCE_COLUMNS = (*PAIR_KEYS, "family", "difference", *TEST_COLUMNS)
BOOTSTRAP_STREAM = 0


@dataclass(frozen=True)
class Comparison:
    """The tables of results/comparison, by name."""

    runs: pd.DataFrame
    settings: pd.DataFrame
    differences: pd.DataFrame  # one row per pair of settings
    judges: pd.DataFrame  # one row per pair of judges


@dataclass(frozen=True)
class Sample:
    """The scores of the runs of a setting that did not diverge."""

    scores: Scores  # (runs, pairs) by kind
    draws: Array  # bootstrap draws (draws,) of their mean; all settings share the resampled pairs
    seeds: int

    @property
    def has_enough_seeds(self) -> bool:
        """Whether the variance between seeds can be estimated."""
        return self.seeds >= MIN_SEEDS


def compare(
    metrics: list[dict[str, Any]], pair_scores: list[pd.DataFrame], draws: int
) -> Comparison:
    """Rank the runs and the settings by score.

    `metrics` and `pair_scores` are metrics.json and pair_scores.csv of each run, and `draws` is the
    number of bootstrap draws. Diverged runs are excluded from all statistics. They are listed
    without numbers, since those of their last finite weights mean nothing.
    """
    runs = pd.DataFrame(metrics)
    ok = runs["status"] == "ok"
    unmeasured = (*Run._fields, *TRAINING_FACTS, "made_with")
    measured = [name for name in runs if name not in unmeasured]
    runs["train_seconds"] = runs["train_seconds"].astype(float)
    runs[measured] = runs[measured].astype(float).where(ok)
    runs["rank"] = _ranks(runs["score"])
    runs["win_probability"] = np.nan
    samples = {}
    if ok.any():
        generator = np.random.default_rng(BOOTSTRAP_STREAM)
        scores = scores_by_kind([pair_scores[index] for index in np.flatnonzero(ok)])
        drawn = statistics.draw_runs(scores, draws, generator)
        runs.loc[ok, "win_probability"] = statistics.win_probabilities(drawn)
        samples = _samples(runs[ok], scores, drawn, generator)
    by_judge = scores_by_judge(pair_scores)
    runs["flags"] = run_flags(runs, by_judge)
    settings = _settings(runs, samples, pair_scores)
    differences = _all_differences(settings, samples)
    _compare_with_first(settings, samples, differences)
    return Comparison(
        runs[list(RUN_COLUMNS)],
        settings,
        _reported_differences(settings, differences),
        compare_judges(runs, by_judge),
    )


def _ranks(scores: pd.Series) -> pd.Series:
    """Rank 1 for the highest score; missing for a missing score."""
    return scores.rank(ascending=False, method="min").astype("Int64")


def _by_setting(runs: pd.DataFrame) -> dict[Setting, pd.DataFrame]:
    """The runs of each setting: variants in the order of the rows, then by latent size."""
    variants = pd.Categorical(runs["variant"], runs["variant"].unique())
    groups = runs.groupby([variants, runs["latent_size"]], observed=True)
    return {settings_of(group)[0]: group for _, group in groups}


def _samples(
    runs: pd.DataFrame, scores: Scores, drawn: Array, generator: np.random.Generator
) -> dict[Setting, Sample]:
    samples = {}
    for setting, group in _by_setting(runs).items():
        rows = runs.index.get_indexer(group.index)
        draws = statistics.draw_setting(drawn[rows], generator)
        by_kind = {kind: values[rows] for kind, values in scores.items()}
        samples[setting] = Sample(by_kind, draws, len(rows))
    return samples


def _settings(
    runs: pd.DataFrame, samples: dict[Setting, Sample], pair_scores: list[pd.DataFrame]
) -> pd.DataFrame:
    """settings.csv, without the columns about the first setting.

    A setting whose runs all diverged has 0 seeds and no numbers.
    """
    rows: list[dict[str, Any]] = []
    for setting, group in _by_setting(runs).items():
        ok = group[group["status"] == "ok"]
        row = {**setting._asdict(), "seeds": len(ok)}
        if len(ok):
            best = ok.loc[ok["score"].idxmax()]
            row |= {"best_seed": best["seed"], "best_score": best["score"]}
            row |= {"score": ok["score"].mean(), **ok[list(AVERAGED)].mean()}
            if samples[setting].has_enough_seeds:
                spread = statistics.spread(samples[setting].scores)
                row["score_low"], row["score_high"] = spread.interval(row["score"])
            row |= _axis_intervals(ok, pair_scores)
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(SETTING_COLUMNS))
    table["best_seed"] = table["best_seed"].astype("Int64")
    table["rank"] = _ranks(table["score"].astype(float))
    return table


def _axis_intervals(runs: pd.DataFrame, pair_scores: list[pd.DataFrame]) -> dict[str, float]:
    """The interval of each axis for runs of a setting, if it is known of enough of them."""
    bounds: dict[str, float] = {}
    for axis in AXES:
        known = runs[axis].dropna()
        if len(known) >= MIN_SEEDS:
            values = scores_by_kind([pair_scores[index] for index in known.index], axis)
            low, high = statistics.spread(values).interval(known.mean())
            bounds |= {f"{axis}_low": low, f"{axis}_high": high}
    return bounds


def _all_differences(settings: pd.DataFrame, samples: dict[Setting, Sample]) -> pd.DataFrame:
    """The paired differences of all pairs of settings `a` and `b`, corrected for all comparisons.

    Where either has too few seeds, only the difference is known.
    """
    means = dict(zip(settings_of(settings), settings["score"], strict=True))
    rows: list[dict[str, Any]] = []
    for a, b in combinations(samples, 2):
        difference = means[a] - means[b]
        row = {"a": a, "b": b, "family": family_of(a, b), "difference": difference}
        if samples[a].has_enough_seeds and samples[b].has_enough_seeds:
            spread = statistics.spread_of_difference(samples[a].scores, samples[b].scores)
            above = statistics.probability_above(samples[a].draws, samples[b].draws)
            row["low"], row["high"] = spread.interval(difference)
            row["probability_a_above_b"] = above
            row["p_value"] = spread.p_value(difference)
        rows.append(row)
    return _corrected(pd.DataFrame(rows, columns=["a", "b", "family", "difference", *TEST_COLUMNS]))


def family_of(a: Setting, b: Setting) -> str:
    """The only key in which two settings differ; "first" if they differ in both."""
    if a.variant == b.variant:
        return "latent_size"
    return "variant" if a.latent_size == b.latent_size else "first"


def _corrected(differences: pd.DataFrame) -> pd.DataFrame:
    """Correct the p-values for the number of these comparisons, and mark ties."""
    known = differences["p_value"].notna()
    p_holm = pd.Series(np.nan, differences.index)
    p_holm[known] = statistics.holm(differences.loc[known, "p_value"].to_numpy(float))
    tied = (p_holm >= ALPHA).astype("boolean").where(known)
    return differences.assign(p_holm=p_holm, tied=tied)


def _first(settings: pd.DataFrame) -> Setting | None:
    """The setting with the highest score, if any has one."""
    ranked = settings.dropna(subset="score").sort_values("rank", kind="stable")
    return settings_of(ranked)[0] if len(ranked) else None


def _compare_with_first(
    settings: pd.DataFrame, samples: dict[Setting, Sample], differences: pd.DataFrame
) -> None:
    """Fill in `tied_with_first` and `win_probability` of settings.csv.

    Ties are known where both settings have enough seeds, the probabilities only if all have.
    """
    settings["tied_with_first"] = pd.array([pd.NA] * len(settings), "boolean")
    first = _first(settings)
    if first is None:
        return
    tied: dict[Setting, Any] = {first: True if samples[first].has_enough_seeds else pd.NA}
    for row in differences.itertuples():
        if first in (row.a, row.b):
            tied[row.b if row.a == first else row.a] = row.tied
    known = [tied.get(setting, pd.NA) for setting in settings_of(settings)]
    settings["tied_with_first"] = pd.array(known, "boolean")
    if all(sample.has_enough_seeds for sample in samples.values()):
        drawn = np.stack([sample.draws for sample in samples.values()])
        settings.loc[settings["seeds"] > 0, "win_probability"] = statistics.win_probabilities(drawn)


def _reported_differences(settings: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """differences.csv: the comparisons of interest, corrected within their family.

    Latent sizes of the same variant are one family, variants of the same latent size another. Other
    comparisons are kept only with the first setting, and stay corrected for all comparisons.
    """
    first = _first(settings)
    parts = [differences.iloc[:0]]
    for family, rows in differences.groupby("family"):
        if family == "first":
            parts.append(rows[(rows["a"] == first) | (rows["b"] == first)])
        else:
            parts.append(_corrected(rows))
    kept = pd.concat(parts).sort_index()
    for side in ("a", "b"):
        for key in SETTING_KEYS:
            kept[f"{key}_{side}"] = [getattr(setting, key) for setting in kept[side]]
    return kept[list(DIFFERENCE_COLUMNS)]
