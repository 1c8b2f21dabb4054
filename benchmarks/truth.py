"""Does the score rank models by how close they come to known paths?

python benchmarks/truth.py

Trains VAEs, good and bad, on three families of images (see `families.py`), measures how close their
interpolates come to the true images in between, and correlates that over the models with the score
and with other formulas. Models and measurements are kept in --folder. Prints JSON after about 2
hours, or after seconds when repeated.
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
from formulas import WEIGHTS, Arrays, candidates, correlations, means
from matplotlib import rc_context
from matplotlib.figure import Figure
from measured import measure_family

from vaesweep.figures.style import STYLE, WIDTH, name_colours, palette
from vaesweep.runs import Setting

Means = dict[str, dict[str, float]]

FAMILIES = ("lines", "MNIST", "FashionMNIST")
# Of the mean correlation of the score with the truths, over models that did not serve to choose it.
TARGETS = {"lines": 0.6, "MNIST": 0.93, "FashionMNIST": 0.93}
SPLIT_SEED = 0
# No bad path may score higher than this VAE, and no blank one as high as any trained VAE.
GOOD = "vae_16"
BAD = (
    *("cross_fade", "hard_switch", "constant_image", "nearest_training_image"),
    *("untrained", "collapsed", "shuffled"),
)
BLANK = ("constant_image", "collapsed")


def halves(names: list[str]) -> dict[str, list[str]]:
    """Models by their use: "pick" to choose a formula, "report" to assess it."""
    names = sorted(names)
    order = np.random.default_rng(SPLIT_SEED).permutation(len(names))
    middle = len(names) // 2
    parts = {"pick": order[:middle], "report": order[middle:], "all": np.arange(len(names))}
    found = {part: [names[k] for k in sorted(chosen)] for part, chosen in parts.items()}
    return found | {"default sweep": [name for name in names if name.startswith("default")]}


def held_against_truth(
    models: dict[str, Arrays], controls: dict[str, Arrays], family: str
) -> tuple[dict[str, Any], dict[str, Means]]:
    """`correlations` by set of pairs and part of the models, and the means that they compare."""
    known = {
        model: {
            name.removeprefix("truth."): float(values.mean())
            for name, values in arrays.items()
            if name.startswith("truth.")
        }
        for model, arrays in models.items()
    }
    found, values = {}, {"truth": known}
    for pairs in ["known"] if family == "lines" else ["known", "score"]:
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
    """The arrays of one set of pairs, by name."""
    start = f"{pairs}."
    return {k.removeprefix(start): v for k, v in arrays.items() if k.startswith(start)}


def _columns(rows: Means, names: list[str]) -> Arrays:
    return {key: np.array([rows[name][key] for name in names]) for key in rows[names[0]]}


def control_table(controls: dict[str, Arrays]) -> tuple[Means, dict[str, Any]]:
    """Means of the formulas over the controls' pairs, and whether each formula passes.

    It passes if transport comes first, no bad path is above the VAE of latent size 16, and all
    blank paths are below every trained VAE. `next` is the best of the bad paths, and `lead` is the
    VAE's lead over it, with the standard error over pairs.
    """
    values = {name: means(arrays, True, controls) for name, arrays in controls.items()}
    formulas = ["score", *(f"T^{k} G C" for k in WEIGHTS), "mean-T G C", "T + G + C", "T C", "gain"]
    verdicts = {}
    for formula in formulas:
        value = {name: row[formula] for name, row in values.items()}
        next_bad = max(BAD, key=value.__getitem__)
        worst = min(x for name, x in value.items() if name.startswith("vae_"))
        lead = value[GOOD] - value[next_bad]
        passed = (
            max(value, key=value.__getitem__) == "transport"
            and lead >= 0
            and all(value[name] < worst for name in BLANK)
        )
        verdicts[formula] = {"passed": passed, "next": next_bad, "lead": round(lead, 4)}
        if formula != "score":  # a score is made of means over pairs
            of_pairs = [candidates(controls[name], True)[formula] for name in (GOOD, next_bad)]
            difference = of_pairs[0] - of_pairs[1]
            error = difference.std(ddof=1) / len(difference) ** 0.5
            verdicts[formula]["standard_error"] = round(float(error), 4)
    ordered = sorted(values.items(), key=lambda item: -item[1]["quality"])
    return {n: {f: round(row[f], 4) for f in formulas} for n, row in ordered}, verdicts


@rc_context(STYLE)
def draw(values: dict[str, dict[str, Means]], found: dict[str, Any], path: Path) -> None:
    """Draw the models of each family: how close they come to the known paths, by score."""
    figure = Figure(figsize=(WIDTH, 2.5), layout="constrained")
    sizes = {
        family: {
            name: Setting("vae", variant.architecture.latent_size)
            for name, variant in variants(family).items()
        }
        for family in values
    }
    colours = palette(sorted(size for family in sizes.values() for size in family.values()))
    for axes, (family, of) in zip(figure.subplots(1, len(values)), values.items(), strict=True):
        pairs, formula = ("score", "score") if "score" in of else ("known", "quality")
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
        axes.text(0.97, 0.05, f"rank corr. {rho:.2f}", transform=axes.transAxes, ha="right")
        axes.set_xlabel(formula if pairs == "score" else "quality without classes")
    figure.axes[0].set_ylabel("distance from the true images,\npixels, growing downwards")
    name_colours(figure, colours)
    figure.savefig(path, dpi=160)


def main() -> None:
    """Train and measure what is missing, then report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "results/truth")
    parser.add_argument("--picture", type=Path, help="PNG to draw")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    found, values, tables, verdicts = {}, {}, {}, {}
    for family in FAMILIES:
        models, controls = measure_family(family, arguments.folder)
        found[family], values[family] = held_against_truth(models, controls, family)
        if controls:
            tables[family], verdicts[family] = control_table(controls)
    reached = {}
    for family in FAMILIES:
        for pairs, parts in found[family].items():
            quality = parts["report"]["candidates"]["quality"]
            mean, lowest, target = quality["mean"][0], quality["lowest"], TARGETS[family]
            reached[f"{family}, {pairs} pairs"] = {
                "mean": mean,
                "lowest": lowest,
                "target": target,
                "reached": mean >= target and lowest >= 0,
            }
    if arguments.picture:
        draw(values, found, arguments.picture)
    report("truth", targets=reached, controls=tables, verdicts=verdicts, families=found)


if __name__ == "__main__":
    main()
