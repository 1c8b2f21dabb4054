"""What the score pairs say of one run: means by kind, its score and the interval."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.runs import Run
from vaesweep.scoring.smoothness import PARTS
from vaesweep.statistics import Array, means, spread_over_pairs

KIND_COLUMNS = (*(part.name for part in PARTS), "quality", "score")
# Measured beside the score, for context and never for rank.
VIEW_COLUMNS = ("known_path_error", "frechet", "probe", "nll_is")
# What is measured of a judge, see `judges.train_judge`.
OF_JUDGE = ("accuracy", "ghost_clean", "ghost_blurred", "ghost_half")
LIKELIHOOD_COLUMNS = ("neg_elbo", "reconstruction", "kl", "active_units")
# What training.json has to hold: of the run, even if it diverged, and of how it was made.
OF_TRAINING = ("status", "train_seconds", "device")
HOW_MADE = (
    *("architecture", "hidden", "objective", "beta"),
    *("epochs", "batch_size", "learning_rate", "images"),
)
# What is known of the training of a model from elsewhere.
ELSEWHERE = {"status": "ok", "train_seconds": None, "device": "elsewhere"}


def unmeasured() -> dict[str, None]:
    """What only a model's weights tell, of one that has none here."""
    return dict.fromkeys((*LIKELIHOOD_COLUMNS, *VIEW_COLUMNS))


def record_of(
    run: Run, training: Mapping[str, Any], pairs: pd.DataFrame, steps: int, judges: Sequence[int]
) -> dict[str, Any]:
    """What metrics.json says of a run beside its scores, from training.json and the judges' seeds.

    That is what names the run, and under "made_with" what decided its scores, for `read_runs` to
    hold against the configuration.
    """
    same_kind = (pairs["set"] == "score") & (pairs["kind"] == KINDS[0])
    made_with = {name: training[name] for name in HOW_MADE if name in training}
    made_with |= {"steps": steps, "pairs_per_kind": int(same_kind.sum())}
    made_with["judge_seeds"] = list(judges)
    of_training = {name: training[name] for name in OF_TRAINING}
    return run._asdict() | of_training | {"made_with": made_with}


def summarise_pairs(pair_scores: pd.DataFrame) -> dict[str, float]:
    """Means over the score pairs of pair_scores.csv, by kind, and the score with its interval."""
    scored = pair_scores[pair_scores["set"] == "score"]
    by_kind = scored.groupby("kind")[list(KIND_COLUMNS)].mean()
    summary = {
        f"{part}_{kind}": float(by_kind.loc[kind, part]) for kind in KINDS for part in KIND_COLUMNS
    }
    score = float(np.mean([summary[f"score_{kind}"] for kind in KINDS]))
    low, high = spread_over_pairs(scores_by_kind([pair_scores])).interval(score)
    return summary | {"score": score, "score_low": low, "score_high": high}


def difference(a: pd.DataFrame, b: pd.DataFrame) -> dict[str, float]:
    """Score of the paths of one pair_scores.csv less that of another, paired, with its interval."""
    of_a, of_b = scores_by_kind([a]), scores_by_kind([b])
    differences = {kind: of_a[kind] - of_b[kind] for kind in KINDS}
    mean = float(means(differences)[0])
    low, high = spread_over_pairs(differences).interval(mean)
    return {"difference": mean, "difference_low": low, "difference_high": high}


def scores_by_kind(pair_scores: list[pd.DataFrame]) -> dict[str, Array]:
    """For each kind (runs, pairs): the scores on the score pairs."""
    scored = [table[table["set"] == "score"] for table in pair_scores]
    return {
        kind: np.stack([table["score"][table["kind"] == kind] for table in scored])
        for kind in KINDS
    }
