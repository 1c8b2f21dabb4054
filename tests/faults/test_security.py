"""Nothing from outside is run, and files are as private as the umask says."""

import os
import shutil
import stat

import pytest
from checkout import ROOT, copy_checkout

from vaesweep.comparison.reading import read_comparison
from vaesweep.documents.html_report import runs_page
from vaesweep.files import write_whole

pytestmark = pytest.mark.faults


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_follow_the_umask(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "file", b"content")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_the_name_of_a_folder_is_never_run(mnist, tmp_path):
    checkout = copy_checkout(tmp_path / "project")
    own = tmp_path / "it's $(touch pwned) `touch pwned`; touch pwned #\"<b>"
    shutil.copytree(ROOT / "data", own)
    checkout.configure(dataset={"dir": str(own)})
    checkout.snakemake("--cores", "1", "results/data/MNIST/test.npz")
    log = (checkout / "results/logs/fetch_data/log.log").read_text()
    assert "served by: dataset.dir" in log
    assert not list(tmp_path.rglob("pwned"))


def test_texts_are_escaped_in_html(finished):
    import json

    runs = read_comparison(finished / "results/comparison/runs.csv")
    runs.loc[0, "flags"] = "<script>alert(1)</script>"
    chosen = json.loads((finished / "results/chosen.json").read_text())
    page = runs_page(runs, chosen, {})
    assert "<script>alert" not in page
