"""What the comparison report says: the tables of a sweep as the texts that its template sets.

Numbers are written here, so that the template holds layout only and types no result in.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import pandas as pd
import yaml

from vaesweep.comparison.choice import MOST_SIZES_DRAWN
from vaesweep.comparison.costs import by_rule
from vaesweep.comparison.findings import findings
from vaesweep.data.pairs import KINDS
from vaesweep.documents.html_tables import interval, number, percent, signed
from vaesweep.scoring.columns import VIEW_COLUMNS
from vaesweep.statistics import LEAST_SEEDS
from vaesweep.words import counted, listed, paths_title

VERSIONED = ("torch", "numpy", "scipy", "pandas", "matplotlib", "snakemake", "typst", "pypdf")

Columns = Sequence[tuple[str, str, int | None]]  # name in the table, heading, decimals
SIZE_COLUMNS: Columns = (
    ("latent_size", "latent\nsize", None),
    ("seeds", "seeds", None),
    ("gain", "mean\ngain", 3),
    ("interval", "95 % interval", None),
    ("first", "comes\nfirst", None),
    ("gain_same", "gain,\nsame", 3),
    ("gain_different", "gain,\ndifferent", 3),
    ("neg_elbo", "\N{MINUS SIGN}ELBO,\nnats", 1),
    ("kl", "KL,\nnats", 1),
    ("active_units", "active\nunits", 1),
    ("best_seed", "best\nseed", 0),
)
RUN_COLUMNS: Columns = (
    ("rank", "rank", 0),
    ("latent_size", "latent\nsize", None),
    ("seed", "seed", None),
    ("gain", "gain", 3),
    ("interval", "95 % interval", None),
    ("first", "comes\nfirst", None),
    ("quality_same", "quality,\nsame", 3),
    ("quality_different", "quality,\ndifferent", 3),
    ("neg_elbo", "\N{MINUS SIGN}ELBO,\nnats", 1),
    ("active_units", "active\nunits", 0),
    ("train_seconds", "to train,\ns", 0),
    ("job_seconds", "all jobs,\ns", 0),
    ("flags", "flags", None),
)
COST_COLUMNS: Columns = (
    ("rule", "rule", None),
    ("jobs", "jobs", None),
    ("seconds_each", "a job, s", 1),
    ("seconds", "all jobs, s", 0),
    ("memory_mib", "most memory, MiB", 0),
)
VIEW_HEADINGS = {
    "path_length": "path\nlength",
    "directness": "directness",
    "step_gini": "Gini of\nsteps",
    "feature_path_length": "length in\nfeatures",
    "prior_frechet": "Fréchet,\nprior",
    "nll_is": "\N{MINUS SIGN}log p,\nnats",
}
LEFT_COLUMNS = ("rule", "flags")
ARCHITECTURES = {"mlp": "fully connected", "conv": "convolutional"}


def report_data(
    runs: pd.DataFrame,
    latent_sizes: pd.DataFrame,
    chosen: Mapping[str, Any],
    judges: Sequence[Mapping[str, Any]],
    agreement: pd.DataFrame,
    trainings: Sequence[Mapping[str, Any]],
    costs: pd.DataFrame,
    config_text: str,
    paper: str,
) -> dict[str, Any]:
    """Return everything that `comparison_report.typ` shows.

    Args:
        runs: `runs.csv`.
        latent_sizes: `latent_sizes.csv`.
        chosen: `chosen.json`.
        judges: The description of each judge.
        agreement: `judges.csv`.
        trainings: `training.json` of each run.
        costs: What `costs.read_costs` returns.
        config_text: The configuration that was used, as YAML.
        paper: A key of `paper.PAPER_INCHES`.
    """
    config = yaml.safe_load(config_text)
    dataset = config["dataset"]["name"]
    sizes = _with_texts(latent_sizes.sort_values("latent_size"))
    ranked = _with_texts(_with_cost(runs, costs).sort_values(["rank", "latent_size", "seed"]))
    is_chosen = (ranked["latent_size"] == chosen["latent_size"]) & (
        ranked["seed"] == chosen["seed"]
    )
    return {
        "paper": paper,
        "dataset": dataset,
        "headings": {kind: paths_title(kind, dataset).lower() for kind in KINDS},
        "steps": config["interpolation"]["steps"],
        "scoring": config["scoring"],
        "subtitle": _subtitle(runs, latent_sizes, config),
        "run": f"Latent size {chosen['latent_size']}, seed {chosen['seed']}",
        "pinned": chosen["pinned"],
        "reason": chosen["reason"],
        "tiles": _tiles(chosen, latent_sizes),
        "findings": findings(runs, latent_sizes, chosen, agreement),
        "sizes": _table(sizes, SIZE_COLUMNS, sizes["latent_size"] == chosen["latent_size"]),
        "runs": _table(ranked, RUN_COLUMNS, is_chosen),
        "least_seeds": LEAST_SEEDS,
        "drawn_sizes": "every latent size"
        if len(sizes) <= MOST_SIZES_DRAWN
        else "the chosen latent size and of the best others",
        "views": _views(runs),
        "costs": _costs(costs),
        "judges": _judges(judges),
        "machine": _machine(trainings),
        "versions": _versions(),
        "config": _config_lines(config),
    }


def _with_texts(table: pd.DataFrame) -> pd.DataFrame:
    bounds = zip(table["gain_low"], table["gain_high"], strict=True)
    return table.assign(
        interval=[interval(low, high, 3) for low, high in bounds],
        first=[percent(share) for share in table["win_probability"]],
        flags=table["flags"].fillna("") if "flags" in table else "",
    )


def _table(
    table: pd.DataFrame, columns: Columns, marked: "pd.Series[bool] | None"
) -> dict[str, Any]:
    texts = [[number(value, decimals) for value in table[name]] for name, _, decimals in columns]
    rows = [list(row) for row in zip(*texts, strict=True)]
    return {
        "headings": [heading for _, heading, _ in columns],
        "left": [k for k, (name, _, _) in enumerate(columns) if name in LEFT_COLUMNS],
        "rows": rows,
        "marked": [] if marked is None else [k for k, mark in enumerate(marked) if mark],
    }


def _subtitle(runs: pd.DataFrame, latent_sizes: pd.DataFrame, config: Mapping[str, Any]) -> str:
    model, training = config["model"], config["training"]
    sizes = sorted(latent_sizes["latent_size"])
    seeds = counted(runs["seed"].nunique(), "seed")
    parts = (
        f"{counted(len(runs), 'variational autoencoder')} on {config['dataset']['name']}: latent "
        f"size{'s' if len(sizes) > 1 else ''} {', '.join(map(str, sizes))}",
        f"{seeds} each" if len(sizes) > 1 else seeds,
        f"{ARCHITECTURES[model['architecture']]} networks",
        f"β = {model['beta']:g}",
        counted(training["epochs"], "epoch").replace(" ", "\N{NO-BREAK SPACE}"),
    )
    return f"{'; '.join(parts)}."


def _tiles(chosen: Mapping[str, Any], latent_sizes: pd.DataFrame) -> list[dict[str, str]]:
    size = latent_sizes[latent_sizes["latent_size"] == chosen["latent_size"]].iloc[0]
    return [
        {
            "value": signed(chosen["value"], 3),
            "label": "gain of the run",
            "note": f"95 %: {interval(chosen['low'], chosen['high'], 3)}",
        },
        {
            "value": signed(size["gain"], 3),
            "label": "mean gain of its latent size",
            "note": _over_seeds(size),
        },
        {
            "value": percent(size["win_probability"]),
            "label": "the size comes first",
            "note": "share of bootstrap draws",
        },
        {
            "value": number(size["neg_elbo"], 1),
            "label": "\N{MINUS SIGN}ELBO of the size",
            "note": "test set, nats per image",
        },
    ]


def _over_seeds(size: pd.Series) -> str:
    if pd.isna(size["gain_low"]):
        return f"fewer than {LEAST_SEEDS} seeds: no interval"
    return f"95 %: {interval(size['gain_low'], size['gain_high'], 3)}"


def _with_cost(runs: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Add `job_seconds`, those of all jobs of a run, missing where unknown."""
    own = costs.dropna(subset="seed") if len(costs) else costs
    if own.empty:
        return runs.assign(job_seconds=float("nan"))
    seconds = own.groupby(["latent_size", "seed"])["seconds"].sum()
    return runs.join(seconds.rename("job_seconds"), on=["latent_size", "seed"])


