"""What metrics.json, training.json and a judge's JSON file hold, by column."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.running.sweep import recipe_keys
from vaesweep.runs import Run
from vaesweep.scoring.smoothness import PARTS

KIND_COLUMNS = (*(part.name for part in PARTS), "quality", "score")
# The two axes beside the score, see `scoring/axes.py`, and the intervals of their means.
AXES = ("lost_at_ends", "lost_between")
AXIS_COLUMNS = tuple(f"{axis}{bound}" for axis in AXES for bound in ("", "_low", "_high"))
# Measured beside the score, never used for ranking: what is true on known paths, and context.
KNOWN_PATH_COLUMNS = (
    "known_path_error", "known_path_reconstruction", "known_path_interpolation"
)  # fmt: skip
DIAGNOSTIC_COLUMNS = (*KNOWN_PATH_COLUMNS, "frechet", "nll_is")
# What is measured of a judge, see `judges.train_judge`.
JUDGE_FACTS = ("accuracy", "chance", "ghost_clean", "ghost_blurred", "ghost_half")
LIKELIHOOD_COLUMNS = ("neg_elbo", "reconstruction", "kl", "active_units")
# What training.json must hold: facts of the run, even if it diverged, and how it was made.
TRAINING_FACTS = ("status", "train_seconds", "device", "precision")
# Takes the place of training.json for an external model.
EXTERNAL_TRAINING: dict[str, Any] = dict.fromkeys(TRAINING_FACTS) | {
    "status": "ok",
    "device": "external",
}


def recipe() -> tuple[str, ...]:
    """What training.json has to hold of how the run was made."""
    return (*recipe_keys(), "images")


def trained_here(runs: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows of runs.csv this workflow trained; the others are external models."""
    return runs["device"] != EXTERNAL_TRAINING["device"]


def unmeasured() -> dict[str, float | None]:
    """Empty values for what only a model's weights tell; an external model's are unknown."""
    return dict.fromkeys((*LIKELIHOOD_COLUMNS, *DIAGNOSTIC_COLUMNS))


def record_of(
    run: Run, training: Mapping[str, Any], pairs: pd.DataFrame, steps: int, judges: Sequence[int]
) -> dict[str, Any]:
    """What metrics.json says of a run besides its measurements.

    It names the run, repeats TRAINING_FACTS of training.json, and lists under "made_with" what
    decided its scores, the seeds of `judges` included, which `read_runs` compares with the
    configuration.
    """
    same_kind = (pairs["set"] == "score") & (pairs["kind"] == KINDS[0])
    made_with = {name: training[name] for name in recipe() if name in training}
    made_with |= {"steps": steps, "pairs_per_kind": int(same_kind.sum())}
    made_with["judge_seeds"] = list(judges)
    facts = {name: training[name] for name in TRAINING_FACTS}
    return run._asdict() | facts | {"made_with": made_with}
