"""What a run prints: before its first job what is planned, after its last what was found."""

import os
from collections.abc import Mapping
from typing import Any

from vaesweep.files import read_json, read_table
from vaesweep.running.preflight import has_nvidia_gpu
from vaesweep.running.sweep import variants
from vaesweep.runs import Names, Setting, settings_of
from vaesweep.words import counted, listed

TABLE = "results/comparison/settings.csv"
MAX_LINES = 16  # of that table, the best settings first


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
        f"{jobs}, in a sweep of {counted(runs, 'run')} on {config['dataset']['name']}. {where}",
        "You can stop at any time: finished results are kept.",
    ]
    if trainings:
        lines.append("To watch a training: tail -f results/logs/train/*.log")
    return "\n".join(lines)


def closing(netid: str) -> str:
    """Show the best settings, the verdict, the chosen run, and where the documents are."""
    from vaesweep.templates import TEMPLATES  # here: every start of Snakemake imports this module

    chosen = read_json("results/chosen.json", *Setting._fields, "reason", "verdict", "cautions")
    columns = (*Setting._fields, "rank", "score", "score_low", "score_high", "neg_elbo")
    table = read_table(TABLE, *columns, "best_seed", types={"variant": "str"})
    table = table.sort_values("rank", kind="stable")
    settings = settings_of(table)
    names = Names.of(settings)
    text = TEMPLATES.get_template("closing.txt").render(
        names=names,
        width=max(11, *(len(names.label(setting)) for setting in settings)),
        rows=list(zip(settings, table.to_dict("records"), strict=True)),
        max_lines=MAX_LINES,
        table=TABLE,
        chosen_setting=Setting(chosen["variant"], chosen["latent_size"]),
        chosen=chosen,
        netid=netid,
        exists=os.path.exists,
    )
    return text.rstrip("\n")
