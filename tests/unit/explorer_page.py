"""A small explorer of made-up paths, for the unit tests and for those in a browser."""

import numpy as np
import pandas as pd

from vaesweep.data.datasets import DATASETS, Dataset
from vaesweep.documents import explorer
from vaesweep.runs import Run

PAIRS = pd.DataFrame(
    [
        {"kind": kind, "row": row, "digit_a": row, "digit_b": row if kind == "same" else row + 1}
        for kind in ("same", "different")
        for row in range(3)
    ]
)


def interpolations() -> list[explorer.Interpolation]:
    """Two latent sizes. Each frame has one grey level, which gets darker along the path."""
    made = []
    for place, size in enumerate((2, 16)):
        columns = explorer.FRAMES + 2
        levels = np.arange(columns) * 3 + place
        cells = np.broadcast_to(levels[None, :, None, None], (len(PAIRS), columns, 28, 28))
        steps = np.full((2, len(PAIRS), explorer.FRAMES - 1), 0.5 + place)
        classes = np.full((2, len(PAIRS), explorer.FRAMES, 10), 0.1)
        quality = np.full((len(PAIRS), 4), 0.25 + place / 2)
        numbers = np.tile([0.4, 0.5 + place, np.nan], (len(PAIRS), 1))
        run, cells = Run("vae", size, 4 + place), cells.astype(np.uint8)
        made.append(explorer.Interpolation(run, cells, steps, classes, quality, numbers))
    return made


TRANSPORT = np.full((len(PAIRS), 7, 28, 28), 90, np.uint8)


def page(dataset: Dataset = DATASETS["MNIST"]) -> str:
    return explorer.explorer(interpolations(), PAIRS, TRANSPORT, Run("vae", 16, 5), dataset)
