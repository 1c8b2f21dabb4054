"""What the comparison report says: the tables of a sweep as the texts that its template sets.

Numbers are written here, so that the template holds layout only and types no result in.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import yaml

from vaesweep.comparison.chosen import chosen_run, score_label
from vaesweep.comparison.columns import COLUMNS, RECORDS, SHOWN, plain, table_texts
from vaesweep.comparison.costs import by_rule
from vaesweep.comparison.findings import findings
from vaesweep.comparison.shortlist import MAX_DRAWN
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import KINDS
from vaesweep.documents.typesetting import ROOT
from vaesweep.interpolation import PATHS
from vaesweep.running.provenance import source_of, versions
from vaesweep.runs import Names, Setting, rows_of, settings_of
from vaesweep.scoring.record import DIAGNOSTIC_COLUMNS, JUDGE_FACTS
from vaesweep.scoring.smoothness import PARTS
from vaesweep.statistics import ALPHA, MIN_SEEDS
from vaesweep.words import capital, counted, interval, listed, number, paths_title, percent, signed


def report_data(
    runs: pd.DataFrame,
    settings: pd.DataFrame,
    chosen: Mapping[str, Any],
    judges: Sequence[Mapping[str, Any]],
    agreement: pd.DataFrame,
    controls: pd.DataFrame,
    trainings: Sequence[Mapping[str, Any]],
    costs: pd.DataFrame,
    config_text: str,
) -> dict[str, Any]:
    """Return everything that `comparison_report.typ` shows.

    Tables are those of the files with their names, `agreement` that of `judges.csv`; `judges` are
    the judges' descriptions, `trainings` the runs' `training.json`, `costs` is what
    `costs.read_costs` returns and `config_text` the configuration that was used, as YAML.
    """
    config = yaml.safe_load(config_text)
    dataset, steps = DATASETS[config["dataset"]["name"]], config["interpolation"]["steps"]
    names = Names.of(settings_of(settings))
    ranked = runs.sort_values("rank", kind="stable")
    return {
        "config": config,
        "config_lines": config_text.splitlines(),
        "chosen": chosen,
        "noun": dataset.noun,
        "headings": {kind: paths_title(kind, dataset.noun).lower() for kind in KINDS},
        "interpolates": counted(steps, "evenly spaced code"),
        "path": PATHS[config["interpolation"]["path"]].words,
        "settings_noun": names.noun,
        "subtitle": _subtitle(settings, trainings, config),
        "run": capital(names.run(chosen_run(chosen))),
        "tiles": _tiles(chosen, settings),
        "findings": findings(runs, settings, chosen, agreement, controls),
        "settings": table_texts(settings, SHOWN["settings in print"], chosen),
        "runs": table_texts(ranked, SHOWN["runs in print"], chosen),
        "min_seeds": MIN_SEEDS,
        "alpha": f"{ALPHA:g}",
        "compared": int((settings["seeds"] > 0).sum()) > 1,
        "all_drawn": len(settings) <= MAX_DRAWN,
        "parts": [RECORDS["parts"][part.name] | {"weight": part.weight} for part in PARTS],
        "views": _views(settings),
        "costs": _costs(costs),
        "judges": {
            "pairs": counted(len(judges), "pair"),
            "accuracy": listed([f"{100 * judge['accuracy']:.1f} %" for judge in judges]),
            **{
                name: listed([f"{judge[name]:.2f}" for judge in judges]) for name in JUDGE_FACTS[1:]
            },
        },
        "machine": _machine(trainings),
        "versions": list((source_of(ROOT, config_text) | versions()).items()),
    }


def _subtitle(
    settings: pd.DataFrame, trainings: Sequence[Mapping[str, Any]], config: Mapping[str, Any]
) -> str:
    """Say what was trained. It also opens the paragraph for a paper."""
    sweep = config["sweep"]
    has_variants = len(sweep["variants"]) > 1
    models = counted(len(trainings), "model" if has_variants else "variational autoencoder")
    facts = [f"variants {listed(list(sweep['variants']))}"] if has_variants else []
    sizes = sweep["latent_sizes"]
    facts.append(f"latent size{'' if len(sizes) == 1 else 's'} {', '.join(map(str, sizes))}")
    each = " each" if len(settings) > 1 else ""
    facts.append(f"{counted(len(sweep['seeds']), 'seed')}{each}")
    if not has_variants:
        facts += [trainings[0]["networks"], f"β = {trainings[0]['beta']:g}"]
    epochs = {training["epochs"] for training in trainings}
    if len(epochs) == 1:
        facts.append(counted(epochs.pop(), "epoch").replace(" ", "\u00a0"))
    if sweep["external"]:
        noun = "external model" if len(sweep["external"]) == 1 else "external models"
        facts.append(f"compared with the {noun} {listed(list(sweep['external']))}")
    return f"{models} on {config['dataset']['name']}: {'; '.join(facts)}."


def _tiles(chosen: Mapping[str, Any], settings: pd.DataFrame) -> dict[str, str]:
    row = rows_of(settings, chosen_run(chosen).setting).iloc[0]
    return {
        "value": signed(chosen["value"], 3),
        "named": score_label(chosen),
        "within": interval(chosen["low"], chosen["high"], 3),
        "mean": signed(row["score"], 3),
        "mean_within": interval(row["score_low"], row["score_high"], 3),
        "first": percent(row["win_probability"]),
        "neg_elbo": number(row["neg_elbo"], 1),
    }


def _views(settings: pd.DataFrame) -> dict[str, Any] | None:
    """Return the further views as means over seeds, or None where no run has any."""
    known = settings.reindex(columns=[*DIAGNOSTIC_COLUMNS]).dropna(axis=1, how="all").columns
    legend = [(plain(COLUMNS[name]["heading"]), COLUMNS[name]["meaning"]) for name in known]
    table = table_texts(settings, (*Setting._fields, *known))
    return table | {"legend": legend} if len(known) else None


def _costs(costs: pd.DataFrame) -> dict[str, Any] | None:
    if costs["seconds"].isna().all():
        return None
    table = table_texts(by_rule(costs), SHOWN["cost"])
    return table | {"marked": [len(table["rows"]) - 1]}


def _machine(trainings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    def values(key: str) -> str:
        return ", ".join(sorted({str(training[key]) for training in trainings}))

    def span(key: str) -> str:
        ends = [f"{choose(t[key] for t in trainings):,.0f}" for choose in (min, max)]
        return " to ".join(dict.fromkeys(ends))

    return {
        **{key: values(key) for key in ("device", "device_name", "threads", "precision")},
        **{key: span(key) for key in ("images_per_second", "parameters")},
        "report": f"{platform.system()} {platform.machine()}",
        "cores": counted(os.cpu_count() or 1, "core"),
    }
