"""The lock that all runs in a folder share."""

import fcntl

import pytest

from vaesweep.running import lock
from vaesweep.running.lock import join_folder


def test_only_a_run_without_others_clears_what_a_killed_run_left(tmp_path):
    state, results = tmp_path / ".snakemake", tmp_path / "results"
    (state / "locks").mkdir(parents=True)
    results.mkdir()
    leftovers = [state / "locks/0.output.lock", results / ".a.csv.77.part"]
    for path in leftovers:
        path.touch()
    first = join_folder(state, results)
    assert not any(path.exists() for path in leftovers)
    for path in leftovers:
        path.touch()
    second = join_folder(state, results)
    assert all(path.exists() for path in leftovers), "they belong to the first run"
    first.close()
    # The second run still keeps others from clearing.
    with pytest.raises(BlockingIOError), (state / "running").open() as third:
        fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
    second.close()
    join_folder(state, results).close()
    assert not any(path.exists() for path in leftovers)


def test_a_file_system_without_locks(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(lock.fcntl, "flock", refuse)
    assert join_folder(tmp_path / "state", tmp_path) is None
