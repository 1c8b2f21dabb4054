"""What the score pairs say of one run: means by kind, its score and the interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.scoring.smoothness import PARTS
from vaesweep.statistics import Array, spread_over_pairs

PART_COLUMNS = (*(part.name for part in PARTS), "quality", "crossfade_quality", "score")


@dataclass(frozen=True)
class View:
    """What is measured beside the score, for context and never for rank.

    Attributes:
        name: its column.
        heading: over a column of the reports.
        of_paths: whether each pair has one; else a run has.
    """

    name: str
    heading: str
    of_paths: bool = False


VIEWS = (
    View("path_length", "path\nlength", of_paths=True),
    View("directness", "directness", of_paths=True),
    View("step_gini", "Gini of\nsteps", of_paths=True),
    View("feature_path_length", "length in\nfeatures", of_paths=True),
    View("prior_frechet", "Fréchet,\nprior"),
    View("nll_is", "\N{MINUS SIGN}log p,\nnats"),
)
VIEW_COLUMNS = tuple(view.name for view in VIEWS)


# What training.json has to hold: of the run, and of how it was made.
OF_RUN = ("latent_size", "seed", "status", "train_seconds", "device")
HOW_MADE = (
    *("architecture", "hidden", "beta", "epochs", "batch_size", "learning_rate"),
    "images",
)


def record_of(
    training: Mapping[str, Any], pairs: pd.DataFrame, steps: int, judges: Sequence[int]
) -> dict[str, Any]:
    """What metrics.json says of a run beside its scores.

    Args:
        training: training.json.
        pairs: pairs.csv.
        steps: interpolates of a path.
        judges: their seeds.

    Returns:
        What names the run, and under "made_with" what decided its scores, for `compare` to hold
        against the configuration.
    """
    same_kind = (pairs["set"] == "score") & (pairs["kind"] == KINDS[0])
    made_with = {name: training[name] for name in HOW_MADE}
    made_with |= {"steps": steps, "pairs_per_kind": int(same_kind.sum())}
    made_with["judge_seeds"] = list(judges)
    return {name: training[name] for name in OF_RUN} | {"made_with": made_with}


def summarise_pairs(pair_scores: pd.DataFrame) -> dict[str, float]:
    """Means over the score pairs of a run, by kind, and its score with its interval over pairs.

    Args:
        pair_scores: pair_scores.csv of the run.
    """
    scored = pair_scores[pair_scores["set"] == "score"]
    means = scored.groupby("kind")[list(PART_COLUMNS)].mean()
    summary = {
        f"{part}_{kind}": float(means.loc[kind, part]) for kind in KINDS for part in PART_COLUMNS
    }
    score = float(np.mean([summary[f"score_{kind}"] for kind in KINDS]))
    low, high = spread_over_pairs(scores_by_kind([pair_scores])).interval(score)
    of_paths = [view.name for view in VIEWS if view.of_paths]
    views = {name: float(scored[name].mean()) for name in of_paths if name in scored}
    return summary | {"score": score, "score_low": low, "score_high": high} | views


def scores_by_kind(pair_scores: list[pd.DataFrame]) -> dict[str, Array]:
    """For each kind (runs, pairs): the scores on the score pairs."""

    def scored(table: pd.DataFrame, kind: str) -> Array:
        return table.loc[(table["set"] == "score") & (table["kind"] == kind), "score"].to_numpy()

    return {kind: np.stack([scored(table, kind) for table in pair_scores]) for kind in KINDS}
