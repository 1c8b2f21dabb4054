"""Tables of docs/models.md, from a finished study: python benchmarks/models.py examples/models.

Prints, in Markdown, the score, both axes and the truth of the second one for each setting, the
front of both axes, differences (bold if Holm's correction over the column tells them from 0), rank
correlations with the truths on known paths, and the core seconds of the study's jobs.
"""

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import common  # noqa: F401 (finds the package)
import numpy as np
import pandas as pd

from vaesweep import statistics
from vaesweep.comparison.front import front
from vaesweep.runs import Setting
from vaesweep.scoring.record import AXES
from vaesweep.scoring.summary import scores_by_kind

COLUMNS = ("score", *AXES)
TRUTH = "known_path_interpolation"
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
    yield "| latent variables | model | " + " | ".join(COLUMNS) + f" | {TRUTH} | −ELBO |"
    yield "|---|---|" + "---|" * (len(COLUMNS) + 2)
    for row in settings.sort_values(["latent_size", "score"], ascending=[True, False]).itertuples():
        values = row._asdict()
        cells = [
            interval(values[name], values[f"{name}_low"], values[f"{name}_high"])
            for name in COLUMNS
        ]
        nats = "–" if np.isnan(row.neg_elbo) else f"{row.neg_elbo:.1f}"
        cells += [text(values[TRUTH]), nats]
        yield f"| {row.latent_size} | {row.variant} | " + " | ".join(cells) + " |"


def fronts(settings: pd.DataFrame) -> Iterator[str]:
    """The models at each latent size, and at any, that no other one beats on both axes."""
    groups = {str(size): group for size, group in settings.groupby("latent_size")}
    for name, group in {**groups, "any": settings}.items():
        found = [f"{setting.variant} ({setting.latent_size})" for setting in front(group)]
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
    columns[TRUTH] = list(truth_differences(pairs, runs))
    yield "| difference | " + " | ".join(columns) + " |"
    yield "|---|" + "---|" * len(columns)
    for (a, b), *cells in zip(pairs, *columns.values(), strict=True):
        names = f"{a.variant} − {b.variant} at {a.latent_size}"
        if a.variant == b.variant:
            names = f"{a.variant}: {a.latent_size} − {b.latent_size}"
        yield f"| {names} | " + " | ".join(cells) + " |"


def truth_differences(pairs: list[tuple[Setting, Setting]], runs: pd.DataFrame) -> Iterator[str]:
    """Differences of the truth on known paths, with Welch's intervals over seeds."""
    by_setting = runs.groupby(list(Setting._fields))[TRUTH]
    means, counts = by_setting.mean(), by_setting.count()
    parts = {key: (by_setting.var()[key] / n, n - 1.0) for key, n in counts.items()}
    spreads = [statistics.Spread((parts[a], parts[b])) for a, b in pairs]
    found = [means[a] - means[b] for a, b in pairs]
    p_values = [spread.p_value(mean) for spread, mean in zip(spreads, found, strict=True)]
    clear = statistics.holm(np.array(p_values)) < statistics.ALPHA
    for spread, mean, is_clear in zip(spreads, found, clear, strict=True):
        cell = interval(mean, *spread.interval(mean))
        yield f"**{cell}**" if is_clear else cell


def correlations(runs: pd.DataFrame) -> Iterator[str]:
    """Rank correlations over runs: each axis with its truth, score with the whole error."""
    groups = {str(size): group for size, group in runs.groupby("latent_size")}
    for name, group in {"any": runs, **groups}.items():
        ranks = group.rank().corr(numeric_only=True)
        ends, between = AXES
        x, y, z = ranks[between][TRUTH], ranks[between][ends], ranks[TRUTH][ends]
        partial = (x - y * z) / ((1 - y**2) * (1 - z**2)) ** 0.5
        yield (
            f"- {len(group)} runs, latent size {name}: {between} with {TRUTH} {x:.2f}, "
            f"given {ends} {partial:.2f}; {ends} with known_path_reconstruction "
            f"{ranks[ends]['known_path_reconstruction']:.2f}; score with known_path_error "
            f"{ranks['score']['known_path_error']:.2f}, with {TRUTH} {ranks['score'][TRUTH]:.2f}; "
            f"{between} with {ends} {y:.2f}"
        )


def core_seconds(study: Path) -> Iterator[str]:
    """CPU seconds of the jobs of each rule."""
    total = 0.0
    for folder in sorted((study / "results/benchmarks").iterdir()):
        tables = [pd.read_csv(path, sep="\t") for path in folder.glob("*.tsv")]
        seconds = float(sum(table["cpu_time"].sum() for table in tables))
        total += seconds
        yield f"- {folder.name}: {len(tables)} jobs, {seconds:.0f} core seconds"
    yield f"- all: {total:.0f} core seconds"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path, help="folder of a finished study")
    study = parser.parse_args().study
    comparison = study / "results/comparison"
    settings, runs = (pd.read_csv(comparison / f"{name}.csv") for name in ("settings", "runs"))
    for part in (
        settings_table(settings),
        fronts(settings),
        differences(study, settings, runs),
        correlations(runs),
        core_seconds(study),
    ):
        print(*part, "", sep="\n")


if __name__ == "__main__":
    main()
