"""A results folder of a made-up sweep, as figures and documents read it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from made_up_sweep import controls, pair_scores

from vaesweep.comparison.sweep import Sweep
from vaesweep.comparison.tables import Comparison
from vaesweep.files import write_arrays, write_json, write_table
from vaesweep.runs import runs_of

COLUMNS = 9


def pairs() -> pd.DataFrame:
    """pairs.csv: a 3 and a 9 in each pair."""
    table = pair_scores(0, 0)[["set", "kind", "row"]]
    return table.assign(index_a=0, index_b=1, digit_a=3, digit_b=9)


def write_results(
    folder: Path, compared: Comparison, chosen: dict[str, Any], dataset: str = "FashionMNIST"
) -> Sweep:
    """Write the files of a made-up sweep. Frames are noise and training took an epoch."""
    history = pd.DataFrame({"epoch": [1], "neg_elbo": [150.0]})
    tables = {**vars(compared), "controls": controls(), "pairs": pairs()}
    files: dict[str, Any] = {}
    for name, table in tables.items():
        files[name] = folder / f"{name}.csv"
        write_table(files[name], table)
    files["agreement"] = files.pop("judges")
    files["chosen"] = folder / "chosen.json"
    write_json(files["chosen"], chosen)
    shape = (len(tables["pairs"]), COLUMNS, 28, 28)
    frames = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    files["references"] = folder / "references.npz"
    write_arrays(files["references"], cross_fade=frames[:, 1:-1], transport=frames[:, 1:-1])
    write_arrays(folder / "frames.npz", frames=frames, reconstructions=frames[:, [0, -1]])
    runs = [
        folder / variant / f"latent-{size}" / f"seed-{seed}"
        for variant, size, seed in runs_of(compared.runs)
    ]
    for run in runs:
        run.mkdir(parents=True)
        (run / "interpolations.npz").symlink_to(folder / "frames.npz")
        write_table(run / "pair_scores.csv", pair_scores(0, 0))
        write_table(run / "history.csv", history)
    files["interpolations"] = [run / "interpolations.npz" for run in runs]
    files["pair_scores"] = [run / "pair_scores.csv" for run in runs]
    files["histories"] = [run / "history.csv" for run in runs]
    return Sweep(files, dataset)
