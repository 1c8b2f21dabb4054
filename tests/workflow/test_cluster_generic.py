"""A scheduler that Snakemake knows only by its commands; here they are stand-ins."""

import os
from pathlib import Path

import pytest
from checkout import copy_checkout

from vaesweep.running.config import complete
from vaesweep.running.memory import training_megabytes

pytestmark = pytest.mark.workflow

# A job runs at once, in a process of its own. The first one submitted is lost with its node.
QSUB = """#!/bin/bash
cd "$(dirname "$0")/../jobs" && id=$(( $(ls | grep -c '\\.call$') + 1 ))
echo "$@" > $id.call
cd "$OLDPWD"
jobs=$(dirname "$0")/../jobs
if [ $id = 1 ]; then echo 137 > $jobs/$id.ended; echo $id; exit; fi
(bash "${@: -1}" > $jobs/$id.out 2>&1; echo $? > $jobs/$id.ended.new; \
mv $jobs/$id.ended.new $jobs/$id.ended) < /dev/null > /dev/null 2>&1 &
echo $id
"""
QSTAT = '#!/bin/bash\n[ ! -e "$(dirname "$0")/../jobs/$2.ended" ]\n'
QACCT = '#!/bin/bash\necho "exit_status  $(cat "$(dirname "$0")/../jobs/$2.ended")"\n'


@pytest.fixture
def jobs(tmp_path, monkeypatch) -> Path:
    """Grid Engine's commands on PATH; gives the folder in which they keep their jobs."""
    for folder in ("bin", "jobs"):
        (tmp_path / folder).mkdir()
    for name, text in (("qsub", QSUB), ("qstat", QSTAT), ("qacct", QACCT)):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path / "jobs"


def test_a_training_runs_through_submit_commands(jobs, tmp_path):
    project = copy_checkout(tmp_path / "project")
    project.configure(training={"epochs": 1})
    run = "results/runs/vae/latent-2/seed-0"
    project.snakemake(
        "--workflow-profile", "profiles/grid-engine",
        "--seconds-between-status-checks", "1",
        f"{run}/model.safetensors",
    )  # fmt: skip
    assert (project / run / "training.json").exists()
    calls = [(jobs / f"{number}.call").read_text() for number in (1, 2)]
    assert not (jobs / "3.call").exists(), "fetching the data is no job"
    asked = training_megabytes(complete({}), 2, 1)
    assert f"-N train -pe smp 1 -l h_vmem={asked}M -l h_rt=0:10:0" in calls[0]
    assert f"-N train -pe smp 1 -l h_vmem={2 * asked}M -l h_rt=0:20:0" in calls[1], "asks for more"
