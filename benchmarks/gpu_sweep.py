"""How long many seeds take as one stack, compared with one seed alone on the same device.

The two take turns. The first epoch of each training is not counted, since it includes the start of
the device. The target for 64 seeds on a data-centre GPU is at most 2.5 times as long.
"""

import argparse
import statistics
from typing import Any

import torch
from common import configured, load_images, report, train_seeds


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=64, help="members of the stack")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--latent-size", type=int, default=20)
    parser.add_argument("--architecture", choices=["mlp", "conv"])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--images", type=int, default=60_000, help="training images used")
    arguments = parser.parse_args()
    if arguments.epochs < 2:
        parser.error("--epochs must be at least 2: the first is not counted")
    torch.set_num_threads(1)
    images = load_images()[0][: arguments.images]
    architecture, values = configured(arguments.latent_size, arguments.architecture)
    values["epochs"] = arguments.epochs
    seconds: dict[int, list[float]] = {1: [], arguments.seeds: []}
    facts: dict[str, Any] = {}
    for _ in range(arguments.repeats):
        for count, times in seconds.items():
            seeds = tuple(range(count))
            runs = train_seeds(architecture, values, seeds, images, arguments.device)
            history = runs[0].history
            times.append(history[-1]["seconds"] - history[0]["seconds"])
            if count == 1:
                alone = runs[0].history[-1]["neg_elbo"]
            else:
                stacked = runs[0].history[-1]["neg_elbo"]
                facts = runs[0].facts
    one, many = (statistics.median(times) for times in seconds.values())
    report(
        "gpu_sweep",
        **vars(arguments),
        precision=facts["precision"],
        peak_memory_mib=facts["peak_memory_mib"],
        seconds_of_one=one,
        seconds_of_stack=many,
        times_as_long=many / one,
        neg_elbo_of_seed_0={"alone": alone, "stacked": stacked},
    )


if __name__ == "__main__":
    main()
