"""docs/tables.md agrees with the files of a sweep, and its example runs."""

import os
import re
import runpy
import subprocess
import sys

import pandas as pd
import pytest
from checkout import ROOT

pytestmark = pytest.mark.workflow
DOCS = runpy.run_path(str(ROOT / "docs/tables.py"))


@pytest.mark.parametrize("name", DOCS["TABLES"])
def test_it_lists_the_columns_of_the_files(name, sweep):
    path = min((sweep / "results").glob(re.sub(r"\{\w+\}", "*", name)))
    columns = pd.read_csv(path).columns
    found = {re.sub(r"judge_\d+$", "judge_{judge}", column) for column in columns}
    _, _, listed = DOCS["TABLES"][name]
    assert found == set(listed)


def test_the_example_draws_a_plot(sweep, tmp_path):
    (tmp_path / "results").symlink_to(sweep / "results")
    quiet = os.environ | {"MPLBACKEND": "agg"}
    subprocess.run([sys.executable, "-c", DOCS["EXAMPLE"]], cwd=tmp_path, env=quiet, check=True)
    assert (tmp_path / "scores.png").stat().st_size > 10_000
