"""Does the score put models in the order of how near they come to paths that are known?

python benchmarks/truth.py

Trains VAEs, good and bad, on three families of images (see `families.py`), measures how near their
interpolates come to the true images in between, and correlates that over models with the score and
with other formulas that were tried. Models and what is measured of them are kept in --folder.
Prints JSON; about 2 hours at first, seconds again.
"""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from common import ROOT, report
from families import variants
from formulas import WEIGHTS, Arrays, correlations, means
from matplotlib import rc_context
from matplotlib.figure import Figure
from measured import measure_family

from vaesweep.figures.style import STYLE, WIDTH, name_colours, palette

Means = dict[str, dict[str, float]]

FAMILIES = ("lines", "MNIST", "FashionMNIST")
# Of the mean correlation of the score with the truths, on models that had no say in its choice.
TARGETS = {"lines": 0.6, "MNIST": 0.93, "FashionMNIST": 0.93}
SPLIT_SEED = 0
# Must not be above the VAE of latent size 16, and must be at the bottom.
NOT_ABOVE = (
    *("cross_fade", "hard_switch", "constant_image", "nearest_training_image"),
    *("untrained", "collapsed", "shuffled"),
)
BOTTOM = ("constant_image", "collapsed")


def halves(names: list[str]) -> dict[str, list[str]]:
    """Models by the use that is made of them: "pick" chooses a formula, "report" says its worth."""
    names = sorted(names)
    order = np.random.default_rng(SPLIT_SEED).permutation(len(names))
    middle = len(names) // 2
    parts = {"pick": order[:middle], "report": order[middle:], "all": np.arange(len(names))}
    found = {part: [names[k] for k in sorted(chosen)] for part, chosen in parts.items()}
    return found | {"default sweep": [name for name in names if name.startswith("default")]}


def held_against_truth(
    models: dict[str, Arrays], controls: dict[str, Arrays], family: str
) -> tuple[dict[str, Any], dict[str, Means]]:
    """`correlations` by set of pairs and part of the models; and the means they are of."""
    known = {
        model: {
            name.removeprefix("truth."): float(values.mean())
            for name, values in arrays.items()
            if name.startswith("truth.")
        }
        for model, arrays in models.items()
    }
    found, values = {}, {"truth": known}
    for pairs in ("own", "score")[: 1 if family == "lines" else 2]:
        values[pairs] = {
            model: means(
                part_of(arrays, pairs), family != "lines", controls if pairs == "score" else {}
            )
            for model, arrays in models.items()
        }
        found[pairs] = {
            part: correlations(_columns(values[pairs], names), _columns(known, names))
            for part, names in halves(list(models)).items()
            if names
        }
    return found, values


def part_of(arrays: Arrays, pairs: str) -> Arrays:
    """The arrays of one set of pairs, by their own names."""
    start = f"{pairs}."
    return {k.removeprefix(start): v for k, v in arrays.items() if k.startswith(start)}


def _columns(rows: Means, names: list[str]) -> Arrays:
    return {key: np.array([rows[name][key] for name in names]) for key in rows[names[0]]}


def passes(controls: Means, formula: str) -> bool:
    """Whether transport comes first, no bad path lies above a VAE, and the blank ones are last."""
    values = {name: row[formula] for name, row in controls.items()}
    lowest = sorted(values, key=values.__getitem__)[: len(BOTTOM)]
    return (
        max(values, key=values.__getitem__) == "transport"
        and all(values[name] <= values["vae_16"] for name in NOT_ABOVE)
        and set(lowest) == set(BOTTOM)
    )


@rc_context(STYLE)
def draw(values: dict[str, dict[str, Means]], found: dict[str, Any], path: Path) -> None:
    """Draw the models of each family: their score against how near they come to the known paths."""
    figure = Figure(figsize=(WIDTH, 2.5), layout="constrained")
    sizes = {
        family: {name: each.architecture.latent_size for name, each in variants(family).items()}
        for family in values
    }
    colours = palette(size for family in sizes.values() for size in family.values())
    for axes, (family, of) in zip(figure.subplots(1, len(values)), values.items(), strict=True):
        pairs, formula = ("score", "score") if "score" in of else ("own", "quality")
        names = list(of["truth"])
        axes.scatter(
            [of[pairs][name][formula] for name in names],
            [-of["truth"][name]["nearness"] for name in names],
            s=14,
            c=[colours[sizes[family][name]] for name in names],
            linewidths=0,
            alpha=0.85,
        )
        axes.invert_yaxis()
        rho = found[family][pairs]["all"]["candidates"][formula]["nearness"][0]
        axes.set_title(family)
        axes.text(0.04, 0.97, f"rank correlation {rho:.2f}", transform=axes.transAxes, va="top")
        axes.set_xlabel(formula if pairs == "score" else "quality without classes")
    figure.axes[0].set_ylabel("distance from the true images,\npixels (the nearer, the higher)")
    name_colours(figure, colours)
    figure.savefig(path, dpi=160)


def main() -> None:
    """Train and measure what is missing, and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "results/truth")
    parser.add_argument("--picture", type=Path, help="PNG to draw")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    found, values, of_controls = {}, {}, {}
    for family in FAMILIES:
        models, controls = measure_family(family, arguments.folder)
        found[family], values[family] = held_against_truth(models, controls, family)
        if family == "MNIST":
            of_controls = {name: means(m, True, controls) for name, m in controls.items()}
    reached = {
        f"{family}, {pairs} pairs": {
            "mean": (mean := (rows := parts["report"]["candidates"]["quality"])["mean"][0]),
            "lowest": rows["lowest"],
            "target": TARGETS[family],
            "reached": mean >= TARGETS[family] and rows["lowest"] >= 0,
        }
        for family in FAMILIES
        for pairs, parts in found[family].items()
    }
    formulas = ["score", *(f"T^{k} G C" for k in WEIGHTS), "mean-T G C", "gain"]
    table = {
        name: {formula: round(row[formula], 4) for formula in formulas}
        for name, row in sorted(of_controls.items(), key=lambda item: -item[1]["quality"])
    }
    if arguments.picture:
        draw(values, found, arguments.picture)
    passed = {formula: passes(of_controls, formula) for formula in formulas}
    report("truth", targets=reached, controls=table, controls_pass=passed, families=found)


if __name__ == "__main__":
    main()
