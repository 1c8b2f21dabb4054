"""The commit that made the results is that of the checkout itself, or unknown."""

import subprocess

import pytest

from vaesweep.running.provenance import source_of


@pytest.fixture
def repository(tmp_path):
    """A repository with one commit, and a folder that is not among its files."""
    for command in ("init -q", "-c user.name=a -c user.email=a commit -q --allow-empty -m a"):
        subprocess.run(["git", "-C", str(tmp_path), *command.split()], check=True)
    (tmp_path / "unpacked").mkdir()
    return tmp_path


def test_the_commit_of_a_checkout(repository):
    assert len(source_of(repository, "")["commit"]) == 12


def test_a_repository_around_it_or_of_a_hook_is_another(repository, monkeypatch):
    assert source_of(repository / "unpacked", "")["commit"] == "unknown"
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    assert source_of(repository / "unpacked", "")["commit"] == "unknown"
