"""Read the scores of all runs, and check that they belong to one sweep."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from vaesweep.data.pairs import KINDS
from vaesweep.errors import UserError
from vaesweep.files import damaged, read_json, read_table
from vaesweep.runs import Run
from vaesweep.scoring.record import (
    AXES,
    AXIS_COLUMNS,
    DIAGNOSTIC_COLUMNS,
    KIND_COLUMNS,
    LIKELIHOOD_COLUMNS,
)

MEANS_BY_KIND = tuple(f"{part}_{kind}" for kind in KINDS for part in KIND_COLUMNS)
SCORE_COLUMNS = ("score", "score_low", "score_high")
# What metrics.json holds, but for the axes, the diagnostics and how the run was made.
METRICS = (
    *Run._fields,
    "status",
    *LIKELIHOOD_COLUMNS,
    "train_seconds",
    "device",
    *MEANS_BY_KIND,
    *SCORE_COLUMNS,
)


def read_runs(
    files: Iterable[tuple[str, str]], pairs: pd.DataFrame, config: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[pd.DataFrame]]:
    """Read metrics.json and pair_scores.csv of all runs, and check that they belong together.

    `config` has by variant the values with which its runs must have been made. Snakemake reruns
    what a changed configuration affects, unless its records (.snakemake) were lost. UserError names
    the first file that is damaged, or made for other pairs, another configuration or other images.
    """
    metrics, pair_scores, images = [], [], set()
    labels = pairs[["set", "kind", "row"]]
    for path, scores_path in files:
        metric = read_json(path, *METRICS, *AXIS_COLUMNS, *DIAGNOSTIC_COLUMNS, "made_with")
        made_with = metric["made_with"]
        for key, expected in config[metric["variant"]].items():
            if made_with.get(key) != expected:
                raise UserError(
                    f"{path}: the run was made with {key} {made_with.get(key)}, but config.yaml "
                    f"has {expected}. Delete the run's folder and rerun, or restore config.yaml"
                )
        if made_with.get("images") is not None:  # unknown for an external model
            images.add(made_with["images"])
        if len(images) > 1:
            raise damaged(path, "the run was trained on other images than the first run")
        scores = read_table(scores_path, *labels, "score", "quality", *AXES)
        if not scores[["set", "kind", "row"]].equals(labels):
            raise damaged(scores_path, "its rows are not those of results/pairs.csv")
        metrics.append(metric)
        pair_scores.append(scores)
    return metrics, pair_scores
