"""Does each axis follow its own truth, whatever the other one?

python benchmarks/truth.py [--folder DIR] [--picture docs/truth.png]

Trains models, good and bad, on three families of images (see `families.py`), measures on paths that
are known what each loses at the ends and in between, and correlates that over the models with the
axes and the score, which are measured on other pairs. Models and what was measured are kept in the
folder. Prints JSON.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from common import ROOT, report
from families import FAMILIES, Array, load_family
from matplotlib import rc_context
from matplotlib.figure import Figure
from measured import Numbers, axes, truths
from recipes import have_model, recipes
from scipy.stats import rankdata

from vaesweep.figures.style import STYLE, VARIANT_COLOURS, WIDTH

Measured = dict[str, Numbers]

DRAWS = 1000
# The truth that each column should follow, and the other one, given which it should do so too.
CLAIMS = {
    "lost_at_ends": ("reconstruction", "interpolation"),
    "lost_between": ("interpolation", "reconstruction"),
    "score": ("whole", "interpolation"),
}
CONTROLS = ("cross_fade", "hard_switch")


def spearman(x: Array, y: Array) -> Array:
    """Spearman's rank correlation (...) of x and y (..., M)."""
    ranks = [rankdata(z, axis=-1) - (z.shape[-1] + 1) / 2 for z in (x, y)]
    lengths = [np.linalg.norm(z, axis=-1) for z in ranks]
    return (ranks[0] * ranks[1]).sum(axis=-1) / (lengths[0] * lengths[1])


def partial(x: Array, y: Array, given: Array) -> Array:
    """Spearman's correlation (...) of x and y without what both share with `given` (..., M)."""
    xy, xz, yz = spearman(x, y), spearman(x, given), spearman(y, given)
    with np.errstate(invalid="ignore"):  # draws in which one of two is the other are left out
        return (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))


def with_interval(statistic: Callable[..., Array], *columns: Array) -> list[float]:
    """A statistic of M models, and the middle 95 % of bootstrap draws of them (Efron 1979)."""
    count = len(columns[0])
    drawn = np.random.default_rng(0).integers(count, size=(DRAWS, count))
    ends = np.nanquantile(statistic(*(column[drawn] for column in columns)), [0.025, 0.975])
    return [round(float(x), 2) for x in (statistic(*columns), *ends)]


def correlations(models: list[Measured]) -> dict[str, Any]:
    """How the axes, the score and other formulas go with the truths, over models.

    Of every formula: its correlation with its truth, the same given the other truth, and that with
    the other truth. Of those of the way between the decoded ends also the share of the models whose
    path comes before the cross-fade, and before a hard switch, of their decoded ends.
    """
    true, measured, paths = (
        pd.DataFrame([model[part] for model in models]) for part in ("truths", "axes", "path")
    )
    found: dict[str, Any] = {"models": len(models)}
    columns = {name: (measured[name], *CLAIMS[name]) for name in measured}
    columns |= {name: (paths[name], *CLAIMS["lost_between"]) for name in paths}
    for name, (values, own, other) in columns.items():
        x, y, given = (z.to_numpy() for z in (values, true[own], true[other]))
        found[name] = {
            own: with_interval(spearman, x, y),
            f"{own} given {other}": with_interval(partial, x, y, given),
            other: with_interval(spearman, x, given),
        }
        for control in CONTROLS if name in paths else ():
            after = pd.DataFrame([model[control] for model in models])[name]
            found[name][f"before {control}"] = round(float((values < after).mean()), 2)
    for control in CONTROLS:
        before = true["interpolation"] < true[control]
        found[f"truly before {control}"] = round(float(before.mean()), 2)
    return found | {"truths": true.corr("spearman").round(2).to_dict()}


def markdown(found: dict[str, Any], part: str) -> list[str]:
    """The correlations of a part of the models as rows of a table: of each family, with the truth.

    In square brackets is the interval, in round ones the correlation given the other truth, and
    after a slash are the shares of models whose path comes before the two controls.
    """
    rows = []
    for name in found["MNIST"][part]:
        if name in ("models", "truths") or name.startswith("truly"):
            continue
        cells = []
        for family in FAMILIES:
            values = found[family][part].get(name)
            if values is None:
                cells.append("–")
                continue
            (plain, low, high), (given, *_), *shares = (values[key] for key in _order(values))
            after = " / " + ", ".join(f"{share:.2f}" for share in shares) if shares else ""
            cells.append(f"{plain:.2f} [{low:.2f}, {high:.2f}] ({given:.2f}){after}")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return rows


def _order(values: dict[str, Any]) -> list[str]:
    own, given, _, *shares = values
    return [own, given, *shares]


def measured(name: str, folder: Path) -> dict[str, Measured]:
    """Truths and axes of the models of a family of images, read from its file or measured."""
    file = folder / f"{name}.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    missing = [model for model in recipes() if model not in known]
    if missing:
        family = load_family(name, folder)
        for key in missing:
            path = folder / f"models/{name}/{key}.safetensors"
            model = have_model(path, recipes()[key], family.training)
            known[key] = {"truths": truths(model, family.known)} | axes(model, family)
            file.write_text(json.dumps(known, indent=1))
            logging.info("%s: %s", path, known[key]["axes"])
    return known


@rc_context(STYLE)
def draw(values: dict[str, dict[str, Measured]], path: Path) -> None:
    """Draw each axis against its truth, a point a model, a column a family of images."""
    figure = Figure(figsize=(WIDTH, 4.4), layout="constrained")
    kinds = list(dict.fromkeys(recipe.words for recipe in recipes().values()))
    panels = figure.subplots(2, len(values))
    for column, (family, models) in zip(panels.T, values.items(), strict=True):
        for panel, (axis, (truth, _)) in zip(column, list(CLAIMS.items())[:2], strict=True):
            for kind, colour in zip(kinds, VARIANT_COLOURS, strict=False):
                of_kind = [m for m in models if recipes()[m].words == kind]
                x = [models[m]["truths"][truth] for m in of_kind]
                y = [models[m]["axes"][axis] for m in of_kind]
                filled = [colour if recipes()[m].chooses else "none" for m in of_kind]
                panel.scatter(x, y, s=16, c=filled, edgecolors=colour, linewidths=0.8, label=kind)
            panel.locator_params(nbins=4)
            panel.set_xlabel(f"true {truth} error")
        column[0].set_title(family)
    for panel, axis in zip(panels[:, 0], CLAIMS, strict=False):
        panel.set_ylabel(axis)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(
        handles, labels, ncols=len(kinds), loc="outside lower center",
        title="open: took no part in choosing formulas",
    )  # fmt: skip
    figure.savefig(path, dpi=160)


def main() -> None:
    """Train and measure what is missing, then report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "results/truth")
    parser.add_argument("--picture", type=Path, help="PNG to draw")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    values = {name: measured(name, arguments.folder) for name in FAMILIES}
    found = {}
    for name, models in values.items():
        parts = {
            "all": list(models.values()),
            "chose": [row for key, row in models.items() if recipes()[key].chooses],
            "unseen": [row for key, row in models.items() if not recipes()[key].chooses],
        }
        found[name] = {part: correlations(rows) for part, rows in parts.items()}
    if arguments.picture:
        draw(values, arguments.picture)
    tables = {part: markdown(found, part) for part in ("all", "chose", "unseen")}
    report("truth", tables=tables, correlations=found, models=values)


if __name__ == "__main__":
    main()
