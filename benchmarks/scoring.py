"""What scoring one run costs: CPU seconds on one core, after imports, as JSON.

python benchmarks/scoring.py [--pairs-per-kind 200]

Uses the model, the judges and the test images of a finished sweep (results/).
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow" / "scripts"))

from vaesweep.data.pairs import draw_pairs
from vaesweep.data.splits import load_split
from vaesweep.interpolation import interpolate
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.score import score_run
from vaesweep.scoring.transport import path_lengths
from vaesweep.training.model import load_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs-per-kind", type=int, default=200)
    parser.add_argument("--results", type=Path, default=Path("results"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    [data] = options.results.glob("data/*/test.npz")
    images, labels = load_split(data)
    model = load_model(sorted(options.results.glob("runs/*/*/model.safetensors"))[0])
    judges = [load_judge(path) for path in sorted(options.results.glob("judges/*.safetensors"))]
    pairs = draw_pairs(labels, 10, 0, options.pairs_per_kind)
    pairs = pairs[pairs["set"] == "score"]
    frames, reconstructions = interpolate(model, images, pairs, 7)

    began = time.process_time()
    score_run(frames, reconstructions, pairs, judges)
    score_seconds = time.process_time() - began
    began = time.process_time()
    path_lengths(np.concatenate([frames, frames]))
    transport_seconds = time.process_time() - began
    found = {
        "pairs": len(pairs),
        "judges": len(judges),
        "cpu_seconds": round(score_seconds, 2),
        "of_which_transport": round(transport_seconds, 2),
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
