"""The examples run as they stand, and their README names each."""

import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from checkout import ROOT

pytestmark = pytest.mark.workflow


def test_the_notebook_runs_on_a_finished_sweep(finished, tmp_path):
    (tmp_path / "results").mkdir()
    for path in (finished / "results").iterdir():
        (tmp_path / "results" / path.name).symlink_to(path)
    quiet = os.environ | {"MPLBACKEND": "agg", "PYTHONPATH": str(ROOT / "workflow/scripts")}
    command = [sys.executable, ROOT / "examples/notebook.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=quiet, check=True, stdout=subprocess.PIPE, text=True
    )
    assert (tmp_path / "results/my_axes.png").stat().st_size > 10_000
    assert (tmp_path / "results/my_pair.png").exists()
    [same] = re.findall(r"chosen run: .*'same': (-?[\d.]+)", done.stdout)
    runs = pd.read_csv(finished / "results/comparison/runs.csv")
    assert float(same) in runs["score_same"].round(3).tolist()
    assert "score of the PCA" in done.stdout
