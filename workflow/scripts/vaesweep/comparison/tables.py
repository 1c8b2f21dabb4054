"""The tables that compare the runs and the settings of a sweep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from vaesweep import statistics
from vaesweep.comparison.agreement import compare_judges, run_flags, scores_by_judge
from vaesweep.data.pairs import KINDS
from vaesweep.errors import UserError
from vaesweep.files import damaged, read_json, read_table
from vaesweep.runs import Run, Setting, settings_of
from vaesweep.scoring import summary
from vaesweep.scoring.record import (
    DIAGNOSTIC_COLUMNS,
    KIND_COLUMNS,
    LIKELIHOOD_COLUMNS,
    TRAINING_FACTS,
)
from vaesweep.statistics import ALPHA, MIN_SEEDS, Array, Scores

RUN_COLUMNS = (*Run._fields, "status", *LIKELIHOOD_COLUMNS, "train_seconds", "device")
SCORE_COLUMNS = tuple(f"{part}_{kind}" for kind in KINDS for part in KIND_COLUMNS)
OVERALL_COLUMNS = ("score", "score_low", "score_high")
SETTING = list(Setting._fields)
DIFFERENCE_COLUMNS = (
    *("difference", "low", "high", "probability_a_above_b", "p_value", "p_holm", "tied"),
)
# By whether variant and latent size are the same: what two settings differ in.
FAMILIES = {(True, False): "latent_size", (False, True): "variant"}
BOOTSTRAP_STREAM = 0


@dataclass(frozen=True)
class Comparison:
    """A sweep compared; each attribute is the table of its name in results/comparison."""

    runs: pd.DataFrame
    settings: pd.DataFrame
    differences: pd.DataFrame  # a row for each two settings of a family
    judges: pd.DataFrame  # a row for each two judges


@dataclass(frozen=True)
class Sample:
    """The runs of a setting that did not diverge."""

    scores: Scores  # by kind of pair, (runs, pairs)
    draws: Array  # (draws,) of their mean, on the same resampled pairs as those of other settings
    seeds: int  # how many runs

    @property
    def suffices(self) -> bool:
        """Whether there are seeds enough to tell how much they differ."""
        return self.seeds >= MIN_SEEDS


def read_runs(
    files: Iterable[tuple[str, str]], pairs: pd.DataFrame, config: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[pd.DataFrame]]:
    """Read metrics.json and pair_scores.csv of every run; refuse those that do not belong together.

    Each has to be made with what `config` says of its variant: Snakemake replans what a changed
    configuration touches, unless its memory of the runs (.snakemake) was lost. A UserError names
    the first file that is damaged, of other pairs, of another configuration or of other images.
    """
    metrics, pair_scores, images = [], [], set()
    labels = pairs[["set", "kind", "row"]]
    for path, scores_path in files:
        metric = read_json(
            path, *RUN_COLUMNS, *SCORE_COLUMNS, *OVERALL_COLUMNS, *DIAGNOSTIC_COLUMNS, "made_with"
        )
        made_with = metric["made_with"]
        for name, wanted in config[metric["variant"]].items():
            if made_with.get(name) != wanted:
                raise UserError(
                    f"{path}: the run was made with {name} {made_with.get(name)}, and config.yaml "
                    f"says {wanted}. Remove the run's folder and run again, or restore config.yaml"
                )
        images |= {made_with.get("images")} - {None}  # unknown of a model from elsewhere
        if len(images) > 1:
            raise damaged(path, "the run was trained on other images than the first one")
        scores = read_table(scores_path, *labels, "score", "quality")
        if not scores[["set", "kind", "row"]].equals(labels):
            raise damaged(scores_path, "its rows are not those of results/pairs.csv")
        metrics.append(metric)
        pair_scores.append(scores)
    return metrics, pair_scores


def compare(
    metrics: list[dict[str, Any]], pair_scores: list[pd.DataFrame], draws: int
) -> Comparison:
    """Rank runs, each of metrics.json and pair_scores.csv, and settings by score.

    Diverged runs are listed, but what was measured of their last finite weights is left out; they
    have no rank and count towards no setting. `draws` are those of the bootstrap.
    """
    runs = pd.DataFrame(metrics)
    ok = runs["status"] == "ok"
    told = (*Run._fields, *TRAINING_FACTS, "made_with")
    measured = [name for name in runs if name not in told]
    runs["train_seconds"] = runs["train_seconds"].astype(float)
    runs[measured] = runs[measured].astype(float).where(ok)
    runs["rank"] = _ranks(runs["score"])
    runs["win_probability"] = np.nan
    samples = {}
    if ok.any():
        generator = np.random.default_rng(BOOTSTRAP_STREAM)
        scores = summary.scores_by_kind([pair_scores[index] for index in np.flatnonzero(ok)])
        drawn = statistics.draw_runs(scores, draws, generator)
        runs.loc[ok, "win_probability"] = statistics.win_probabilities(drawn)
        samples = _samples(runs[ok], scores, drawn, generator)
    by_judge = scores_by_judge(pair_scores)
    runs["flags"] = run_flags(runs, by_judge)
    settings = _compare_settings(runs, samples)
    differences = _compare_pairwise(settings, samples)
    _tell_firsts(settings, samples, differences)
    order = [*RUN_COLUMNS, *SCORE_COLUMNS, *OVERALL_COLUMNS, "rank", "win_probability", "flags"]
    table, judges = runs[[*order, *DIAGNOSTIC_COLUMNS]], compare_judges(runs, by_judge)
    return Comparison(table, settings, _families(settings, differences), judges)


def _ranks(scores: pd.Series) -> pd.Series:
    """Ranks, the highest score first; none for a missing one."""
    return scores.rank(ascending=False, method="min").astype("Int64")


def _by_setting(runs: pd.DataFrame) -> dict[Setting, pd.DataFrame]:
    """The runs of each setting: variants in the order of the rows, sizes from small to large."""
    groups = {settings_of(own)[0]: own for _, own in runs.groupby(SETTING)}
    variants = list(runs["variant"].unique())
    order = sorted(groups, key=lambda each: (variants.index(each.variant), each.latent_size))
    return {setting: groups[setting] for setting in order}


def _samples(
    runs: pd.DataFrame, scores: Scores, drawn: Array, generator: np.random.Generator
) -> dict[Setting, Sample]:
    samples = {}
    for setting, group in _by_setting(runs).items():
        own = runs.index.get_indexer(group.index)
        of_kinds = {kind: values[own] for kind, values in scores.items()}
        draws = statistics.draw_setting(drawn[own], generator)
        samples[setting] = Sample(of_kinds, draws, len(own))
    return samples


def _compare_pairwise(settings: pd.DataFrame, samples: dict[Setting, Sample]) -> pd.DataFrame:
    """A row for each two settings: the paired difference of their scores, and whether they tie.

    Nothing but the difference is known where either has too few seeds.
    """
    means = dict(zip(settings_of(settings), settings["score"], strict=True))
    rows = []
    for a, b in combinations(samples, 2):
        difference = means[a] - means[b]
        family = FAMILIES.get((a.variant == b.variant, a.latent_size == b.latent_size), "first")
        rows.append({"a": a, "b": b, "family": family, "difference": difference})
        if samples[a].suffices and samples[b].suffices:
            of_both = statistics.spread_of_difference(samples[a].scores, samples[b].scores)
            low, high = of_both.interval(difference)
            above = statistics.probability_above(samples[a].draws, samples[b].draws)
            rows[-1] |= {"low": low, "high": high, "probability_a_above_b": above}
            rows[-1] |= {"p_value": of_both.p_value(difference)}
    return _corrected(pd.DataFrame(rows, columns=["a", "b", "family", *DIFFERENCE_COLUMNS]))


def _corrected(differences: pd.DataFrame) -> pd.DataFrame:
    """Correct the p-values for the number of these comparisons, and tell which are ties."""
    told = differences["p_value"].notna()
    p_holm = pd.Series(np.nan, differences.index)
    p_holm[told] = statistics.holm(differences.loc[told, "p_value"].to_numpy(float))
    tied = (p_holm >= ALPHA).astype("boolean").where(told)
    return differences.assign(p_holm=p_holm, tied=tied)


def _families(settings: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Of all differences those that are of interest, each corrected for those of its family.

    Sizes within a variant are one family, variants at a size another. The first setting's
    differences from those that it shares neither with are corrected for all that there are.
    """
    first = _first(settings)
    of_first = (differences["a"] == first) | (differences["b"] == first)
    parts = [
        _corrected(own) if family in FAMILIES.values() else own[of_first[own.index]]
        for family, own in differences.groupby("family")
    ]
    kept = pd.concat([differences.iloc[:0], *parts]).sort_index()
    both = {
        f"{key}_{side}": [getattr(setting, key) for setting in kept[side]]
        for side in ("a", "b")
        for key in SETTING
    }
    return kept.assign(**both)[[*both, "family", *DIFFERENCE_COLUMNS]]


