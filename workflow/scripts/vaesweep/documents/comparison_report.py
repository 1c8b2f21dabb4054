"""What the comparison report says: the tables of a sweep as the texts that its template sets.

Numbers are written here, so that the template holds layout only and types no result in.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import yaml

from vaesweep.comparison.choice import MOST_DRAWN, capital, chosen_run, named_score
from vaesweep.comparison.columns import COLUMNS, COSTS
from vaesweep.comparison.costs import by_rule, seconds_by_run
from vaesweep.comparison.findings import findings
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import KINDS
from vaesweep.documents.texts import plain, table_texts
from vaesweep.documents.typesetting import ROOT
from vaesweep.interpolation import PATHS
from vaesweep.running.provenance import source_of, versions
from vaesweep.runs import Names, Setting, runs_of, settings_of
from vaesweep.scoring.smoothness import PARTS
from vaesweep.scoring.summary import VIEW_COLUMNS
from vaesweep.statistics import ALPHA, LEAST_SEEDS
from vaesweep.words import counted, interval, listed, number, paths_title, percent, signed

SETTING_COLUMNS = (
    *(*Setting._fields, "seeds"),
    *("score", "interval", "first", "score_same", "score_different"),
    *("neg_elbo", "kl", "active_units", "best_seed"),
)
RUN_COLUMNS = (
    *("rank", *Setting._fields, "seed", "score", "interval", "first", "quality_same"),
    *("quality_different", "neg_elbo", "active_units", "train_seconds", "job_seconds", "flags"),
)
PART_FIELDS = ("title", "symbol", "formula", "words", "weight")


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
    dataset = DATASETS[config["dataset"]["name"]]
    names = Names.of(settings_of(settings))
    own_seconds = seconds_by_run(costs)
    with_cost = runs.assign(job_seconds=[own_seconds.get(run) for run in runs_of(runs)])
    ranked = with_cost.sort_values("rank", kind="stable")
    drawn = f"every {names.noun}"
    if len(settings) > MOST_DRAWN:
        drawn = f"the chosen {names.noun} and of the best others"
    return {
        "paper": config["submission"]["paper"],
        "dataset": dataset.name,
        "noun": dataset.noun,
        "headings": {kind: paths_title(kind, dataset.noun).lower() for kind in KINDS},
        "steps": config["interpolation"]["steps"],
        "interpolates": counted(config["interpolation"]["steps"], "evenly spaced code"),
        "path": PATHS[config["interpolation"]["path"]].words,
        "scoring": config["scoring"],
        "settings_noun": names.noun,
        "subtitle": _subtitle(runs, settings, trainings, config),
        "run": capital(names.run(chosen_run(chosen))),
        "pinned": bool(chosen["pinned"]),
        "verdict": chosen["verdict"],
        "reason": chosen["reason"],
        "tiles": _tiles(chosen, settings, names.noun),
        "findings": findings(runs, settings, chosen, agreement, controls),
        "settings": table_texts(settings, SETTING_COLUMNS, chosen),
        "runs": table_texts(ranked, RUN_COLUMNS, chosen),
        "least_seeds": LEAST_SEEDS,
        "alpha": f"{ALPHA:g}",
        "compared": int((settings["seeds"] > 0).sum()) > 1,
        "drawn": drawn,
        "panels": _panels(chosen, names),
        "parts": [{name: getattr(part, name) for name in PART_FIELDS} for part in PARTS],
        "views": _views(settings),
        "costs": _costs(costs),
        "judges": _judges(judges),
        "machine": _machine(trainings),
        "versions": list((source_of(ROOT, config_text) | versions()).items()),
        "config": config_text.splitlines(),
    }


def _subtitle(
    runs: pd.DataFrame,
    settings: pd.DataFrame,
    trainings: Sequence[Mapping[str, Any]],
    config: Mapping[str, Any],
) -> str:
    variants, external = list(config["sweep"]["variants"]), list(config["sweep"]["external"])
    sizes, seeds = config["sweep"]["latent_sizes"], counted(len(config["sweep"]["seeds"]), "seed")
    single = len(variants) == 1
    epochs = {counted(training["epochs"], "epoch") for training in trainings}
    parts = [
        f"{counted(len(trainings), 'variational autoencoder' if single else 'model')} on "
        f"{config['dataset']['name']}: "
        f"{'' if single else f'variants {listed(variants)}; '}latent "
        f"size{'s' if len(sizes) > 1 else ''} {', '.join(map(str, sizes))}",
        f"{seeds} each" if len(settings) > 1 else seeds,
    ]
    if single:
        parts += [trainings[0]["networks"], f"β = {trainings[0]['beta']:g}"]
    parts += [min(epochs).replace(" ", "\N{NO-BREAK SPACE}")] if len(epochs) == 1 else []
    if external:
        parts.append(f"and from elsewhere {listed(external)}")
    return f"{'; '.join(parts)}."


def _panels(chosen: Mapping[str, Any], names: Names) -> str:
    """Say which of the differences are drawn, where not all are."""
    if names.noun != "setting":
        return ""
    return (
        f": sizes of {chosen['variant']}, and variants at latent size {chosen['latent_size']} "
        "(differences.csv has the others)"
    )


def _tiles(chosen: Mapping[str, Any], settings: pd.DataFrame, noun: str) -> list[dict[str, str]]:
    def within(low: float, high: float) -> str:
        return f"95 %: {interval(low, high, 3)}"

    own = chosen_run(chosen).setting
    row = settings[[setting == own for setting in settings_of(settings)]].iloc[0]
    share, neg_elbo = row["win_probability"], row["neg_elbo"]
    few = f"fewer than {LEAST_SEEDS} seeds"
    over_seeds = within(row["score_low"], row["score_high"])
    if pd.isna(row["score_low"]):
        over_seeds = f"{few}: no interval"
    known_first = f"in which its {noun} comes first"
    first = f"cannot be told with {few}" if pd.isna(share) else known_first
    unit = "a plain autoencoder has none" if pd.isna(neg_elbo) else "test set, nats per image"
    tiles = [
        (signed(chosen["value"], 3), named_score(chosen), within(chosen["low"], chosen["high"])),
        (signed(row["score"], 3), f"mean score of its {noun}", over_seeds),
        (percent(share), "share of bootstrap draws", first),
        (number(neg_elbo, 1), "\N{MINUS SIGN}ELBO, mean over seeds", unit),
    ]
    return [dict(zip(("value", "label", "note"), tile, strict=True)) for tile in tiles]


def _views(settings: pd.DataFrame) -> dict[str, Any] | None:
    """Return the further views as means over seeds, or None where no run has any."""
    known = settings.reindex(columns=[*VIEW_COLUMNS]).dropna(axis=1, how="all").columns
    legend = [(plain(COLUMNS[name].heading), COLUMNS[name].meaning) for name in known]
    table = table_texts(settings, (*Setting._fields, *known))
    return table | {"legend": legend} if len(known) else None


def _costs(costs: pd.DataFrame) -> dict[str, Any] | None:
    """Return the table of costs, or None where no benchmark file was found."""
    if costs["seconds"].isna().all():
        return None
    table = table_texts(by_rule(costs), COSTS)
    return table | {"marked": [len(table["rows"]) - 1]}


def _judges(judges: Sequence[Mapping[str, Any]]) -> str:
    accuracies = listed([f"{100 * judge['accuracy']:.1f} %" for judge in judges])
    clean, blurred, half = (
        listed([f"{judge[f'ghost_{name}']:.2f}" for judge in judges])
        for name in ("clean", "blurred", "half")
    )
    return (
        f"{counted(len(judges), 'pair')} of them. On training images held out from the judges, the "
        f"accuracy of the classifier is {accuracies}; the critic gives {clean} to the images, "
        f"{blurred} to the same blurred by 0.8 pixel, and {half} to half-and-half mixes of two "
        "classes, whose target is 1."
    )


def _machine(trainings: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    def values(key: str) -> str:
        return ", ".join(sorted({str(training[key]) for training in trainings}))

    def span(key: str) -> str:
        ends = [f"{choose(t[key] for t in trainings):,.0f}" for choose in (min, max)]
        return " to ".join(dict.fromkeys(ends))

    made_on = f"{platform.system()} {platform.machine()}, {counted(os.cpu_count() or 1, 'core')}"
    return [
        ("trained on", f"{values('device')}: {values('device_name')}"),
        ("threads a run", values("threads")),
        ("precision", values("precision")),
        ("training speed", f"{span('images_per_second')} images a second"),
        ("parameters", span("parameters")),
        ("this report made on", made_on),
    ]
