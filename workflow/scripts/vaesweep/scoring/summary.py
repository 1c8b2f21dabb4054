"""What the score pairs say of a run: means by kind, its score and both axes with intervals."""

import numpy as np
import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.scoring.record import AXES, KIND_COLUMNS
from vaesweep.statistics import Array, means, spread_over_pairs


def summarise_pairs(pair_scores: pd.DataFrame) -> dict[str, float | None]:
    """Means over the score pairs of pair_scores.csv, by kind; the score and axes with intervals.

    An axis is left out if the table lacks it, and None if it is unknown.
    """
    scored = pair_scores[pair_scores["set"] == "score"]
    by_kind = scored.groupby("kind")[list(KIND_COLUMNS)].mean()
    summary: dict[str, float | None] = {}
    for kind in KINDS:
        for part in KIND_COLUMNS:
            summary[f"{part}_{kind}"] = float(by_kind.loc[kind, part])
    for name in ("score", *(axis for axis in AXES if axis in pair_scores)):
        values = scores_by_kind([pair_scores], name)
        mean = float(means(values)[0])
        found = (mean, *spread_over_pairs(values).interval(mean))
        for bound, value in zip(("", "_low", "_high"), found, strict=True):
            summary[f"{name}{bound}"] = None if np.isnan(value) else value
    return summary


def difference(a: pd.DataFrame, b: pd.DataFrame) -> dict[str, float]:
    """Paired difference in score between two pair_scores.csv, a - b, with its interval."""
    scores_a, scores_b = scores_by_kind([a]), scores_by_kind([b])
    differences = {kind: scores_a[kind] - scores_b[kind] for kind in KINDS}
    mean = float(means(differences)[0])
    low, high = spread_over_pairs(differences).interval(mean)
    return {"difference": mean, "difference_low": low, "difference_high": high}


def scores_by_kind(pair_scores: list[pd.DataFrame], column: str = "score") -> dict[str, Array]:
    """The scores, or another column, of the score pairs of several runs: (runs, pairs) by kind."""
    scored = [table[table["set"] == "score"] for table in pair_scores]
    return {
        kind: np.stack([table[column][table["kind"] == kind] for table in scored]) for kind in KINDS
    }
