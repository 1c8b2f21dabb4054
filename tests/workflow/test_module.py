"""The sweep as a part of another workflow."""

import json

import pandas as pd
import pytest
from checkout import Checkout, copy_checkout
from small_sweep import lay_out

pytestmark = pytest.mark.workflow

# Two sweeps of the same sources, one of them under a prefix; rule `best` reads a table of it.
SNAKEFILE = """\
configfile: "outer.yaml"


rule best:
    default_target: True
    input:
        runs="study/results/comparison/runs.csv",
        documents="study/results/submission/netid_HW9.pdf",
        tables="study/results/comparison/cost.html",
    output:
        "best.txt",
    run:
        import pandas as pd

        Path(output[0]).write_text(str(pd.read_csv(input.runs)["score"].max()))


module sweep:
    snakefile:
        "sources/Snakefile"
    config:
        config["sweep"]
    prefix:
        "study"


use rule * from sweep as sweep_*


module other:
    snakefile:
        "sources/workflow/Snakefile"
    config:
        config["other"]


use rule * from other as other_*
"""
SMALL = {
    "dataset": {"name": "custom", "dir": "own"},
    "sweep": {"seeds": [0], "latent_sizes": [2]},
    "model": {"hidden": [16]},
    "training": {"epochs": 1, "batch_size": 60, "device": "cpu"},
    "scoring": {"pairs_per_kind": 10, "judge_seeds": [0], "bootstrap": 100},
}


@pytest.fixture(scope="module")
def outer(tmp_path_factory, mnist) -> Checkout:
    """Another workflow, with this one in a folder of it; its sweep is done."""
    folder = tmp_path_factory.mktemp("module") / "outer"
    copy_checkout(folder / "sources")
    lay_out(folder / "own", mnist, classes=3)
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "outer.yaml").write_text(json.dumps({"sweep": SMALL, "other": {}}))
    (folder / "profiles/default").mkdir(parents=True)
    (folder / "profiles/default/config.yaml").write_text("rerun-triggers: [mtime, params, input]\n")
    project = Checkout(folder)
    project.snakemake("--cores", "1")
    return project


def test_an_outer_rule_reads_what_the_module_made(outer):
    runs = pd.read_csv(outer / "study/results/comparison/runs.csv")
    assert len(runs) == 1
    assert (outer / "best.txt").read_text() == str(runs["score"].max())
    assert {path.name for path in (outer / "study/results").iterdir()} >= {"logs", "benchmarks"}
    assert not (outer / "results").exists()


def test_its_costs_are_known_under_a_prefix(outer):
    cost = (outer / "study/results/comparison/cost.html").read_text(encoding="utf-8")
    assert " of " not in cost.split("<tbody>")[1].split("</tbody>")[0]


def test_the_outer_report_shows_the_module_with_its_own_config(outer):
    outer.snakemake("--report", "report.html")
    text = (outer / "report.html").read_text(encoding="utf-8")
    assert "custom test images of the same class" in text and "sweep_train" in text


def test_nothing_is_planned_again_and_an_edit_is_seen(outer):
    assert "Nothing to be done" in outer.snakemake("-n").stdout
    with (outer / "sources/workflow/scripts/vaesweep/training/loop.py").open("a") as module:
        module.write("# A comment.\n")
    said = outer.snakemake("-n").stdout
    assert "sweep_train   " in said and "sweep_train_judges" not in said


def test_locks_of_the_outer_workflow_are_left_alone(outer):
    lock = outer / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("best.txt\n")
    done = outer.snakemake("--cores", "1", "--force", "best.txt", check=False)
    assert done.returncode != 0 and "cannot be locked" in done.stdout and lock.exists()
    lock.unlink()


def test_two_modules_of_the_same_sources_stand_side_by_side(outer):
    said = outer.snakemake("-n", "other_all").stdout
    assert "other_train " in said and "sweep_" not in said
