"""What a run says to whoever started it: what is planned, what was found, what went wrong."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vaesweep.files import read_json, read_table
from vaesweep.running.config import variants
from vaesweep.running.preflight import has_nvidia_gpu
from vaesweep.runs import Names, Setting, settings_of
from vaesweep.words import counted

# Seconds on one core, between those of servers with and without AVX512-BF16: an epoch of a training
# of the default networks, a judge, what is done to each run of a setting, and the start of a job.
EPOCH_SECONDS = 4
JUDGE_SECONDS = 20
RUN_SECONDS = {"score": 4, "draw_runs": 1}
START_SECONDS = 3
TABLE = "results/comparison/settings.csv"
MAX_LINES = 16  # of that table, the best first


def opening(config: Mapping[str, Any], planned: Mapping[str, int], cores: int | None) -> str:
    """Say what a run is about to do: so many jobs of each rule, on so many cores or a cluster."""
    trainings = sum(count for rule, count in planned.items() if rule.startswith("train_stack"))
    trainings += planned.get("train", 0)
    sweep, training = config["sweep"], config["training"]
    runs = len(sweep["variants"]) * len(sweep["latent_sizes"]) * len(sweep["seeds"])
    runs += sum(len(own["frames"]) for own in sweep["external"].values())
    trained = variants(config).values()
    epochs = [own["training"]["epochs"] for own in trained]
    named = " or ".join(map(str, sorted(set(epochs))))
    device = training["device"]
    if device == "auto" and cores is not None:
        device = "cuda, if PyTorch can use the GPU" if has_nvidia_gpu() else "cpu"
    lines = [
        f"Planned: {counted(sum(planned.values()), 'job')}, of them "
        f"{counted(trainings, 'training')}, in a sweep of {counted(runs, 'run')} "
        f"of {named} epoch{'s' * (named != '1')} on {config['dataset']['name']}. "
        f"Device: {device}." + (f" Cores: {cores}." if cores else "")
    ]
    plain = all(own["model"]["architecture"] == "mlp" for own in trained)
    if cores and device == "cpu" and plain:
        seconds = trainings * sum(epochs) / len(epochs) * EPOCH_SECONDS
        seconds += planned.get("train_judges", 0) * JUDGE_SECONDS
        each = sum(planned.get(rule, 0) * own for rule, own in RUN_SECONDS.items())
        seconds += each * len(sweep["seeds"]) + sum(planned.values()) * START_SECONDS
        minutes = max(1, round(seconds / min(cores, max(1, len(planned))) / 60))
        lines.append(f"This takes about {counted(minutes, 'minute')}; what is made stays made.")
    if trainings:
        lines.append("To watch a training: tail -f results/logs/train/*.log")
    return "\n".join(lines)


def closing(netid: str) -> str:
    """Say what was found and where the documents lie."""
    from vaesweep.templates import TEMPLATES  # here, since every start of Snakemake reads the rest

    chosen = read_json("results/chosen.json", *Setting._fields, "reason", "verdict")
    columns = (*Setting._fields, "rank", "score", "score_low", "score_high", "neg_elbo")
    table = read_table(TABLE, *columns, "best_seed").sort_values("rank", kind="stable")
    settings = settings_of(table)
    names = Names.of(settings)
    said = TEMPLATES.get_template("closing.txt").render(
        names=names,
        width=max(11, *(len(names.label(setting)) for setting in settings)),
        rows=list(zip(settings, table.to_dict("records"), strict=True)),
        max_lines=MAX_LINES,
        table=TABLE,
        own=Setting(*(chosen[key] for key in Setting._fields)),
        chosen=chosen,
        netid=netid,
        exists=os.path.exists,
    )
    return said.rstrip("\n")


def errors_since(began: float, logs: Path = Path("results/logs")) -> Iterator[str]:
    """The errors in the logs of jobs that were started since `began`, in seconds since 1970."""
    for path in sorted(logs.rglob("*.log")):
        if path.stat().st_mtime >= began:
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if " error: " in line or " unexpected error" in line:
                    yield f"{path}: {line}"
