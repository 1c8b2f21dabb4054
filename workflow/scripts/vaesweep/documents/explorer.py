"""The interpolation explorer: one HTML page to step through the paths of several models.

All frames are in one picture, the sprite. It has a line of cells per setting and display pair, with
a column per frame and two more for the decoded ends, from which the page draws the cross-fade. The
last lines are the optimal-transport paths of the pairs.
"""

import io
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from vaesweep.comparison.columns import RECORDS
from vaesweep.data.datasets import Dataset
from vaesweep.data.pairs import KINDS
from vaesweep.data.splits import Images
from vaesweep.files import workflow_path
from vaesweep.interpolation import cross_fade, interpolate
from vaesweep.runs import Names, Run
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.record import AXES
from vaesweep.scoring.smoothness import PARTS
from vaesweep.scoring.transport import step_lengths
from vaesweep.training.model import VAE
from vaesweep.words import number, paths_title, signed

FRAMES = 65
LEVELS = 16  # of grey in the sprite; four bits per pixel look like eight
TEMPLATE = workflow_path("templates/explorer.html")


@dataclass(frozen=True)
class Interpolation:
    """The finely sampled paths of the display pairs through one model, with measurements.

    `steps` and `classes` are measured on the path and on the cross-fade of its decoded ends.
    """

    run: Run
    cells: Images  # (pairs, FRAMES + 2, 28, 28): the path, then the two decoded ends
    steps: NDArray[np.float64]  # (2, pairs, FRAMES - 1): Wasserstein lengths in pixels
    classes: NDArray[np.float64]  # (2, pairs, FRAMES, classes): mean probabilities over judges
    quality: NDArray[np.float64]  # (pairs, parts of quality + 1): the parts, then quality
    numbers: NDArray[np.float64]  # (pairs, 3): the score, and what is lost on both axes


def measure_paths(
    model: VAE,
    run: Run,
    images: Images,
    pairs: pd.DataFrame,
    judges: Sequence[Judge],
    path: str,
    scores: pd.DataFrame,
) -> Interpolation:
    """Interpolate the display pairs of test images (N, 28, 28) finely and measure the paths.

    The model is a stack of one, `path` is one of `interpolation.PATHS`, and `scores` has the rows
    of these pairs in pair_scores.csv.
    """
    frames, ends = interpolate(model, images, pairs, FRAMES - 2, path)
    fade = cross_fade(ends[:, 0], ends[:, 1], FRAMES - 2)
    both = (frames, np.concatenate([frames[:, :1], fade, frames[:, -1:]], axis=1))
    steps = [step_lengths(path) for path in both]
    classes = [np.mean([judge.assess(path).classes for judge in judges], axis=0) for path in both]
    cells = np.concatenate([frames, ends], axis=1)
    quality = scores[[*(part.name for part in PARTS), "quality"]].to_numpy(float)
    numbers = scores[["score", *AXES]].to_numpy(float)
    return Interpolation(run, cells, np.stack(steps), np.stack(classes), quality, numbers)


def explorer(
    interpolations: Sequence[Interpolation],
    pairs: pd.DataFrame,
    transport: Images,
    chosen: Run,
    dataset: Dataset,
    left_out: int = 0,
) -> str:
    """Write the explorer as one HTML page that loads nothing else.

    There is one interpolation per setting, except for `left_out` settings. `pairs` are the display
    pairs of pairs.csv, and `transport` has their optimal-transport paths (pairs, steps, 28, 28).
    The page opens with the setting of `chosen`.
    """
    # The first and the last step lead from a test image to its reconstruction. They are much longer
    # than the others and would flatten them, so they are cut at the longest of the others.
    longest = max(float(paths.steps[:, :, 1:-1].max()) for paths in interpolations)
    runs = [paths.run for paths in interpolations]
    data = {
        "dataset": dataset.name,
        "class_names": dataset.classes[: interpolations[0].classes.shape[-1]],
        "frames": FRAMES,
        "chosen": [run.setting for run in runs].index(chosen.setting),
        "noun": Names.of(run.setting for run in runs).noun,
        "left_out": left_out,
        "settings": [run._asdict() for run in runs],
        "kinds": {kind: paths_title(kind, dataset.noun) for kind in KINDS},
        "pairs": pairs[["kind", "row", "digit_a", "digit_b"]].to_dict("records"),
        "sprite": f"data:image/png;base64,{_base64(_sprite(interpolations, transport))}",
        "marks": transport.shape[1] + 1,
        "parts": [*(RECORDS["parts"][part.name]["title"] for part in PARTS), "quality"],
        "quality": [paths.quality.round(3).tolist() for paths in interpolations],
        "numbers": [
            [
                f"score {signed(score, 2)} · lost at the ends {number(ends, 2)}, between them "
                f"{number(between, 2)}"
                for score, ends, between in paths.numbers
            ]
            for paths in interpolations
        ],
        "longest": round(longest, 4),
        "steps": [_packed(np.minimum(paths.steps / longest, 1)) for paths in interpolations],
        "classes": [_packed(paths.classes) for paths in interpolations],
    }
    # No text in the data may close the script element that holds them.
    text = json.dumps(data).replace("<", "\\u003c")
    return TEMPLATE.read_text(encoding="utf-8").replace("__DATA__", text)


def _sprite(interpolations: Sequence[Interpolation], transport: Images) -> bytes:
    """Return all cells and the optimal-transport paths as a PNG, ink on white."""
    columns = FRAMES + 2
    blocks = [paths.cells for paths in interpolations]
    first, last = blocks[0][:, :1], blocks[0][:, FRAMES - 1 : FRAMES]
    optimal = np.concatenate([first, transport, last], axis=1)
    blank = np.zeros((len(optimal), columns - optimal.shape[1], *optimal.shape[2:]), np.uint8)
    cells = np.concatenate([*blocks, np.concatenate([optimal, blank], axis=1)])
    lines, _, height, width = cells.shape
    sheet = cells.transpose(0, 2, 1, 3).reshape(lines * height, columns * width)
    levels = np.round((255 - sheet.astype(float)) / 255 * (LEVELS - 1)).astype(np.uint8)
    picture = Image.fromarray(levels).convert("P")
    greys = np.round(np.linspace(0, 255, LEVELS)).astype(np.uint8)
    picture.putpalette(np.repeat(greys, 3).tobytes())
    picture.save(packed := io.BytesIO(), format="png", optimize=True, bits=4)
    return packed.getvalue()


def _packed(shares: NDArray[np.float64]) -> str:
    """Pack values from 0 to 1 as bytes, in C order."""
    return _base64(np.round(shares * 255).astype(np.uint8).tobytes())


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
