"""What metrics.json, training.json and the JSON file of a judge hold, by column."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.running.sweep import recipe_keys
from vaesweep.runs import Run
from vaesweep.scoring.smoothness import PARTS

KIND_COLUMNS = (*(part.name for part in PARTS), "quality", "score")
# Measured beside the score, for context and never for rank.
DIAGNOSTIC_COLUMNS = ("known_path_error", "frechet", "probe", "nll_is")
# What is measured of a judge, see `judges.train_judge`.
JUDGE_FACTS = ("accuracy", "ghost_clean", "ghost_blurred", "ghost_half")
LIKELIHOOD_COLUMNS = ("neg_elbo", "reconstruction", "kl", "active_units")
# What training.json has to hold: of the run, even if it diverged, and of how it was made.
TRAINING_FACTS = ("status", "train_seconds", "device")
# What is known of the training of a model from elsewhere.
EXTERNAL_TRAINING: dict[str, Any] = {"status": "ok", "train_seconds": None, "device": "external"}


def recipe() -> tuple[str, ...]:
    """What training.json has to hold of how the run was made."""
    return (*recipe_keys(), "images")


def is_external(runs: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each row of runs.csv is a run of an external model."""
    return runs["device"] == EXTERNAL_TRAINING["device"]


def unmeasured() -> dict[str, None]:
    """What only a model's weights tell, of one that has none here."""
    return dict.fromkeys((*LIKELIHOOD_COLUMNS, *DIAGNOSTIC_COLUMNS))


def record_of(
    run: Run, training: Mapping[str, Any], pairs: pd.DataFrame, steps: int, judges: Sequence[int]
) -> dict[str, Any]:
    """What metrics.json says of a run beside its scores, from training.json and the judges' seeds.

    That is what names the run, and under "made_with" what decided its scores, for `read_runs` to
    hold against the configuration.
    """
    same_kind = (pairs["set"] == "score") & (pairs["kind"] == KINDS[0])
    made_with = {name: training[name] for name in recipe() if name in training}
    made_with |= {"steps": steps, "pairs_per_kind": int(same_kind.sum())}
    made_with["judge_seeds"] = list(judges)
    of_training = {name: training[name] for name in TRAINING_FACTS}
    return run._asdict() | of_training | {"made_with": made_with}
