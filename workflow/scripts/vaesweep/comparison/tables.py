"""The tables that compare the runs and the latent sizes of a sweep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vaesweep import statistics
from vaesweep.comparison.judges import compare_judges, run_flags, scores_by_judge
from vaesweep.data.pairs import KINDS
from vaesweep.errors import UserError
from vaesweep.files import damaged, read_json, read_table
from vaesweep.scoring.summary import KIND_COLUMNS, OF_RUN, VIEW_COLUMNS, scores_by_kind
from vaesweep.statistics import ALPHA, LEAST_SEEDS, Array, Scores

LIKELIHOOD_COLUMNS = ("neg_elbo", "reconstruction", "kl", "active_units")
RUN_COLUMNS = (*OF_RUN[:3], *LIKELIHOOD_COLUMNS, *OF_RUN[3:])
SCORE_COLUMNS = tuple(f"{part}_{kind}" for kind in KINDS for part in KIND_COLUMNS)
OVERALL_COLUMNS = ("score", "score_low", "score_high")
BOOTSTRAP_STREAM = 0


@dataclass(frozen=True)
class Comparison:
    """A sweep compared; each attribute is the table of its name in results/comparison."""

    runs: pd.DataFrame
    latent_sizes: pd.DataFrame
    differences: pd.DataFrame  # a row for each two latent sizes
    judges: pd.DataFrame  # a row for each two judges


@dataclass(frozen=True)
class Setting:
    """The runs of a latent size that did not diverge."""

    scores: Scores  # by kind of pair, (runs, pairs)
    draws: Array  # (draws,) of their mean, on the same resampled pairs as those of other sizes
    seeds: int  # how many runs


def read_runs(
    files: Iterable[tuple[str, str]], pairs: pd.DataFrame, config: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[pd.DataFrame]]:
    """Read metrics.json and pair_scores.csv of every run; refuse those that do not belong together.

    Each has to be made with what `config` says: Snakemake replans what a changed configuration
    touches, unless its memory of the runs (.snakemake) was lost.

    Raises:
        UserError: naming the first file that is damaged, of other pairs, of another configuration,
            or of other images.
    """
    metrics: list[dict[str, Any]] = []
    pair_scores = []
    labels = pairs[["set", "kind", "row"]]
    for path, scores_path in files:
        metric = read_json(path, *RUN_COLUMNS, *SCORE_COLUMNS, *OVERALL_COLUMNS, "made_with")
        made_with = metric["made_with"]
        for name, wanted in config.items():
            if made_with.get(name) != wanted:
                raise UserError(
                    f"{path}: the run was made with {name} {made_with.get(name)}, and config.yaml "
                    f"says {wanted}. Remove the run's folder and run again, or restore config.yaml"
                )
        if metrics and made_with["images"] != metrics[0]["made_with"]["images"]:
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
    """Rank runs, each of metrics.json and pair_scores.csv, and latent sizes by score.

    Diverged runs are listed, but what was measured of their last finite weights is left out; they
    have no rank and count towards no latent size. `draws` are those of the bootstrap.
    """
    runs = pd.DataFrame(metrics)
    ok = runs["status"] == "ok"
    measured = [name for name in runs if name not in OF_RUN and name != "made_with"]
    runs[measured] = runs[measured].astype(float).where(ok)
    runs["rank"] = _ranks(runs["score"])
    runs["win_probability"] = np.nan
    settings = {}
    if ok.any():
        generator = np.random.default_rng(BOOTSTRAP_STREAM)
        scores = scores_by_kind([pair_scores[index] for index in np.flatnonzero(ok)])
        drawn = statistics.draw_runs(scores, draws, generator)
        runs.loc[ok, "win_probability"] = statistics.win_probabilities(drawn)
        settings = _settings(runs.loc[ok, "latent_size"].to_numpy(), scores, drawn, generator)
    by_judge = scores_by_judge(pair_scores)
    judges = compare_judges(runs, by_judge)
    runs["flags"] = run_flags(runs, by_judge)
    differences = _compare_pairwise(runs, settings)
    order = [
        *(*RUN_COLUMNS, *SCORE_COLUMNS),
        *(*OVERALL_COLUMNS, "rank", "win_probability", "flags"),
        *(column for column in VIEW_COLUMNS if column in runs),
    ]
    sizes = _compare_sizes(runs, settings)
    _tell_firsts(sizes, settings, differences)
    return Comparison(runs[order], sizes, differences, judges)


def _ranks(scores: pd.Series) -> pd.Series:
    """Ranks, the highest score first; none for a missing one."""
    return scores.rank(ascending=False, method="min").astype("Int64")


def _settings(
    latent_sizes: NDArray[np.int64], scores: Scores, drawn: Array, generator: np.random.Generator
) -> dict[int, Setting]:
    """Group runs by latent size; the first three arguments have a row for each run."""
    settings = {}
    for size in np.unique(latent_sizes):
        own = latent_sizes == size
        of_kinds = {kind: values[own] for kind, values in scores.items()}
        draws = statistics.draw_setting(drawn[own], generator)
        settings[int(size)] = Setting(of_kinds, draws, int(own.sum()))
    return settings


def _compare_pairwise(runs: pd.DataFrame, settings: dict[int, Setting]) -> pd.DataFrame:
    """A row for each two latent sizes: the paired difference of their scores, and whether they tie.

    Nothing but the difference is known where either has too few seeds.
    """
    means = runs.groupby("latent_size")["score"].mean()
    columns = ["latent_size_a", "latent_size_b", "difference", "low", "high"]
    columns += ["probability_a_above_b", "p_value", "p_holm", "tied"]
    rows = []
    for a, b in combinations(settings, 2):
        difference = means[a] - means[b]
        rows.append({"latent_size_a": a, "latent_size_b": b, "difference": difference})
        if min(settings[a].seeds, settings[b].seeds) >= LEAST_SEEDS:
            of_both = statistics.spread_of_difference(settings[a].scores, settings[b].scores)
            low, high = of_both.interval(difference)
            above = statistics.probability_above(settings[a].draws, settings[b].draws)
            rows[-1] |= {"low": low, "high": high, "probability_a_above_b": above}
            rows[-1] |= {"p_value": of_both.p_value(difference)}
    table = pd.DataFrame(rows, columns=columns)
    told = table["p_value"].notna()
    table["p_holm"] = np.nan
    table.loc[told, "p_holm"] = statistics.holm(table.loc[told, "p_value"].to_numpy(float))
    table["tied"] = (table["p_holm"] >= ALPHA).astype("boolean").where(told)
    return table


def _compare_sizes(runs: pd.DataFrame, settings: dict[int, Setting]) -> pd.DataFrame:
    """A row for each latent size; one whose runs all diverged has 0 seeds and no numbers."""
    averaged = [
        *(*LIKELIHOOD_COLUMNS, "train_seconds", *SCORE_COLUMNS),
        *(column for column in VIEW_COLUMNS if column in runs),
    ]
    columns = ["latent_size", "seeds", "score", "score_low", "score_high", "rank"]
    columns += ["win_probability", "tied_with_first", "best_seed", "best_score", *averaged]
    rows: list[dict[str, Any]] = []
    for latent_size, group in runs.groupby("latent_size"):
        ok = group[group["status"] == "ok"]
        rows.append({"latent_size": latent_size, "seeds": len(ok)})
        if ok.empty:
            continue
        best = ok.loc[ok["score"].idxmax()]
        rows[-1] |= {"score": ok["score"].mean(), **ok[averaged].mean()}
        rows[-1] |= {"best_seed": best["seed"], "best_score": best["score"]}
        if len(ok) >= LEAST_SEEDS:
            spread = statistics.spread(settings[int(latent_size)].scores)
            bounds = spread.interval(rows[-1]["score"])
            rows[-1] |= dict(zip(("score_low", "score_high"), bounds, strict=True))
    sizes = pd.DataFrame(rows, columns=columns)
    sizes["best_seed"] = sizes["best_seed"].astype("Int64")
    sizes["rank"] = _ranks(sizes["score"].astype(float))
    return sizes


def _tell_firsts(
    sizes: pd.DataFrame, settings: dict[int, Setting], differences: pd.DataFrame
) -> None:
    """Fill in which latent sizes tie with the first, and how often each comes first.

    A tie is known if both have enough seeds, how often each comes first if all have.
    """
    sizes["tied_with_first"] = pd.array([pd.NA] * len(sizes), "boolean")
    if not settings:
        return
    first = int(sizes.loc[sizes["score"].idxmax(), "latent_size"])
    both = differences[["latent_size_a", "latent_size_b"]]
    of_first = both.eq(first).any(axis=1)
    others = both[of_first].sum(axis=1) - first
    tied = dict(zip(others, differences.loc[of_first, "tied"], strict=True))
    tied[first] = True if settings[first].seeds >= LEAST_SEEDS else pd.NA
    sizes["tied_with_first"] = sizes["latent_size"].map(tied).astype("boolean")
    if all(setting.seeds >= LEAST_SEEDS for setting in settings.values()):
        drawn = np.stack([setting.draws for setting in settings.values()])
        sizes.loc[sizes["seeds"] > 0, "win_probability"] = statistics.win_probabilities(drawn)
