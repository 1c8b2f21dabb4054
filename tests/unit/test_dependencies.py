"""The files a rule depends on: all that its script imports, and nothing else."""

from pathlib import Path

from vaesweep.dependencies import source_files

SCRIPTS = Path(__file__).parents[2] / "workflow" / "scripts"


def names(script: str) -> set[str]:
    return {path.name for path in source_files(SCRIPTS / script)}


def test_training_depends_on_what_it_imports_and_not_on_figures():
    found = names("train.py")
    assert {"train.py", "training.py", "model.py", "checkpoints.py", "splits.py"} <= found
    assert not found & {"figures.py", "smoothness.py", "data.py", "download.py"}


def test_imports_are_followed_through_modules():
    assert "transport.py" in names("score.py")


def test_the_script_comes_first():
    assert source_files(SCRIPTS / "train.py")[0] == SCRIPTS / "train.py"
