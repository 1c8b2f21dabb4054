"""One job of a sweep can be run outside Snakemake, in a process that a debugger can follow."""

import runpy
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from checkout import ROOT, copy_checkout

from vaesweep.files import write_arrays

RUN_JOB = ROOT / "workflow/run_job.py"
HERE = """
import runpy, sys
sys.argv = ["run_job.py", "draw_pairs"]
runpy.run_path("workflow/run_job.py", run_name="__main__")
assert "vaesweep.data.pairs" in sys.modules, "the script ran in another process"
"""


def test_a_job_runs_in_this_process_with_the_files_of_the_sweep(tmp_path):
    checkout = copy_checkout(tmp_path / "project")
    checkout.configure(scoring={"pairs_per_kind": 10})
    labels = np.repeat(np.arange(10, dtype=np.uint8), 20)
    images = np.zeros((200, 28, 28), np.uint8)
    write_arrays(checkout / "results/data/MNIST/test.npz", images=images, labels=labels)
    (checkout / "results/data/MNIST/sums.json").touch()
    subprocess.run([sys.executable, "-c", HERE], cwd=checkout.folder, check=True)
    assert len((checkout / "results/pairs.csv").read_text().splitlines()) == 1 + 40
    assert "40 pairs" in (checkout / "results/logs/draw_pairs/log.log").read_text()


def job(rule, **wildcards):
    return SimpleNamespace(rule=SimpleNamespace(name=rule), wildcards_dict=wildcards)


@pytest.mark.parametrize(
    ("rule", "wildcards", "message"),
    [
        ("sore", {"seed=0"}, "there is no rule sore in this sweep; there are: compare, score"),
        ("score", {"seed=9"}, "has no job with these wildcards; one that it has: seed=0"),
        ("score", set(), "has no job with these wildcards; one that it has: seed=0"),
        ("compare", {"seed=9"}, "has no job with these wildcards; one that it has: none"),
    ],
)
def test_a_job_that_cannot_be_run_is_an_error_of_one_line(rule, wildcards, message):
    find_job = runpy.run_path(str(RUN_JOB))["find_job"]
    jobs = [job("score", seed="0"), job("compare")]
    assert find_job(jobs, "score", {"seed=0"}) is jobs[0]
    with pytest.raises(SystemExit, match=message):
        find_job(jobs, rule, wildcards)
