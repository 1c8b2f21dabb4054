"""What the comparison report says: the tables of a sweep as the texts that its template sets.

Numbers are written here, so that the template holds layout only and types no result in.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import yaml

from vaesweep.comparison.choice import MAX_DRAWN, chosen_run, named_score
from vaesweep.comparison.columns import COLUMNS, RECORDS, SHOWN, plain, table_texts
from vaesweep.comparison.costs import by_rule, seconds_by_run
from vaesweep.comparison.findings import findings
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import KINDS
from vaesweep.documents.typesetting import ROOT
from vaesweep.interpolation import PATHS
from vaesweep.running.provenance import source_of, versions
from vaesweep.runs import Names, Setting, runs_of, settings_of
from vaesweep.scoring.record import DIAGNOSTIC_COLUMNS, JUDGE_FACTS
from vaesweep.scoring.smoothness import PARTS
from vaesweep.statistics import ALPHA, MIN_SEEDS
from vaesweep.templates import sentences
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
    own_seconds = seconds_by_run(costs)
    with_cost = runs.assign(job_seconds=[own_seconds.get(run) for run in runs_of(runs)])
    ranked = with_cost.sort_values("rank", kind="stable")
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
    epochs = {training["epochs"] for training in trainings}
    [said] = sentences(
        "subtitle.txt",
        runs=len(trainings),
        several=len(settings) > 1,
        dataset=config["dataset"]["name"],
        sweep=config["sweep"],
        first=trainings[0],
        epochs=min(epochs) if len(epochs) == 1 else None,
    )
    return said


def _tiles(chosen: Mapping[str, Any], settings: pd.DataFrame) -> dict[str, str]:
    own = chosen_run(chosen).setting
    row = settings[[setting == own for setting in settings_of(settings)]].iloc[0]
    return {
        "value": signed(chosen["value"], 3),
        "named": named_score(chosen),
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
