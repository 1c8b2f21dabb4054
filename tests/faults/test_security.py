"""Nothing from outside is run, and files are as private as the umask says."""

import os
import stat

import pytest

from vaesweep.files import write_whole
from vaesweep.report_pages import runs_page

pytestmark = pytest.mark.faults


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_follow_the_umask(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "file", b"content")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_texts_are_escaped_in_html(finished):
    import json

    import pandas as pd

    runs = pd.read_csv(finished / "results/comparison/runs.csv")
    runs["flags"] = runs["flags"].astype(object)
    runs.loc[0, "flags"] = "<script>alert(1)</script>"
    chosen = json.loads((finished / "results/chosen.json").read_text())
    page = runs_page(runs, chosen, "")
    assert "<script>alert" not in page
