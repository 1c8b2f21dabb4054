"""The sweep as a module of another workflow."""

import json
import re

import pandas as pd
import pytest
from checkout import Checkout, copy_checkout, copy_results
from small_sweep import CONFIG, JUDGED, job_counts, write_images

pytestmark = pytest.mark.workflow

# Two sweeps with the same sources, one of them under a prefix. Rule `best` reads a table of it.
SNAKEFILE = """\
configfile: "outer.yaml"


rule best:
    default_target: True
    input:
        runs="study/results/comparison/runs.csv",
        submission="study/results/submission/netid_HW9.pdf",
        cost="study/results/comparison/cost.html",
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
ONE_RUN = CONFIG | {"sweep": {"seeds": [0], "latent_sizes": [2]}}


@pytest.fixture(scope="module")
def outer(tmp_path_factory, mnist, finished) -> Checkout:
    """Another workflow, finished, with the checkout of this one in a folder of it."""
    folder = tmp_path_factory.mktemp("module") / "outer"
    copy_checkout(folder / "sources")
    write_images(folder / "images", mnist, classes=3)
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "outer.yaml").write_text(json.dumps({"sweep": ONE_RUN, "other": {}}))
    (folder / "profiles/default").mkdir(parents=True)
    (folder / "profiles/default/config.yaml").write_text("rerun-triggers: [mtime, params, input]\n")
    workflow = Checkout(folder)
    copy_results(finished, Checkout(folder / "study"), *JUDGED)
    workflow.snakemake("--cores", "2")
    return workflow


def test_an_outer_rule_reads_what_the_module_made(outer):
    runs = pd.read_csv(outer / "study/results/comparison/runs.csv")
    assert len(runs) == 1
    assert (outer / "best.txt").read_text() == str(runs["score"].max())
    assert {path.name for path in (outer / "study/results").iterdir()} >= {"logs", "benchmarks"}
    assert not (outer / "results").exists()


def test_the_costs_of_the_module_are_found_under_its_prefix(outer):
    jobs = job_counts(outer / "study/results")
    assert all(jobs[rule] == "1" for rule in ("fetch_data", "train", "score", "compare"))


def test_the_outer_report_shows_the_module_with_its_configuration(outer):
    outer.snakemake("--report", "report.html")
    report = (outer / "report.html").read_text(encoding="utf-8")
    assert "custom test images of the same class" in report and "sweep_train" in report


def test_only_an_edit_plans_jobs_again(outer):
    assert "Nothing to be done" in outer.snakemake("-n").stdout
    with (outer / "sources/workflow/scripts/vaesweep/training/loop.py").open("a") as module:
        module.write("# A comment.\n")
    output = outer.snakemake("-n").stdout
    planned = re.findall(r"^(\w+) +\d+$", output, re.M)
    assert "sweep_train" in planned and "sweep_draw_references" not in planned


def test_locks_of_the_outer_workflow_are_not_removed(outer):
    lock = outer / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("best.txt\n")
    done = outer.snakemake("--cores", "1", "--force", "best.txt", check=False)
    assert done.returncode != 0 and "cannot be locked" in done.stdout and lock.exists()
    lock.unlink()


def test_two_modules_of_the_same_sources_stand_side_by_side(outer):
    output = outer.snakemake("-n", "other_all").stdout
    assert "other_train " in output and "sweep_" not in output