def _first(settings: pd.DataFrame) -> Setting | None:
    """The setting with the highest score, if any has one."""
    ranked = settings.dropna(subset="score").sort_values("rank", kind="stable")
    return settings_of(ranked)[0] if len(ranked) else None


def _compare_settings(runs: pd.DataFrame, samples: dict[Setting, Sample]) -> pd.DataFrame:
    """A row for each setting; one whose runs all diverged has 0 seeds and no numbers."""
    averaged = [*LIKELIHOOD_COLUMNS, "train_seconds", *SCORE_COLUMNS, *DIAGNOSTIC_COLUMNS]
    columns = [*SETTING, "seeds", "score", "score_low", "score_high", "rank"]
    columns += ["win_probability", "tied_with_first", "best_seed", "best_score", *averaged]
    rows: list[dict[str, Any]] = []
    for setting, group in _by_setting(runs).items():
        ok = group[group["status"] == "ok"]
        rows.append({**setting._asdict(), "seeds": len(ok)})
        if ok.empty:
            continue
        best = ok.loc[ok["score"].idxmax()]
        rows[-1] |= {"score": ok["score"].mean(), **ok[averaged].mean()}
        rows[-1] |= {"best_seed": best["seed"], "best_score": best["score"]}
        if samples[setting].suffices:
            spread = statistics.spread(samples[setting].scores)
            low, high = spread.interval(rows[-1]["score"])
            rows[-1] |= {"score_low": low, "score_high": high}
    table = pd.DataFrame(rows, columns=columns)
    table["best_seed"] = table["best_seed"].astype("Int64")
    table["rank"] = _ranks(table["score"].astype(float))
    return table


def _tell_firsts(
    settings: pd.DataFrame, samples: dict[Setting, Sample], differences: pd.DataFrame
) -> None:
    """Fill in which settings tie with the first, and how often each comes first.

    A tie is known if both have enough seeds, how often each comes first if all have.
    """
    settings["tied_with_first"] = pd.array([pd.NA] * len(settings), "boolean")
    first = _first(settings)
    if first is None:
        return
    tied: dict[Setting, Any] = {first: True if samples[first].suffices else pd.NA}
    for row in differences.itertuples():
        if first in (row.a, row.b):
            tied[row.b if row.a == first else row.a] = row.tied
    known = [tied.get(setting, pd.NA) for setting in settings_of(settings)]
    settings["tied_with_first"] = pd.array(known, "boolean")
    if all(sample.suffices for sample in samples.values()):
        drawn = np.stack([sample.draws for sample in samples.values()])
        settings.loc[settings["seeds"] > 0, "win_probability"] = statistics.win_probabilities(drawn)
