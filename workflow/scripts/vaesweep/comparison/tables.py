"""The tables that compare the runs and the latent sizes of a sweep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.errors import UserError
from vaesweep.files import damaged, read_json, read_table
from vaesweep.scoring.summary import KIND_COLUMNS, VIEW_COLUMNS, pair_weights, scores_by_kind
from vaesweep.statistics import (
    LEAST_SEEDS,
    Array,
    SizeDraws,
    difference_draws,
    holds_zero,
    holm,
    interval,
    p_value,
    probability_above,
    rank_correlation,
    resample_seeds,
    run_draws,
    size_draws,
    win_probabilities,
)

# What tells a run apart and what it took: known of a run that diverged, too.
FACT_COLUMNS = ("latent_size", "seed", "status", "train_seconds", "device")
LIKELIHOOD_COLUMNS = ("neg_elbo", "reconstruction", "kl", "active_units")
RUN_COLUMNS = (*FACT_COLUMNS[:3], *LIKELIHOOD_COLUMNS, *FACT_COLUMNS[3:])
SCORE_COLUMNS = tuple(f"{part}_{kind}" for kind in KINDS for part in KIND_COLUMNS)
OVERALL_COLUMNS = ("score", "score_low", "score_high")
PAIR_COLUMNS = ("score", "quality")
SEED_STREAM = 1


@dataclass(frozen=True)
class Comparison:
    """A sweep compared; each attribute is a table of results/comparison.

    Attributes:
        runs: runs.csv.
        latent_sizes: latent_sizes.csv.
        differences: differences.csv, a row for each two latent sizes.
        judges: judges.csv, a row for each two judges.
    """

    runs: pd.DataFrame
    latent_sizes: pd.DataFrame
    differences: pd.DataFrame
    judges: pd.DataFrame


def read_runs(
    files: Iterable[tuple[str, str]], pairs: pd.DataFrame, config: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[pd.DataFrame]]:
    """Read the scores of every run, and refuse those that do not belong together.

    Snakemake replans what a changed configuration touches, unless its memory of the runs
    (.snakemake) was lost.

    Args:
        files: metrics.json and pair_scores.csv of each run.
        pairs: pairs.csv.
        config: what each run has to be made with.

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
        scores = read_table(scores_path, *labels, *PAIR_COLUMNS)
        if not scores[["set", "kind", "row"]].equals(labels):
            raise damaged(scores_path, "its rows are not those of results/pairs.csv")
        metrics.append(metric)
        pair_scores.append(scores)
    return metrics, pair_scores


def compare(
    metrics: list[dict[str, Any]], pair_scores: list[pd.DataFrame], draws: int
) -> Comparison:
    """Rank runs and latent sizes by score.

    Args:
        metrics: metrics.json of each run.
        pair_scores: pair_scores.csv of each run, in the same order, on the same pairs.
        draws: bootstrap draws.

    Diverged runs are listed, but what was measured of their last finite weights is left out; they
    have no rank and count towards no latent size.
    """
    runs = pd.DataFrame(metrics)
    ok = runs["status"] == "ok"
    measured = [name for name in runs if name not in FACT_COLUMNS and name != "made_with"]
    runs[measured] = runs[measured].astype(float).where(ok)
    ranked = np.flatnonzero(ok)
    drawn = np.full((len(runs), draws), -np.inf)
    runs["rank"] = pd.Series(pd.NA, index=runs.index, dtype="Int64")
    runs["win_probability"] = np.nan
    if len(ranked):
        scores = scores_by_kind([pair_scores[index] for index in ranked])
        drawn[ranked] = run_draws(scores, pair_weights(scores, draws))
        runs.loc[ranked, "win_probability"] = win_probabilities(drawn[ranked])
        runs.loc[ranked, "rank"] = _ranks(runs.loc[ranked, "score"])
    by_judge = scores_by_judge(pair_scores)
    judges = compare_judges(runs, by_judge)
    runs["flags"] = run_flags(runs, by_judge)
    sizes = _draw_sizes(runs, drawn)
    order = [
        *(*RUN_COLUMNS, *SCORE_COLUMNS),
        *(*OVERALL_COLUMNS, "rank", "win_probability", "flags"),
        *(column for column in VIEW_COLUMNS if column in runs),
    ]
    return Comparison(
        runs[order], _compare_sizes(runs, sizes), _compare_pairwise(runs, sizes), judges
    )


def _ranks(scores: pd.Series) -> pd.Series:
    return scores.rank(ascending=False, method="min")


def scores_by_judge(pair_scores: list[pd.DataFrame]) -> pd.DataFrame:
    """A row a run, a column a judge: the run's score by that judge alone."""
    columns = [name for name in pair_scores[0] if name.startswith("score_judge_")]
    rows = [
        table[table["set"] == "score"].groupby("kind")[columns].mean().mean()
        for table in pair_scores
    ]
    return pd.DataFrame(rows).rename(columns=lambda name: name.removeprefix("score_judge_"))


