"""Scores of paths: what distances and judges measure, and the quality relative to two references.

A score of 0 is the quality of a cross-fade of the same two images and a score of 1 that of their
optimal-transport path, see `scoring/references.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from vaesweep.data.pairs import KINDS
from vaesweep.data.splits import Images
from vaesweep.errors import UserError
from vaesweep.files import damaged, read_table
from vaesweep.scoring.axes import kind_means
from vaesweep.scoring.judges import Assessment, Judge
from vaesweep.scoring.smoothness import PARTS, Measurements, quality
from vaesweep.scoring.transport import wasserstein_distance

Array = NDArray[Any]
PART_COLUMNS = tuple(part.name for part in PARTS)
QUALITY = "quality_judge_"
LABELS = ["set", "kind", "row"]


def assess_paths(
    inner: Images,
    references: Mapping[str, Array],
    pairs: pd.DataFrame,
    found: Sequence[Assessment],
) -> pd.DataFrame:
    """Assess the inner frames (N, K, side, side) of paths between the images of N pairs.

    `pairs` are N rows of pairs.csv, and `found` is what each judge says about the inner frames.
    `references` has `transport` (N, K, side, side), the optimal-transport paths between the same
    ends, and `separation` (N,), the distance between the ends in pixels. Returns a row per pair:
    set, kind, row; the parts of quality and quality, averaged over the judges; and
    quality_judge_{seed} of each judge.
    """
    deviation = wasserstein_distance(inner, references["transport"])
    separation = kind_means(references["separation"], pairs)
    class_a, class_b = pairs["digit_a"].to_numpy(), pairs["digit_b"].to_numpy()
    tables, by_judge = [], {}
    for verdict in found:
        measured = Measurements(
            deviation, separation, verdict.ghost, verdict.classes, class_a, class_b
        )
        parts = {part.name: part.of(measured) for part in PARTS}
        parts["quality"] = quality(parts)
        by_judge[f"{QUALITY}{verdict.judge}"] = parts["quality"]
        tables.append(pd.DataFrame(parts))
    means = sum(tables[1:], tables[0]) / len(tables)
    return pd.concat([pairs[LABELS].reset_index(drop=True), means.assign(**by_judge)], axis=1)


def relative_scores(assessed: pd.DataFrame, reference_scores: pd.DataFrame) -> pd.DataFrame:
    """Score what `assess_paths` returned between the cross-fade, 0, and optimal transport, 1.

    Returns the content of pair_scores.csv: set, kind, row, parts, quality, score and
    score_judge_{seed}. A pair's score is its lead in quality over its cross-fade, in units of the
    mean lead of transport over all score pairs of its kind; so a pair for which the two references
    are alike does no harm.
    """
    reference = reference_scores["reference"]
    fade = reference_scores[reference == "cross_fade"].reset_index(drop=True)
    transport = reference_scores[reference == "transport"].reset_index(drop=True)
    is_score_pair = assessed["set"] == "score"
    scores = assessed[[*LABELS, *PART_COLUMNS, "quality"]].copy()
    for column in ("quality", *(name for name in assessed if name.startswith(QUALITY))):
        lead = (transport[column] - fade[column])[is_score_pair]
        mean_lead = lead.groupby(assessed["kind"]).mean()
        name = column.replace("quality", "score")
        scores[name] = (assessed[column] - fade[column]) / assessed["kind"].map(mean_lead)
    return scores


def score_references(
    references: Mapping[str, Array], pairs: pd.DataFrame, judges: Sequence[Judge]
) -> pd.DataFrame:
    """Assess the cross-fades and optimal-transport paths between real images.

    `references` has cross_fade, transport and separation for N rows of pairs.csv. Returns the
    content of reference_scores.csv: a column `reference`, and what `assess_paths` returns. Raises
    UserError if the judges find transport no better than cross-fades, which leaves no scale.
    """
    tables = []
    for name in ("cross_fade", "transport"):
        found = [judge.assess(references[name]) for judge in judges]
        assessed = assess_paths(references[name], references, pairs, found)
        assessed.insert(0, "reference", name)
        tables.append(assessed)
    table = pd.concat(tables, ignore_index=True)
    means = table[table["set"] == "score"].groupby(["reference", "kind"])["quality"].mean()
    for kind in KINDS:
        fade, transport = means["cross_fade", kind], means["transport", kind]
        if not fade < transport:
            raise UserError(
                f"the judges find the optimal-transport paths of the {kind} pairs (quality "
                f"{transport:.3f}) no better than cross-fades ({fade:.3f}), so there is no scale "
                "to score on; raise scoring.pairs_per_kind"
            )
    return table


def read_reference_scores(path: str, pairs: pd.DataFrame, judges: Sequence[Judge]) -> pd.DataFrame:
    """Read reference_scores.csv. UserError if missing, damaged, or for other pairs or judges."""
    names = [f"{QUALITY}{judge.seed}" for judge in judges]
    table = read_table(path, "reference", *LABELS, "quality", *names)
    for _, rows in table.groupby("reference"):
        if not rows[LABELS].reset_index(drop=True).equals(pairs[LABELS].reset_index(drop=True)):
            raise damaged(path, "its rows are not those of results/pairs.csv")
    return table
