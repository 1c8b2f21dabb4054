"""The interpolation explorer: one HTML file in which a reader walks along the paths.

All frames lie in one picture (a sprite): a line of cells for each setting and display pair, a
column for each frame, and two more for the decoded ends, between which the page draws the
cross-fade itself. Below them lie the pairs' optimal-transport paths, at the marks that are scored.
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
from vaesweep.scoring.smoothness import PARTS
from vaesweep.scoring.transport import step_lengths
from vaesweep.training.model import VAE
from vaesweep.words import paths_title

FRAMES = 65
LEVELS = 16  # greys of the sprite: four bits a pixel, which the eye does not miss
TEMPLATE = workflow_path("templates/explorer.html")


@dataclass(frozen=True)
class Walk:
    """The display pairs' paths through one model; `steps` and `classes` also of their cross-fades.

    Steps are lengths in pixels of Wasserstein distance, classes mean probabilities over judges.
    """

    run: Run
    cells: Images  # (pairs, FRAMES + 2, 28, 28): the path, then the two decoded ends
    steps: NDArray[np.float64]  # (2, pairs, FRAMES - 1): of the path, of the cross-fade
    classes: NDArray[np.float64]  # (2, pairs, FRAMES, classes)
    quality: NDArray[np.float64]  # (pairs, parts of quality + 1): the parts, then quality


def walk(
    model: VAE,
    run: Run,
    images: Images,
    pairs: pd.DataFrame,
    judges: Sequence[Judge],
    path: str,
    scores: pd.DataFrame,
) -> Walk:
    """Interpolate the display pairs of test images (N, 28, 28) finely and measure the paths.

    The model is a stack of one, `path` one of `interpolation.PATHS`, and `scores` are the pairs'
    rows of the run's pair_scores.csv.
    """
    frames, ends = interpolate(model, images, pairs, FRAMES - 2, path)
    fade = cross_fade(ends[:, 0], ends[:, 1], FRAMES - 2)
    both = (frames, np.concatenate([frames[:, :1], fade, frames[:, -1:]], axis=1))
    steps = [step_lengths(each) for each in both]
    classes = [np.mean([judge.assess(each).classes for judge in judges], axis=0) for each in both]
    cells = np.concatenate([frames, ends], axis=1)
    quality = scores[[*(part.name for part in PARTS), "quality"]].to_numpy(float)
    return Walk(run, cells, np.stack(steps), np.stack(classes), quality)


def explorer(
    walks: Sequence[Walk],
    pairs: pd.DataFrame,
    transport: Images,
    chosen: Run,
    dataset: Dataset,
    left_out: int = 0,
) -> str:
    """Write the explorer as one HTML document without any reference to the outside.

    There is a walk for each setting but those `left_out`, through the display pairs of pairs.csv,
    whose optimal-transport paths (pairs, steps, 28, 28) are `transport`. It opens with `chosen`.
    """
    # The first and the last step, between a test image and its reconstruction, are many times as
    # long as the others and would flatten them: they are cut at the longest of the others.
    longest = max(float(walk.steps[:, :, 1:-1].max()) for walk in walks)
    data = {
        "dataset": dataset.name,
        "class_names": dataset.classes[: walks[0].classes.shape[-1]],
        "frames": FRAMES,
        "chosen": next(k for k, walk in enumerate(walks) if walk.run.setting == chosen.setting),
        "noun": Names.of(walk.run.setting for walk in walks).noun,
        "left_out": left_out,
        "sizes": [walk.run._asdict() for walk in walks],
        "kinds": {kind: paths_title(kind, dataset.noun) for kind in KINDS},
        "pairs": pairs[["kind", "row", "digit_a", "digit_b"]].to_dict("records"),
        "sprite": f"data:image/png;base64,{b64encode(_sprite(walks, transport)).decode('ascii')}",
        "between": transport.shape[1] + 1,
        "parts": [*(RECORDS["parts"][part.name]["title"] for part in PARTS), "quality"],
        "quality": [walk.quality.round(3).tolist() for walk in walks],
        "longest": round(longest, 4),
        "steps": [_bytes(np.minimum(walk.steps / longest, 1)) for walk in walks],
        "classes": [_bytes(walk.classes) for walk in walks],
    }
    # No text in the data can end the element that holds them.
    packed = json.dumps(data).replace("<", "\\u003c")
    return TEMPLATE.read_text(encoding="utf-8").replace("__DATA__", packed)


def _sprite(walks: Sequence[Walk], transport: Images) -> bytes:
    """Return the cells of all walks and of transport, below each other, as a PNG: ink on white."""
    of_pairs, last = walks[0].cells, FRAMES - 1
    below = np.concatenate([of_pairs[:, :1], transport, of_pairs[:, [last]]], axis=1)
    blocks = [*(walk.cells for walk in walks), below]
    columns = max(block.shape[1] for block in blocks)
    wide = [((0, 0), (0, columns - block.shape[1]), (0, 0), (0, 0)) for block in blocks]
    cells = np.concatenate([np.pad(*each) for each in zip(blocks, wide, strict=True)])
    lines, _, height, width = cells.shape
    sheet = cells.transpose(0, 2, 1, 3).reshape(lines * height, columns * width)
    levels = np.round((255 - sheet.astype(float)) / 255 * (LEVELS - 1)).astype(np.uint8)
    picture = Image.fromarray(levels).convert("P")
    picture.putpalette([round(255 * k / (LEVELS - 1)) for k in range(LEVELS) for _ in range(3)])
    picture.save(packed := io.BytesIO(), format="png", optimize=True, bits=4)
    return packed.getvalue()


def _bytes(shares: NDArray[np.float64]) -> str:
    """Pack values from 0 to 1 as bytes, in C order."""
    return b64encode(np.round(shares * 255).astype(np.uint8).tobytes()).decode("ascii")
