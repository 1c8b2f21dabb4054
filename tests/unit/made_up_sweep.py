"""Tables of a sweep with made-up scores, as the workflow would write them, without any training."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from vaesweep.comparison.choice import choose_run
from vaesweep.comparison.columns import OTHER_PATHS, RECORDS
from vaesweep.comparison.tables import Comparison, compare
from vaesweep.comparison.verdict import verdict
from vaesweep.data.pairs import KINDS
from vaesweep.runs import Run, runs_of
from vaesweep.scoring.record import (
    AXES,
    DIAGNOSTIC_COLUMNS,
    EXTERNAL_TRAINING,
    KIND_COLUMNS,
    unmeasured,
)
from vaesweep.scoring.summary import summarise_pairs

DRAWS = 500
DISPLAY_ROWS, SCORE_ROWS = 10, 20
# training.json of a run, and the JSON file of a judge.
TRAINING = {
    "device": "cpu",
    "device_name": "Abacus 1",
    "models": "variational autoencoders",
    "networks": "fully connected networks",
    "threads": 1,
    "precision": "float32",
    "images_per_second": 12000.0,
    "parameters": 700000,
    "epochs": 1,
}
JUDGE = {
    "accuracy": 0.99,
    "chance": 0.11,
    "ghost_clean": 0.03,
    "ghost_blurred": 0.12,
    "ghost_half": 0.86,
}


def pair_scores(
    score: float, seed: int, judges: int = 2, axes: tuple[float, float] = (0.5, 0.1)
) -> pd.DataFrame:
    """pair_scores.csv of a run with this mean score, which loses `axes` at the ends and between.

    Its display pairs score 100, to be ignored.
    """
    noise = np.random.default_rng(seed).normal(0, 0.05, 2 * SCORE_ROWS)
    rows = [
        {"set": name, "kind": kind, "row": row, **dict.fromkeys((*KIND_COLUMNS, *AXES), 0.5)}
        for name, count in (("display", DISPLAY_ROWS), ("score", SCORE_ROWS))
        for kind in KINDS
        for row in range(count)
    ]
    table = pd.DataFrame(rows)
    scored = table["set"] == "score"
    table.loc[scored, "score"] = score + noise - noise.mean()
    table.loc[~scored, "score"] = 100.0
    for axis, value in zip(AXES, axes, strict=True):
        table.loc[scored, axis] = value + 0.1 * (noise - noise.mean())
    for judge in range(judges):
        table[f"score_judge_{judge}"] = (0.9 + 0.2 * judge) * table["score"]
    return table


def controls(score: float = -0.1, **changes: Any) -> pd.DataFrame:
    """controls.csv in which all controls have the same score."""
    names = [*RECORDS["controls"], *OTHER_PATHS]
    table = pd.DataFrame({"control": names, "score": score, "score_low": score - 0.1})
    table = table.assign(score_high=score + 0.1, quality_same=0.3, quality_different=0.3)
    differences = {"difference": -0.3, "difference_low": -0.4, "difference_high": -0.2}
    return table.assign(**differences | changes)


def run(key: tuple[Any, ...]) -> Run:
    """The run of a key, which may leave out the variant."""
    return Run(*key) if len(key) == 3 else Run("vae", *key)


def metrics(run: Run, scores: pd.DataFrame, **changes: Any) -> dict[str, Any]:
    """metrics.json of a run."""
    return {
        **run._asdict(),
        "status": "ok",
        "neg_elbo": 100.0 + run.latent_size,
        "reconstruction": 80.0,
        "kl": 20.0,
        "active_units": run.latent_size,
        "train_seconds": 1.0,
        "device": "cpu",
        "precision": "float32",
        "made_with": {},
        **summarise_pairs(scores),
        **dict.fromkeys(DIAGNOSTIC_COLUMNS, 3.0),
        **changes,
    }


def sweep(
    scores: dict[Any, float],
    diverged: tuple[Any, ...] = (),
    judges: int = 2,
    equal_pairs: bool = False,
    external: str | None = None,
    axes: Mapping[int, tuple[float, float]] | None = None,
    **changes: Any,
) -> Comparison:
    """Compare runs with these mean scores, by (latent size, seed) or (variant, latent size, seed).

    The runs of the variant `external` are those of an external model. `axes` has what is lost at
    the ends and between them by latent size. `changes` replace values in metrics.json of all runs.
    """
    all_metrics, tables = [], []
    for key, score in scores.items():
        size = run(key).latent_size
        lost = axes[size] if axes else (1 / size, 0.01 * size)
        table = pair_scores(score, 0 if equal_pairs else key[-1], judges, lost)
        special: dict[str, Any] = {"status": "diverged"} if key in diverged else {}
        if run(key).variant == external:
            special = EXTERNAL_TRAINING | unmeasured()
        all_metrics.append(metrics(run(key), table, **changes | special))
        tables.append(table)
    return compare(all_metrics, tables, DRAWS)


def choose(compared: Comparison, **pinned: Any) -> dict[str, Any]:
    """chosen.json of a made-up sweep, with these values pinned."""
    runs = compared.runs[compared.runs["status"] == "ok"]
    tables = {
        run: pair_scores(score, run.seed)
        for run, score in zip(runs_of(runs), runs["score"], strict=True)
    }
    free = dict.fromkeys(Run._fields)
    chosen = choose_run(compared.runs, compared.settings, tables, free | pinned)
    return chosen | {
        "verdict": verdict(compared.runs, compared.settings),
        "cautions": ["Ink is dark."],
    }
