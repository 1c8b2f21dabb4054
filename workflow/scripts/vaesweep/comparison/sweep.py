"""The results of a sweep as figures and documents read them: tables by name, files by run."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from vaesweep.comparison.chosen import chosen_run, read_chosen
from vaesweep.comparison.reading import read_comparison
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import IMAGE_SHAPE, Images
from vaesweep.files import read_arrays, read_table
from vaesweep.interpolation import read_frames
from vaesweep.runs import Run, run_of


class Sweep:
    """The results of a sweep on a data set, each read when it is first needed.

    `files` are the inputs of a rule, by name: the path of a table, or a list with one path per run.
    """

    def __init__(self, files: Mapping[str, Any], dataset: str) -> None:
        self.files = files
        self.dataset = DATASETS[dataset]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """runs.csv."""
        return read_comparison(self.files["runs"], "score", "rank", "device")

    @cached_property
    def settings(self) -> pd.DataFrame:
        """settings.csv."""
        return read_comparison(self.files["settings"], "score", "rank", "best_seed")

    @cached_property
    def differences(self) -> pd.DataFrame:
        """differences.csv."""
        return read_comparison(self.files["differences"], "difference", "low", "high")

    @cached_property
    def controls(self) -> pd.DataFrame:
        """controls.csv."""
        return read_comparison(self.files["controls"], "control", "score", "difference")

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """judges.csv."""
        return read_comparison(self.files["agreement"], "rank_correlation")

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """pairs.csv."""
        return read_pairs(self.files["pairs"])

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """chosen.json."""
        return read_chosen(self.files["chosen"])

    @cached_property
    def references(self) -> dict[str, Images]:
        """The paths of references.npz, `cross_fade` and `transport` (pairs, steps, side, side)."""
        shape = (len(self.pairs), None, *IMAGE_SHAPE)
        return read_arrays(self.files["references"], cross_fade=shape, transport=shape)

    @property
    def chosen_run(self) -> Run:
        """The run to show."""
        return chosen_run(self.chosen)

    def by_run(self, name: str) -> dict[Run, str]:
        """Return the paths of an input that has one per run."""
        return {run_of(path): path for path in self.files[name]}

    def frames(self, run: Run) -> Images:
        """Return the frames (pairs, columns, height, width) that a run decoded."""
        return read_frames(self.by_run("interpolations")[run], len(self.pairs))[0]

    def pair_scores(self, run: Run) -> pd.DataFrame:
        """Return the pair_scores.csv of a run."""
        return read_table(self.by_run("pair_scores")[run], "set", "kind", "row", "score", "quality")
