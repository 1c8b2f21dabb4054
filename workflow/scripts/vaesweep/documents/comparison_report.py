"""The texts and tables of the comparison report.

Numbers are formatted here. The template `comparison_report.typ` holds the layout and no results.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from jinja2 import Template

from vaesweep.comparison.chosen import chosen_run, score_label
from vaesweep.comparison.columns import COLUMNS, RECORDS, SHOWN, plain, table_texts
from vaesweep.comparison.costs import by_rule
from vaesweep.comparison.findings import findings
from vaesweep.comparison.sweep import Sweep
from vaesweep.comparison.verdict import verdict
from vaesweep.documents.typesetting import ROOT
from vaesweep.interpolation import PATHS
from vaesweep.running.provenance import source_of, versions
from vaesweep.runs import Names, Setting, rows_of, settings_of
from vaesweep.scoring.record import AXES, DIAGNOSTIC_COLUMNS, JUDGE_FACTS
from vaesweep.scoring.smoothness import PARTS
from vaesweep.statistics import ALPHA, MIN_SEEDS
from vaesweep.words import capital, counted, interval, listed, number, percent, signed


def report_data(
    sweep: Sweep,
    judges: Sequence[Mapping[str, Any]],
    trainings: Sequence[Mapping[str, Any]],
    costs: pd.DataFrame,
    config_text: str,
) -> dict[str, Any]:
    """Return everything that `comparison_report.typ` shows, except captions.

    `judges` and `trainings` are the JSON files of the judges and runs, `costs` comes from
    `costs.read_costs`, and `config_text` is the configuration as YAML.
    """
    config = yaml.safe_load(config_text)
    runs, settings, chosen = sweep.runs, sweep.settings, sweep.chosen
    names = Names.of(settings_of(settings))
    ranked = runs.sort_values("rank", kind="stable")
    return {
        "config": config,
        "config_lines": config_text.splitlines(),
        "chosen": chosen,
        "verdict": verdict(runs, settings, sweep.controls),
        "noun": sweep.dataset.noun,
        "interpolates": counted(config["interpolation"]["steps"], "evenly spaced code"),
        "path": PATHS[config["interpolation"]["path"]].words,
        "settings_noun": names.noun,
        "subtitle": _subtitle(runs, trainings, config),
        "run": capital(names.run(sweep.chosen_run)),
        "tiles": _tiles(chosen, runs, settings),
        "findings": findings(runs, settings, chosen, sweep.agreement, sweep.controls),
        "settings": table_texts(settings, SHOWN["settings in print"], chosen),
        "runs": table_texts(ranked, SHOWN["runs in print"], chosen),
        "min_seeds": MIN_SEEDS,
        "alpha": f"{ALPHA:g}",
        "compared": int((settings["seeds"] > 0).sum()) > 1,
        "parts": [RECORDS["parts"][part.name] | {"weight": part.weight} for part in PARTS],
        "models": listed(sorted({training["models"] for training in trainings})),
        "axes": [(plain(COLUMNS[axis]["heading"]), COLUMNS[axis]["meaning"]) for axis in AXES],
        "diagnostics": _diagnostics(settings),
        "costs": _costs(costs),
        "judges": _judges(judges),
        "machine": _machine(trainings),
        "versions": list((source_of(ROOT, config_text) | versions()).items()),
    }


def _subtitle(
    runs: pd.DataFrame, trainings: Sequence[Mapping[str, Any]], config: Mapping[str, Any]
) -> str:
    """Say what was trained. It also opens the paragraph for a paper."""
    sweep = config["sweep"]
    has_variants = len(sweep["variants"]) > 1
    models = counted(len(trainings), "model")
    kind = "{models} of {networks}".format(**trainings[0])
    facts = [f"variants {listed(list(sweep['variants']))}" if has_variants else kind]
    sizes = sweep["latent_sizes"]
    facts.append(f"latent size{'' if len(sizes) == 1 else 's'} {', '.join(map(str, sizes))}")
    each = " each" if len(set(settings_of(runs))) > 1 else ""
    facts.append(f"{counted(len(sweep['seeds']), 'seed')}{each}")
    epochs = {training["epochs"] for training in trainings}
    if len(epochs) == 1:
        facts.append(counted(epochs.pop(), "epoch").replace(" ", "\u00a0"))
    if sweep["external"]:
        noun = "external model" if len(sweep["external"]) == 1 else "external models"
        others = counted(len(runs) - len(trainings), "run")
        facts.append(f"compared with {others} of the {noun} {listed(list(sweep['external']))}")
        facts.append(f"{len(runs)} runs in all")
    return f"{models} on {config['dataset']['name']}: {'; '.join(facts)}."


def _tiles(chosen: Mapping[str, Any], runs: pd.DataFrame, settings: pd.DataFrame) -> dict[str, str]:
    run = chosen_run(chosen)
    row = rows_of(settings, run.setting).iloc[0]
    lost = rows_of(runs, run.setting).set_index("seed").loc[run.seed]
    return {
        "value": signed(chosen["value"], 3),
        "named": score_label(chosen),
        "within": interval(chosen["low"], chosen["high"], 3),
        "mean": signed(row["score"], 3),
        "mean_within": interval(row["score_low"], row["score_high"], 3),
        "first": percent(row["win_probability"]),
        "lost": f"{number(lost['lost_at_ends'], 2)} / {number(lost['lost_between'], 2)}",
    }


def read_caption(path: str | Path, noun: str) -> str:
    """Read the caption of a figure, which is a template of the HTML report, as one line.

    `noun` is what the settings of the sweep are called.
    """
    job = {"params": {"noun": noun}}
    text = Template(Path(path).read_text(encoding="utf-8")).render(snakemake=job)
    return " ".join(text.split())


def _judges(judges: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    facts = {
        "pairs": counted(len(judges), "pair"),
        "accuracy": listed([f"{100 * judge['accuracy']:.1f} %" for judge in judges]),
        "chance": f"{100 * judges[0]['chance']:.1f} %",
    }
    for name in JUDGE_FACTS[2:]:
        facts[name] = listed([f"{judge[name]:.2f}" for judge in judges])
    return facts


def _diagnostics(settings: pd.DataFrame) -> dict[str, Any] | None:
    """Return the diagnostics as means over seeds, or None if there are none."""
    known = settings.reindex(columns=[*DIAGNOSTIC_COLUMNS]).dropna(axis=1, how="all").columns
    legend = [(plain(COLUMNS[name]["heading"]), COLUMNS[name]["meaning"]) for name in known]
    table = table_texts(settings, (*Setting._fields, *known))
    return table | {"legend": legend} if legend else None


def _costs(costs: pd.DataFrame) -> dict[str, Any] | None:
    if costs["seconds"].isna().all():
        return None
    table = table_texts(by_rule(costs), SHOWN["cost"])
    return table | {"marked": [len(table["rows"]) - 1]}


def _machine(trainings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    facts = {
        "report": f"{platform.system()} {platform.machine()}",
        "cores": counted(os.cpu_count() or 1, "core"),
    }
    for key in ("device", "device_name", "threads", "precision"):
        facts[key] = ", ".join(sorted({str(training[key]) for training in trainings}))
    for key in ("images_per_second", "parameters"):
        values = [training[key] for training in trainings]
        low, high = f"{min(values):,.0f}", f"{max(values):,.0f}"
        facts[key] = low if low == high else f"{low} to {high}"
    return facts