def _views(runs: pd.DataFrame) -> dict[str, Any] | None:
    """Return the further views as means over seeds, or None where no run has any."""
    known = [name for name in VIEW_COLUMNS if name in runs and runs[name].notna().any()]
    if not known:
        return None
    means = runs.groupby("latent_size")[known].mean().reset_index()
    columns: list[tuple[str, str, int | None]] = [("latent_size", "latent\nsize", None)]
    columns += [(name, VIEW_HEADINGS.get(name, name), 2) for name in known]
    return _table(means, columns, None)


def _config_lines(config: Mapping[str, Any]) -> list[str]:
    """Write the configuration as YAML with a line a key."""
    lines = []
    for section, values in config.items():
        if isinstance(values, dict):
            lines.append(f"{section}:")
            lines += [f"  {key}: {_yaml(value)}" for key, value in values.items()]
        else:
            lines.append(f"{section}: {_yaml(values)}")
    return lines


def _yaml(value: object) -> str:
    in_list: str = yaml.safe_dump([value], default_flow_style=True, width=1000)
    return in_list.strip()[1:-1]


def _costs(costs: pd.DataFrame) -> dict[str, Any] | None:
    """Return the table of costs, or None where no benchmark file was found."""
    if costs.empty:
        return None
    table = _table(by_rule(costs), COST_COLUMNS, None)
    return table | {"marked": [len(table["rows"]) - 1]}


def _judges(judges: Sequence[Mapping[str, Any]]) -> str:
    accuracies = listed([f"{100 * judge['accuracy']:.1f} %" for judge in judges])
    errors = listed([f"{judge['ghost_error']:.3f}" for judge in judges])
    return (
        f"{len(judges)} pair{'s' * (len(judges) != 1)} of them; on training images held out "
        f"from the judges, the accuracy of the classifier is {accuracies} and the mean error of "
        f"the ghost critic {errors}."
    )


def _machine(trainings: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    def values(key: str) -> str:
        return ", ".join(sorted({str(training[key]) for training in trainings}))

    speeds = [float(training["images_per_second"]) for training in trainings]
    return [
        ("trained on", f"{values('device')}: {values('device_name')}"),
        ("threads a run", values("threads")),
        ("precision", values("precision")),
        ("training speed", f"{min(speeds):,.0f} to {max(speeds):,.0f} images a second"),
        (
            "parameters",
            f"{min(t['parameters'] for t in trainings):,} to "
            f"{max(t['parameters'] for t in trainings):,}",
        ),
        (
            "this report made on",
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        ),
    ]


def _versions() -> list[tuple[str, str]]:
    installed = [("Python", platform.python_version())]
    for package in VERSIONED:
        try:
            installed.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            installed.append((package, "not installed"))
    return installed
