"""The tables that compare the runs and the latent sizes of a sweep."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.scoring.columns import PARTS, PATH_VIEWS, VIEW_COLUMNS
from vaesweep.statistics import (
    LEAST_SEEDS,
    Array,
    SizeDraws,
    difference_draws,
    holds_zero,
    holm,
    interval,
    kind_weights,
    p_value,
    probability_above,
    rank_correlation,
    resample_seeds,
    run_draws,
    size_draws,
    win_probabilities,
)

RUN_COLUMNS = (
    "latent_size",
    "seed",
    "status",
    "neg_elbo",
    "reconstruction",
    "kl",
    "active_units",
    "train_seconds",
    "device",
)
PART_COLUMNS = (*PARTS, "crossfade_quality", "gain")
# One stream for the pairs, shared by every rule, so that a run's interval is the same everywhere.
PAIR_STREAM, SEED_STREAM = 0, 1


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


def summarise_pairs(pair_scores: pd.DataFrame, draws: int) -> dict[str, float]:
    """Means over the score pairs of a run, by kind, and its gain with its interval over pairs.

    Args:
        pair_scores: pair_scores.csv of the run.
        draws: bootstrap draws.
    """
    scored = pair_scores[pair_scores["set"] == "score"]
    means = scored.groupby("kind")[list(PART_COLUMNS)].mean()
    summary = {
        f"{part}_{kind}": float(means.loc[kind, part]) for kind in KINDS for part in PART_COLUMNS
    }
    gains = _gains([pair_scores])
    drawn = run_draws(gains, _pair_weights(gains, draws))[0]
    low, high = interval(drawn)
    gain = float(np.mean([summary[f"gain_{kind}"] for kind in KINDS]))
    views = {view: float(scored[view].mean()) for view in PATH_VIEWS if view in scored}
    return summary | {"gain": gain, "gain_low": low, "gain_high": high} | views


def compare(
    metrics: list[dict[str, Any]], pair_scores: list[pd.DataFrame], draws: int
) -> Comparison:
    """Rank runs and latent sizes by gain.

    Args:
        metrics: metrics.json of each run.
        pair_scores: pair_scores.csv of each run, in the same order, on the same pairs.
        draws: bootstrap draws.

    Diverged runs are listed but have no rank and count towards no latent size.
    """
    runs = pd.DataFrame(metrics)
    ranked = np.flatnonzero(runs["status"] == "ok")
    drawn = np.full((len(runs), draws), -np.inf)
    runs["rank"] = pd.Series(pd.NA, index=runs.index, dtype="Int64")
    runs["win_probability"] = np.nan
    if len(ranked):
        gains = _gains([pair_scores[index] for index in ranked])
        drawn[ranked] = run_draws(gains, _pair_weights(gains, draws))
        runs.loc[ranked, "win_probability"] = win_probabilities(drawn[ranked])
        runs.loc[ranked, "rank"] = _ranks(runs.loc[ranked, "gain"])
    by_judge = gains_by_judge(pair_scores)
    judges = compare_judges(runs, by_judge)
    runs["flags"] = run_flags(runs, by_judge)
    sizes = _draw_sizes(runs, drawn)
    order = [
        *RUN_COLUMNS,
        *(f"{part}_{kind}" for kind in KINDS for part in PART_COLUMNS),
        *("gain", "gain_low", "gain_high", "rank", "win_probability", "flags"),
        *(column for column in VIEW_COLUMNS if column in runs),
    ]
    return Comparison(
        runs[order], _compare_sizes(runs, sizes), _compare_pairwise(runs, sizes), judges
    )


def _gains(pair_scores: list[pd.DataFrame]) -> dict[str, Array]:
    """For each kind (runs, pairs): the gains on the score pairs."""

    def scored(table: pd.DataFrame, kind: str) -> Array:
        return table.loc[(table["set"] == "score") & (table["kind"] == kind), "gain"].to_numpy()

    return {kind: np.stack([scored(table, kind) for table in pair_scores]) for kind in KINDS}


def _pair_weights(gains: dict[str, Array], draws: int) -> dict[str, Array]:
    return kind_weights(gains, draws, np.random.default_rng(PAIR_STREAM))


def _ranks(gains: pd.Series) -> pd.Series:
    return gains.rank(ascending=False, method="min")


def gains_by_judge(pair_scores: list[pd.DataFrame]) -> pd.DataFrame:
    """A row a run, a column a judge: the run's gain by that judge alone."""
    columns = [name for name in pair_scores[0] if name.startswith("gain_judge_")]
    rows = [
        table[table["set"] == "score"].groupby("kind")[columns].mean().mean()
        for table in pair_scores
    ]
    return pd.DataFrame(rows).rename(columns=lambda name: name.removeprefix("gain_judge_"))


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
    """The latent size with the highest mean gain by each judge; empty if no run can be ranked."""
    ok = (runs["status"] == "ok").to_numpy()
    means = by_judge[ok].groupby(runs.loc[ok, "latent_size"].to_numpy()).mean()
    return {} if means.empty else {judge: int(means[judge].idxmax()) for judge in means}


def run_flags(runs: pd.DataFrame, by_judge: pd.DataFrame) -> list[str]:
    """What a reader must know of each run: diverged, collapsed, judge-dependent."""
    firsts = set(_first_sizes(runs, by_judge).values())
    flags = []
    for _, run in runs.iterrows():
        found = []
        if run["status"] == "diverged":
            found.append("diverged")
        elif run["active_units"] == 0:
            found.append("collapsed")
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
    """A row for each latent size that has a run to rank."""
    averaged = [
        *("neg_elbo", "reconstruction", "kl", "active_units", "train_seconds"),
        *(f"{part}_{kind}" for kind in KINDS for part in PART_COLUMNS),
        *(column for column in VIEW_COLUMNS if column in runs),
    ]
    rows = []
    for latent_size, size in draws.items():
        group = runs[(runs["latent_size"] == latent_size) & (runs["status"] == "ok")]
        low, high = interval(size_draws(size)) if size.count >= LEAST_SEEDS else (None, None)
        best = group.loc[group["gain"].idxmax()]
        rows.append(
            {
                "latent_size": latent_size,
                "seeds": size.count,
                "gain": group["gain"].mean(),
                "gain_low": low,
                "gain_high": high,
                "best_seed": best["seed"],
                "best_gain": best["gain"],
                **group[averaged].mean().to_dict(),
            }
        )
    columns = ["latent_size", "seeds", "gain", "gain_low", "gain_high", "rank"]
    columns += ["win_probability", "tied_with_first", "best_seed", "best_gain", *averaged]
    sizes = pd.DataFrame(rows, columns=columns)
    if rows:
        first = draws[int(sizes.loc[sizes["gain"].idxmax(), "latent_size"])]
        sizes["rank"] = _ranks(sizes["gain"]).astype(int)
        sizes["win_probability"] = win_probabilities(np.stack([*map(size_draws, draws.values())]))
        sizes["tied_with_first"] = [
            size is first or holds_zero(difference_draws(first, size)) for size in draws.values()
        ]
    return sizes


def _compare_pairwise(runs: pd.DataFrame, draws: dict[int, SizeDraws]) -> pd.DataFrame:
    """A row for each two latent sizes: the paired difference of their gains."""
    means = runs[runs["status"] == "ok"].groupby("latent_size")["gain"].mean()
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
