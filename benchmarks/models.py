"""Tables of docs/models.md, from a finished study: python benchmarks/models.py examples/models.

Prints, in Markdown, the score and both axes of each setting with intervals, the front of both axes
at each latent size, and paired differences, with p-values by Holm over all of a column.
"""

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import common  # noqa: F401 (finds the package)
import numpy as np
import pandas as pd

from vaesweep import statistics
from vaesweep.runs import Setting, settings_of
from vaesweep.scoring.record import AXES
from vaesweep.scoring.summary import scores_by_kind

COLUMNS = ("score", *AXES)
# What each model changes, and in which other model.
CHANGES = {
    "beta-0.25": "ae",
    "vae": "ae",
    "beta-4": "ae",
    "acai": "ae",
    "dae": "ae",
    "wae": "ae",
    "conv": "vae",
}


def text(value: float) -> str:
    """Three decimals without the leading zero."""
    return f"{value:.3f}".replace("0.", ".", 1).replace("-", "−")


def interval(value: float, low: float, high: float) -> str:
    """A value with its interval."""
    return f"{text(value)} [{text(low)}, {text(high)}]"


def settings_table(settings: pd.DataFrame) -> Iterator[str]:
    """A row for each setting."""
    yield "| latent variables | model | " + " | ".join(COLUMNS) + " | −ELBO | reconstruction |"
    yield "|---|---|" + "---|" * (len(COLUMNS) + 2)
    for row in settings.sort_values(["latent_size", "score"], ascending=[True, False]).itertuples():
        values = row._asdict()
        cells = [
            interval(values[name], values[f"{name}_low"], values[f"{name}_high"])
            for name in COLUMNS
        ]
        nats = "–" if np.isnan(row.neg_elbo) else f"{row.neg_elbo:.1f}"
        cells += [nats, f"{row.reconstruction:.1f}"]
        yield f"| {row.latent_size} | {row.variant} | " + " | ".join(cells) + " |"


def fronts(settings: pd.DataFrame) -> Iterator[str]:
    """The models at each latent size, and at any, that no other one beats on both axes."""
    groups = {str(size): group for size, group in settings.groupby("latent_size")}
    for name, group in {**groups, "any": settings}.items():
        axes = group[list(AXES)].to_numpy()
        beaten = [((axes <= point).all(1) & (axes < point).any(1)).any() for point in axes]
        front = group[~np.array(beaten)].sort_values(AXES[0])
        found = [f"{setting.variant} ({setting.latent_size})" for setting in settings_of(front)]
        yield f"- Front at latent size {name}: {', '.join(found)}"


def differences(study: Path, settings: pd.DataFrame, runs: pd.DataFrame) -> Iterator[str]:
    """Paired differences: of each model from what it changes, and of neighbouring sizes."""
    sizes = sorted(settings["latent_size"].unique())
    variants = list(settings["variant"].unique())
    changes = [change for change in CHANGES.items() if set(change) <= set(variants)]
    pairs = [(Setting(a, n), Setting(b, n)) for n in sizes for a, b in changes]
    for variant in variants:
        pairs += [(Setting(variant, m), Setting(variant, n)) for n, m in pairwise(sizes)]
    tables = {
        setting: [
            pd.read_csv(
                f"{study}/results/runs/{row.variant}/latent-{row.latent_size}/seed-{row.seed}/pair_scores.csv"
            )
            for row in group.itertuples()
        ]
        for key, group in runs[runs["status"] == "ok"].groupby(list(Setting._fields))
        for setting in [Setting(*key)]
    }
    columns = {}
    for name in COLUMNS:
        scores = {setting: scores_by_kind(found, name) for setting, found in tables.items()}
        cells, p_values = [], []
        for a, b in pairs:
            spread = statistics.spread_of_difference(scores[a], scores[b])
            mean = float(statistics.means(scores[a]).mean() - statistics.means(scores[b]).mean())
            cells.append(interval(mean, *spread.interval(mean)))
            p_values.append(spread.p_value(mean))
        is_clear = statistics.holm(np.array(p_values)) < statistics.ALPHA
        columns[name] = [
            f"**{cell}**" if clear else cell for cell, clear in zip(cells, is_clear, strict=True)
        ]
    yield "| difference | " + " | ".join(COLUMNS) + " |"
    yield "|---|" + "---|" * len(COLUMNS)
    for (a, b), *cells in zip(pairs, *columns.values(), strict=True):
        names = f"{a.variant} − {b.variant} at {a.latent_size}"
        if a.variant == b.variant:
            names = f"{a.variant}: {a.latent_size} − {b.latent_size}"
        yield f"| {names} | " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path, help="folder of a finished study")
    study = parser.parse_args().study
    comparison = study / "results/comparison"
    settings, runs = (pd.read_csv(comparison / f"{name}.csv") for name in ("settings", "runs"))
    for part in (settings_table(settings), fronts(settings), differences(study, settings, runs)):
        print(*part, "", sep="\n")


if __name__ == "__main__":
    main()
