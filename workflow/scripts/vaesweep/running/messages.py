"""What a run prints: before its first job what is planned, after its last what was found."""

import os
import textwrap
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from vaesweep.files import read_json, read_table
from vaesweep.running.preflight import has_nvidia_gpu
from vaesweep.running.schema import read_schema
from vaesweep.running.sweep import variants
from vaesweep.runs import Names, Setting, settings_of
from vaesweep.words import counted, listed

TABLE = "results/comparison/settings.csv"
MAX_LINES = 5  # of that table, the best settings first
LINE = 79  # characters
SUBMISSIONS = Path("results/submission")
DOCUMENTS = {
    "comparison report": "results/comparison/comparison_report.pdf",
    "HTML report": "results/report.html",
    "explorer": "results/comparison/explorer.html",
}


def opening(config: Mapping[str, Any], planned: Mapping[str, int], cores: int | None) -> str:
    """Describe the jobs to run, `planned` by rule, on so many cores or, if None, on a cluster."""
    stacks = sum(count for rule, count in planned.items() if rule.startswith("train_stack"))
    trainings = stacks + planned.get("train", 0)
    sweep, device = config["sweep"], config["training"]["device"]
    runs = len(sweep["variants"]) * len(sweep["latent_sizes"]) * len(sweep["seeds"])
    runs += sum(len(model["frames"]) for model in sweep["external"].values())
    jobs = f"{counted(sum(planned.values()), 'job')} to run"
    if trainings:
        epochs = {sections["training"]["epochs"] for sections in variants(config).values()}
        noun = "epoch" if epochs == {1} else "epochs"
        numbers = listed(sorted(epochs), "or")
        jobs += f", including {counted(trainings, 'training')} of {numbers} {noun}"
    if device == "auto" and cores is not None:
        device = "cuda, if PyTorch can use the GPU" if stacks and has_nvidia_gpu() else "cpu"
    where = f"Device: {device}. Cores: {cores}." if cores else f"Device: {device}."
    lines = [
        f"{jobs}, in a sweep of {counted(runs, 'run')} on {config['dataset']['name']}.",
        f"{where} You can stop at any time: finished results are kept.",
    ]
    if trainings:
        lines.append(f"To watch the jobs: tail -f {from_here('results/logs')}/*/*.log")
    return "\n".join(lines)


def from_here(path: str) -> str:
    """A path as seen from the folder in which the command was typed, whatever --directory is."""
    seen = os.path.relpath(path, os.environ.get("PWD", "."))
    return min(seen, os.path.abspath(path), key=len)  # noqa: PTH100 - it need not exist


def closing(netid: str) -> str:
    """Show the best settings, the verdict, the chosen run, and where the documents are."""
    from vaesweep.templates import TEMPLATES  # here: every start of Snakemake imports this module

    chosen = read_json("results/chosen.json", *Setting._fields, "reason", "verdict", "cautions")
    columns = (*Setting._fields, "rank", "score", "score_low", "score_high", "neg_elbo")
    table = read_table(TABLE, *columns, "best_seed", types={"variant": "str"})
    table = table.sort_values("rank", kind="stable")
    settings = settings_of(table)
    names = Names.of(settings)
    submission = SUBMISSIONS / f"{netid}_HW9.pdf"
    documents = {"submission": str(submission), **DOCUMENTS}
    text = TEMPLATES.get_template("closing.txt").render(
        names=names,
        width=max(11, *(len(names.label(setting)) for setting in settings)),
        rows=list(zip(settings, table.to_dict("records"), strict=True)),
        max_lines=MAX_LINES,
        table=from_here(TABLE),
        chosen_setting=Setting(chosen["variant"], chosen["latent_size"]),
        chosen=chosen,
        wrapped=partial(textwrap.fill, width=LINE),
        documents={
            name: from_here(path) for name, path in documents.items() if Path(path).exists()
        },
        notes=list(_notes_on_netid(netid, submission)),
    )
    return text.rstrip("\n")


def _notes_on_netid(netid: str, submission: Path) -> Iterator[str]:
    """What to know of the submission's name before it is handed in."""
    others = sorted(set(map(str, SUBMISSIONS.glob("*_HW9.pdf"))) - {str(submission)})
    if netid == read_schema()["properties"]["netid"]["default"]:
        yield (
            f"netid is still {netid}, the example: set yours in config.yaml and run again, which "
            "takes seconds."
        )
    if others:
        yield f"Of another netid, and older: {', '.join(map(from_here, others))}."
