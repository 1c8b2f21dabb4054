"""benchmarks/gpu_check.py on the CPU, as on a machine that has little but PyTorch."""

import json
import os
import runpy
import subprocess
import sys

import pytest
from checkout import ROOT

PROGRAM = ROOT / "benchmarks/gpu_check.py"
ABSENT = ("snakemake", "jsonschema", "torchvision", "matplotlib", "jinja2", "PIL", "typst", "pypdf")
BARE = """
import runpy, sys
sys.modules |= dict.fromkeys({absent}, None)
sys.argv = {command}
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_all_checks_pass_on_a_cpu_without_snakemake(tmp_path):
    command = [str(PROGRAM), "--device", "cpu", "--small", "--out", str(tmp_path / "found.json")]
    program = BARE.format(absent=ABSENT, command=command)
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    found = json.loads((tmp_path / "found.json").read_text())
    assert len(found) == done.stdout.count("ok ") == 12
    assert found["times"]["conv, 5"]["seed_epochs_a_second"] > 0
    assert found["default_trainings"]["stack_seconds"] > 0


def test_a_check_that_fails_or_breaks_shows_in_the_status(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x", "--device", "cpu", "--out", str(tmp_path / "a.json")])
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    program = runpy.run_path(str(PROGRAM))

    def breaks(checks):
        raise ValueError("broken")

    for order, status in (((), 0), ((program["Checks"].facts, breaks), 1)):
        program["main"].__globals__["ORDER"] = order
        with pytest.raises(SystemExit) as ended:
            program["main"]()
        assert ended.value.code == status
    found = json.loads((tmp_path / "a.json").read_text())
    assert found["facts"]["ok"] and "ValueError: broken" in found["breaks"]["error"]
