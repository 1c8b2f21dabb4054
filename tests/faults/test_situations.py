"""The situations of situations.yaml, which public bug reports foretold: `make soak` runs them."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from checkout import OUTPUT, ROOT, copy_of, environment
from small_sweep import prepare

FOLDER = Path(__file__).parent
SITUATIONS = yaml.safe_load((FOLDER / "situations.yaml").read_text(encoding="utf-8"))
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif("SOAK_RUNS" not in os.environ, reason="long; `make soak` runs them"),
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation["name"])
def test_situation(request, mnist, tmp_path, situation):
    if situation.get("sweep") == "finished":
        checkout = copy_of(request.getfixturevalue("finished"), tmp_path / "project")
    else:
        checkout = prepare(tmp_path / "project", mnist)
    done = subprocess.run(
        ["bash", "-e", "-c", situation["run"]],
        cwd=checkout.folder,
        env=environment() | {"TESTS": str(FOLDER), "PROJECT": str(ROOT)},
        text=True,
        check=False,
        **OUTPUT,
    )
    assert done.returncode == situation.get("status", 0), done.stdout[-6000:]
    # Wrapped sentences are matched as a line, too.
    output = f"{done.stdout}\n{' '.join(done.stdout.split())}"
    for pattern in situation.get("says", ()):
        assert re.search(pattern, output, re.MULTILINE), (pattern, done.stdout[-6000:])
    for pattern in ("Traceback", *situation.get("never", ())):
        assert not re.search(pattern, output, re.MULTILINE), (pattern, done.stdout[-6000:])
