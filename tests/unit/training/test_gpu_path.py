"""The whole training on a GPU that is not there; fake_gpu.py says what that shows."""

import os
import subprocess
import sys
from pathlib import Path

from checkout import ROOT


def test_trainings_on_a_fake_gpu_mix_no_devices_and_wait_only_between_epochs():
    command = [sys.executable, "-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider"]
    program = Path(__file__).with_name("fake_gpu.py")
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [*command, program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-6000:]
