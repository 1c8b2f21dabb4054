"""Scoring paths of images: what is measured of them, by distances and by judges, and what follows.

A path's quality is held against two references between the same images, see
`scoring/references.py`: score 0 is a cross-fade of them and score 1 their optimal-transport path.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vaesweep.data.pairs import KINDS
from vaesweep.data.splits import Images
from vaesweep.errors import UserError
from vaesweep.files import damaged, read_table
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.smoothness import PARTS, Measured, quality
from vaesweep.scoring.transport import wasserstein_distance

Array = NDArray[Any]
PART_COLUMNS = tuple(part.name for part in PARTS)
QUALITY = "quality_judge_"
LABELS = ["set", "kind", "row"]


def assess_paths(
    frames: Images, references: Mapping[str, Array], pairs: pd.DataFrame, judges: Sequence[Judge]
) -> pd.DataFrame:
    """Judge paths (N, K + 2, side, side) between the real images of N rows of pairs.csv.

    `references` holds transport, (N, K, side, side), the optimal-transport paths between the same
    ends, apart, (N,), the distance of the ends in pixels, and if need be `own`, transport's
    `self_costs`. Returned is a row a pair: set, kind, row; the parts of quality and quality, means
    over judges, and quality_judge_{seed} for each.
    """
    own = references.get("own")
    off = wasserstein_distance(frames[:, 1:-1], references["transport"], own_b=own)
    apart = references["apart"]
    class_a, class_b = pairs["digit_a"].to_numpy(), pairs["digit_b"].to_numpy()
    found, qualities = [], {}
    for judge in judges:
        verdict = judge.assess(frames[:, 1:-1])
        measured = Measured(off, apart, verdict.ghost, verdict.classes, class_a, class_b)
        parts = {part.name: part.of(measured) for part in PARTS}
        own = quality(parts)
        found.append(pd.DataFrame(parts | {"quality": own}))
        qualities[f"{QUALITY}{judge.seed}"] = own
    means = sum(found[1:], found[0]) / len(found)
    return pd.concat([pairs[LABELS].reset_index(drop=True), means.assign(**qualities)], axis=1)


def relative_scores(judged: pd.DataFrame, references: pd.DataFrame) -> pd.DataFrame:
    """Score paths that `assess_paths` judged between the cross-fade, 0, and optimal transport, 1.

    Returned is pair_scores.csv: set, kind, row, parts, quality, score and score_judge_{seed}. A
    pair's score is its lead over its own cross-fade in units of the mean lead of transport over the
    score pairs of its kind, so that a pair on which the two are alike does no harm.
    """
    fade, transport = (
        references[references["reference"] == name].reset_index(drop=True)
        for name in ("cross_fade", "transport")
    )
    counted = judged["set"] == "score"
    scores = judged[[*LABELS, *PART_COLUMNS, "quality"]].copy()
    for column in ("quality", *(name for name in judged if name.startswith(QUALITY))):
        lead = (transport[column] - fade[column])[counted].groupby(judged["kind"]).mean()
        name = column.replace("quality", "score")
        scores[name] = (judged[column] - fade[column]) / judged["kind"].map(lead)
    return scores


def score_references(
    ends: Images, references: Mapping[str, Array], pairs: pd.DataFrame, judges: Sequence[Judge]
) -> pd.DataFrame:
    """Judge cross-fades and optimal-transport paths between real images (N, 2, side, side).

    `references` holds cross_fade, transport and apart of N rows of pairs.csv. Returned is
    reference_scores.csv: reference, and what `assess_paths` returns of it. A UserError:
    the judges find transport no better than the cross-fades, so that there is no scale.
    """
    tables = []
    for name in ("cross_fade", "transport"):
        frames = np.concatenate([ends[:, :1], references[name], ends[:, 1:]], axis=1)
        judged = assess_paths(frames, references, pairs, judges)
        judged.insert(0, "reference", name)
        tables.append(judged)
    table = pd.concat(tables, ignore_index=True)
    means = table[table["set"] == "score"].groupby(["reference", "kind"])["quality"].mean()
    for kind in KINDS:
        fade, transport = means["cross_fade", kind], means["transport", kind]
        if not fade < transport:
            raise UserError(
                f"the judges find the optimal-transport paths of the {kind} pairs, quality "
                f"{transport:.3f}, no better than cross-fades, {fade:.3f}, so that nothing can be "
                "scored between them; raise scoring.pairs_per_kind"
            )
    return table


def read_reference_scores(path: str, pairs: pd.DataFrame, judges: Sequence[Judge]) -> pd.DataFrame:
    """Read reference_scores.csv; a UserError if missing, damaged, or of other pairs or judges."""
    names = [f"{QUALITY}{judge.seed}" for judge in judges]
    table = read_table(path, "reference", *LABELS, "quality", *names)
    for _, rows in table.groupby("reference"):
        if not rows[LABELS].reset_index(drop=True).equals(pairs[LABELS].reset_index(drop=True)):
            raise damaged(path, "its rows are not those of results/pairs.csv")
    return table
