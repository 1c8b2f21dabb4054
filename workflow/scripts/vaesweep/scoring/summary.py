"""What the score pairs say of a run: means by kind, and its score with an interval."""

import numpy as np
import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.scoring.record import KIND_COLUMNS
from vaesweep.statistics import Array, means, spread_over_pairs


def summarise_pairs(pair_scores: pd.DataFrame) -> dict[str, float]:
    """Means over the score pairs of pair_scores.csv, by kind, and the score with its interval."""
    scored = pair_scores[pair_scores["set"] == "score"]
    by_kind = scored.groupby("kind")[list(KIND_COLUMNS)].mean()
    summary = {}
    for kind in KINDS:
        for part in KIND_COLUMNS:
            summary[f"{part}_{kind}"] = float(by_kind.loc[kind, part])
    score = float(np.mean([summary[f"score_{kind}"] for kind in KINDS]))
    low, high = spread_over_pairs(scores_by_kind([pair_scores])).interval(score)
    return summary | {"score": score, "score_low": low, "score_high": high}


def difference(a: pd.DataFrame, b: pd.DataFrame) -> dict[str, float]:
    """Paired difference in score between two pair_scores.csv, a - b, with its interval."""
    scores_a, scores_b = scores_by_kind([a]), scores_by_kind([b])
    differences = {kind: scores_a[kind] - scores_b[kind] for kind in KINDS}
    mean = float(means(differences)[0])
    low, high = spread_over_pairs(differences).interval(mean)
    return {"difference": mean, "difference_low": low, "difference_high": high}


def scores_by_kind(pair_scores: list[pd.DataFrame]) -> dict[str, Array]:
    """The scores of the score pairs of several runs: (runs, pairs) for each kind."""
    scored = [table[table["set"] == "score"] for table in pair_scores]
    return {
        kind: np.stack([table["score"][table["kind"] == kind] for table in scored])
        for kind in KINDS
    }
