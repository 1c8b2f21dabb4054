"""A scheduler that Snakemake knows only by its commands. Here scripts stand in for them."""

import os
from pathlib import Path

import pytest
from small_sweep import prepare

pytestmark = pytest.mark.workflow

# A job runs at once, in its own process. The first one that is submitted is lost with its node.
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
    """Put Grid Engine's commands on PATH; gives the folder in which they keep their jobs."""
    for folder in ("bin", "jobs"):
        (tmp_path / folder).mkdir()
    for name, text in (("qsub", QSUB), ("qstat", QSTAT), ("qacct", QACCT)):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path / "jobs"


def test_a_lost_training_is_submitted_again_and_asks_for_more(jobs, tmp_path, mnist):
    checkout = prepare(tmp_path / "project", mnist)
    run = "results/runs/vae/latent-2/seed-0"
    checkout.snakemake(
        "--workflow-profile", "profiles/grid-engine",
        "--seconds-between-status-checks", "1",
        f"{run}/model.safetensors",
    )  # fmt: skip
    assert (checkout / run / "training.json").exists()
    first, second = ((jobs / f"{number}.call").read_text() for number in (1, 2))
    assert not (jobs / "3.call").exists(), "only trainings are submitted"
    asked = int(first.split("h_vmem=")[1].split("M")[0])
    assert f"-N train -pe smp 1 -l h_vmem={asked}M -l h_rt=0:10:0" in first and asked > 400
    assert f"-N train -pe smp 1 -l h_vmem={2 * asked}M -l h_rt=0:20:0" in second
