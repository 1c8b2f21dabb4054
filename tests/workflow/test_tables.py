"""docs/tables.md: made of the records, true of the files of a sweep, and its example runs."""

import os
import re
import runpy
import subprocess
import sys

import pandas as pd
import pytest
from checkout import ROOT

from vaesweep.comparison.columns import RECORDS

pytestmark = pytest.mark.workflow
DOCS = runpy.run_path(str(ROOT / "docs/tables.py"))


def test_the_page_is_made_of_the_records():
    text = (ROOT / "docs/tables.md").read_text(encoding="utf-8")
    assert text == DOCS["page"](), "run: python docs/tables.py > docs/tables.md"


@pytest.mark.parametrize("name", RECORDS["tables"])
def test_it_lists_the_columns_of_the_files(name, sweep):
    pattern = re.sub(r"\{\w+\}", "*", name)
    (path, *_) = sorted((sweep / "results").glob(pattern))
    found = {re.sub(r"judge_\d+$", "judge_{judge}", each) for each in pd.read_csv(path).columns}
    listed = set()
    for column in DOCS["expand"](RECORDS["tables"][name]["columns"]):
        kinds = ("same", "different") if "{kind}" in column else ("",)
        listed |= {column.replace("{kind}", kind) for kind in kinds}
    assert found == listed


def test_the_example_draws_a_plot(sweep, tmp_path):
    (tmp_path / "results").symlink_to(sweep / "results")
    quiet = os.environ | {"MPLBACKEND": "agg"}
    subprocess.run([sys.executable, "-c", DOCS["EXAMPLE"]], cwd=tmp_path, env=quiet, check=True)
    assert (tmp_path / "scores.png").stat().st_size > 10_000
