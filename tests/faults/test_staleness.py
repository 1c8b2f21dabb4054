"""After a change, the jobs that depend on it are planned again, and no others."""

import re
import shutil

import pytest
import yaml
from checkout import copy_of

pytestmark = pytest.mark.faults

REFERENCES = {"draw_references": 1, "score_references": 1}
CHOSEN = {"choose": 1, "score_controls": 1, "explorer": 1}
CHOOSING = {"compare": 1, **CHOSEN}
TABLES = {"plot_comparison": 1, "comparison_report": 1, "report_tables": 1}
DOCUMENTS = {**TABLES, "submission": 1, "report": 1}
DRAWN = {"draw_runs": 2}
PER_SETTING = {"interpolate": 2, "score": 2, **DRAWN}
PAGES = {"comparison_report": 1, "report_tables": 1, "report": 1}
SHOWN = {"explorer": 1, **DOCUMENTS}
PACKAGE = "workflow/scripts/vaesweep"


def config(**sections):
    def change(checkout):
        path = checkout / "config.yaml"
        values = yaml.safe_load(path.read_text())
        for name, value in sections.items():
            values[name] = (values[name] | value) if isinstance(value, dict) else value
        path.write_text(yaml.safe_dump(values))

    return change


def edit(name):
    def change(checkout):
        with (checkout / PACKAGE / name).open("a") as module:
            module.write("# A comment.\n")

    return change


def touch_everything(checkout):
    for path in checkout.folder.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts and "results" not in path.parts:
            path.touch()


def clone_afresh(checkout):
    """New sources; results and Snakemake's memory as `cp -a` copies them."""
    copied = checkout / "workflow-cloned"
    shutil.copytree(checkout / "workflow", copied, copy_function=shutil.copyfile)
    shutil.rmtree(checkout / "workflow")
    copied.rename(checkout / "workflow")


def remove_a_run(checkout):
    shutil.rmtree(checkout / "results/runs/vae/latent-4/seed-1")


def nothing(_):
    """Leave all as it is."""


# What changes, how, and the jobs planned then.
CHANGES = {
    "nothing": (nothing, {}),
    "epochs": (
        config(training={"epochs": 2}),
        {"train": 4, **PER_SETTING, **CHOOSING, **DOCUMENTS},
    ),
    "one more seed": (
        config(sweep={"seeds": [0, 1, 2]}),
        {"train": 2, **PER_SETTING, **CHOOSING, **DOCUMENTS},
    ),
    "one more latent size": (
        config(sweep={"latent_sizes": [2, 4, 8]}),
        {"train": 2, "interpolate": 1, "score": 1, "draw_runs": 1, **CHOOSING, **DOCUMENTS},
    ),
    "one seed fewer": (config(sweep={"seeds": [0]}), {**PER_SETTING, **CHOOSING, **DOCUMENTS}),
    "netid": (
        config(netid="other"),
        {"submission": 1, "comparison_report": 1, "report_tables": 1, "report": 1},
    ),
    "pairs_per_kind": (
        config(scoring={"pairs_per_kind": 20}),
        {"draw_pairs": 1, **REFERENCES, **PER_SETTING, **CHOOSING, **DOCUMENTS},
    ),
    "pinning a run": (
        config(selection={"latent_size": 4, "seed": 1}),
        {**CHOSEN, **DOCUMENTS},
    ),
    "paper size": (
        config(submission={"paper": "a4"}),
        {"submission": 1, "comparison_report": 1, "report": 1},
    ),
    "pause between checkpoints": (
        config(training={"checkpoint_seconds": 60}),
        {"submission": 1, "comparison_report": 1, "report": 1},
    ),
    "folder of the data": (
        config(dataset={"dir": "external"}),
        {"submission": 1, "comparison_report": 1, "report": 1},
    ),
    "steps of a path": (
        config(interpolation={"steps": 5}),
        {**REFERENCES, **PER_SETTING, **CHOOSING, **DOCUMENTS},
    ),
    "kind of path": (
        config(interpolation={"path": "spherical"}),
        {**PER_SETTING, **CHOOSING, **DOCUMENTS},
    ),
    "one more judge": (
        config(scoring={"judge_seeds": [0, 1]}),
        {"train_judges": 1, "score_references": 1, "score": 2, **CHOOSING, **DOCUMENTS},
    ),
    "the training loop": (
        edit("training/loop.py"),
        {"train": 4, **PER_SETTING, **CHOOSING, **DOCUMENTS},
    ),
    "the model": (
        edit("training/model.py"),
        {"train": 4, **PER_SETTING, **CHOOSING, **DOCUMENTS},
    ),
    "paths between codes": (
        edit("interpolation.py"),
        {**REFERENCES, **PER_SETTING, **CHOOSING, **DOCUMENTS},
    ),
    "the pictures of the grids": (
        edit("figures/grids.py"),
        {**DRAWN, "submission": 1, "report_tables": 1, "report": 1},
    ),
    "formulas of the score": (
        edit("scoring/smoothness.py"),
        {"score_references": 1, "score": 2, **CHOOSING, **DOCUMENTS},
    ),
    "the likelihood": (edit("scoring/likelihood.py"), {"score": 2, **CHOOSING, **DOCUMENTS}),
    "the judges": (
        edit("scoring/judges.py"),
        {"train_judges": 1, "score_references": 1, "score": 2, **CHOOSING, **DOCUMENTS},
    ),
    "the tables of the comparison": (edit("comparison/tables.py"), {**CHOOSING, **DOCUMENTS}),
    "the choice": (edit("comparison/choice.py"), {**CHOSEN, **DOCUMENTS}),
    "the findings": (edit("comparison/findings.py"), PAGES),
    "figures of the comparison": (edit("figures/scores.py"), {**TABLES, "report": 1}),
    "the downloader": (edit("data/download.py"), {}),
    "a new data set": (edit("data/datasets.py"), {**DRAWN, **SHOWN}),
    "logs and locks": (edit("running/jobs.py"), {}),
    "files": (edit("files.py"), {}),
    "a run removed": (
        remove_a_run,
        {"train": 1, "interpolate": 1, "score": 1, "draw_runs": 1, **CHOOSING, **DOCUMENTS},
    ),
    "touch of all sources": (touch_everything, {}),
    "fresh clone with copied results": (clone_afresh, {}),
}


def planned(checkout) -> dict[str, int]:
    """Jobs of a dry run by rule."""
    said = checkout.snakemake("all", "report", "-n", "--quiet", "host").stdout
    if "Nothing to be done" in said:
        return {}
    table = said.split("Job stats:")[1].split("total")[0]
    jobs = re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)
    return {rule: int(count) for rule, count in jobs if rule not in ("all", "job")}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_planned_after_a_change(finished, tmp_path, name):
    change, expected = CHANGES[name]
    checkout = copy_of(finished, tmp_path / "project")
    change(checkout)
    jobs = planned(checkout)
    too_many = {rule: count for rule, count in jobs.items() if expected.get(rule) != count}
    missing = {rule: count for rule, count in expected.items() if jobs.get(rule) != count}
    assert (too_many, missing) == ({}, {})
