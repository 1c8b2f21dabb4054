"""Sweeps whose numbers are made up: tables as a comparison makes them, without any training."""

from typing import Any

import numpy as np
import pandas as pd

from vaesweep.comparison.choice import choose_run
from vaesweep.comparison.tables import Comparison, compare
from vaesweep.data.pairs import KINDS
from vaesweep.files import Run
from vaesweep.scoring.summary import CONTROLS, KIND_COLUMNS, VIEWS, WAYS, summarise_pairs

DRAWS = 500
DISPLAY_ROWS, SCORE_ROWS = 10, 20


def pair_scores(score: float, seed: int, judges: int = 2) -> pd.DataFrame:
    """pair_scores.csv of a run of that mean score; its display pairs must not count."""
    noise = np.random.default_rng(seed).normal(0, 0.05, 2 * SCORE_ROWS)
    rows = [
        {"set": name, "kind": kind, "row": row, **dict.fromkeys(KIND_COLUMNS, 0.5)}
        for name, count in (("display", DISPLAY_ROWS), ("score", SCORE_ROWS))
        for kind in KINDS
        for row in range(count)
    ]
    table = pd.DataFrame(rows)
    scored = table["set"] == "score"
    table.loc[scored, "score"] = score + noise - noise.mean()
    table.loc[~scored, "score"] = 100.0
    for judge in range(judges):
        table[f"score_judge_{judge}"] = (0.9 + 0.2 * judge) * table["score"]
    return table


def controls(score: float = -0.1, **changes: Any) -> pd.DataFrame:
    """controls.csv, all of one score."""
    names = [*CONTROLS, *WAYS]
    table = pd.DataFrame({"control": names, "score": score, "score_low": score - 0.1})
    table = table.assign(score_high=score + 0.1, quality_same=0.3, quality_different=0.3)
    differences = {"difference": -0.3, "difference_low": -0.4, "difference_high": -0.2}
    return table.assign(**differences | changes)


def metrics(latent_size: int, seed: int, scores: pd.DataFrame, **changes: Any) -> dict[str, Any]:
    """metrics.json of a run."""
    return {
        "latent_size": latent_size,
        "seed": seed,
        "status": "ok",
        "neg_elbo": 100.0 + latent_size,
        "reconstruction": 80.0,
        "kl": 20.0,
        "active_units": latent_size,
        "train_seconds": 1.0,
        "device": "cpu",
        "made_with": {},
        **summarise_pairs(scores),
        **{view.name: 3.0 for view in VIEWS},
        **changes,
    }


def sweep(
    scores: dict[tuple[int, int], float],
    diverged: tuple[tuple[int, int], ...] = (),
    judges: int = 2,
    equal_pairs: bool = False,
    **changes: Any,
) -> Comparison:
    """Compare runs, by (latent size, seed), of these mean scores."""
    tables = [
        pair_scores(score, 0 if equal_pairs else seed, judges)
        for (_, seed), score in scores.items()
    ]
    runs = [
        metrics(*run, table, **({"status": "diverged"} if run in diverged else {}) | changes)
        for run, table in zip(scores, tables, strict=True)
    ]
    return compare(runs, tables, DRAWS)


def choose(
    runs: pd.DataFrame,
    latent_sizes: pd.DataFrame,
    latent_size: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """chosen.json of a made-up sweep; a size or a seed that is given is pinned."""
    ok = runs[runs["status"] == "ok"]
    tables = {
        Run(row.latent_size, row.seed): pair_scores(row.score, row.seed) for row in ok.itertuples()
    }
    return choose_run(runs, latent_sizes, tables, {"latent_size": latent_size, "seed": seed})