def compare_judges(runs: pd.DataFrame, by_judge: pd.DataFrame) -> pd.DataFrame:
    """How far each two judges agree: rank correlation of the runs, first latent size by each."""
    ok = (runs["status"] == "ok").to_numpy()
    firsts = _first_sizes(runs, by_judge)
    rows = [
        {
            "judge_a": a,
            "judge_b": b,
            "rank_correlation": rank_correlation(
                by_judge.loc[ok, a].to_numpy(), by_judge.loc[ok, b].to_numpy()
            ),
            "first_latent_size_a": firsts.get(a),
            "first_latent_size_b": firsts.get(b),
        }
        for a, b in combinations(by_judge.columns, 2)
    ]
    columns = ["judge_a", "judge_b", "rank_correlation"]
    return pd.DataFrame(rows, columns=[*columns, "first_latent_size_a", "first_latent_size_b"])


def _first_sizes(runs: pd.DataFrame, by_judge: pd.DataFrame) -> dict[str, int]:
    """The latent size with the highest mean score by each judge; empty if no run can be ranked."""
    ok = (runs["status"] == "ok").to_numpy()
    means = by_judge[ok].groupby(runs.loc[ok, "latent_size"].to_numpy()).mean()
    return {} if means.empty else {judge: int(means[judge].idxmax()) for judge in means}


def run_flags(runs: pd.DataFrame, by_judge: pd.DataFrame) -> list[str]:
    """What a reader must know of each run: diverged, collapsed, judge-dependent."""
    firsts = set(_first_sizes(runs, by_judge).values())
    flags = []
    for _, run in runs.iterrows():
        if run["status"] == "diverged":
            flags.append("diverged")
            continue
        found = ["collapsed"] if run["active_units"] == 0 else []
        if len(firsts) > 1 and run["latent_size"] in firsts:
            found.append("judge-dependent")
        flags.append(";".join(found))
    return flags


def _draw_sizes(runs: pd.DataFrame, drawn: Array) -> dict[int, SizeDraws]:
    """Bootstrap draws of each latent size that has a run to rank; `drawn` is (runs, draws)."""
    generator = np.random.default_rng(SEED_STREAM)
    groups = runs[runs["status"] == "ok"].groupby("latent_size").groups
    return {int(size): resample_seeds(drawn[rows], generator) for size, rows in groups.items()}


def _compare_sizes(runs: pd.DataFrame, draws: dict[int, SizeDraws]) -> pd.DataFrame:
    """A row for each latent size; one whose runs all diverged has 0 seeds and no numbers."""
    averaged = [
        *(*LIKELIHOOD_COLUMNS, "train_seconds", *SCORE_COLUMNS),
        *(column for column in VIEW_COLUMNS if column in runs),
    ]
    columns = ["latent_size", "seeds", "score", "score_low", "score_high", "rank"]
    columns += ["win_probability", "tied_with_first", "best_seed", "best_score", *averaged]
    rows: list[dict[str, Any]] = []
    for latent_size, group in runs.groupby("latent_size"):
        size = draws.get(int(latent_size))
        rows.append({"latent_size": latent_size, "seeds": size.count if size else 0})
        if size is None:
            continue
        ok = group[group["status"] == "ok"]
        low, high = interval(size_draws(size)) if size.count >= LEAST_SEEDS else (None, None)
        best = ok.loc[ok["score"].idxmax()]
        rows[-1] |= {"score": ok["score"].mean(), "score_low": low, "score_high": high}
        rows[-1] |= {"best_seed": best["seed"], "best_score": best["score"]}
        rows[-1] |= ok[averaged].mean().to_dict()
    sizes = pd.DataFrame(rows, columns=columns)
    sizes["best_seed"] = sizes["best_seed"].astype("Int64")
    sizes["tied_with_first"] = False
    if draws:
        first = draws[int(sizes.loc[sizes["score"].idxmax(), "latent_size"])]
        known = sizes["seeds"] > 0
        sizes["rank"] = _ranks(sizes["score"]).astype("Int64")
        shares = win_probabilities(np.stack([*map(size_draws, draws.values())]))
        sizes.loc[known, "win_probability"] = shares
        sizes.loc[known, "tied_with_first"] = [
            size is first or holds_zero(difference_draws(first, size)) for size in draws.values()
        ]
    return sizes


def _compare_pairwise(runs: pd.DataFrame, draws: dict[int, SizeDraws]) -> pd.DataFrame:
    """A row for each two latent sizes: the paired difference of their scores."""
    means = runs[runs["status"] == "ok"].groupby("latent_size")["score"].mean()
    rows = []
    for a, b in combinations(draws, 2):
        differences = difference_draws(draws[a], draws[b])
        enough = min(draws[a].count, draws[b].count) >= LEAST_SEEDS
        low, high = interval(differences) if enough else (None, None)
        rows.append(
            {
                "latent_size_a": a,
                "latent_size_b": b,
                "difference": means[a] - means[b],
                "low": low,
                "high": high,
                "probability_a_above_b": probability_above(differences),
                "p_value": p_value(differences),
                "tied": holds_zero(differences),
            }
        )
    columns = ["latent_size_a", "latent_size_b", "difference", "low", "high"]
    columns += ["probability_a_above_b", "p_value", "p_holm", "tied"]
    table = pd.DataFrame(rows, columns=columns)
    if rows:
        table["p_holm"] = holm(table["p_value"].to_numpy())
    return table
