"""Logs, ends of jobs, and who runs in a folder."""

import fcntl
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from checkout import ROOT

from vaesweep.errors import UserError
from vaesweep.running import jobs
from vaesweep.running.jobs import join_folder, logging_to


def test_a_log_has_a_time_and_a_message_a_line(tmp_path):
    with logging_to(tmp_path / "new/a.log") as log:
        log.info("%d epochs", 3)
        assert (tmp_path / "new/a.log").read_text().endswith(" 3 epochs\n"), "line by line"
    assert (tmp_path / "new/a.log").read_text()[2::3][:2] == "::"


def test_a_users_fault_is_one_line_and_status_1(tmp_path, capsys):
    with pytest.raises(SystemExit, match="error: mend it"), logging_to(tmp_path / "a.log"):
        raise UserError("mend it")
    [line] = (tmp_path / "a.log").read_text().splitlines()
    assert line.endswith(" error: mend it")


def test_any_other_fault_is_logged_with_its_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), logging_to(tmp_path / "a.log"):
        1 / 0  # noqa: B018
    text = (tmp_path / "a.log").read_text()
    assert "unexpected error" in text and "ZeroDivisionError" in text and "test_jobs.py" in text


def test_an_interruption_is_logged(tmp_path):
    with pytest.raises(SystemExit) as ended, logging_to(tmp_path / "a.log"):
        raise KeyboardInterrupt
    assert ended.value.code == 130 and "interrupted" in (tmp_path / "a.log").read_text()


def test_a_log_on_a_full_disk_is_no_fault_of_its_own(tmp_path, monkeypatch):
    def full(self, record):
        self.handleError(record)

    monkeypatch.setattr(logging.FileHandler, "emit", full)
    with logging_to(tmp_path / "a.log") as log:
        log.info("lost")


def test_a_job_ends_with_the_snakemake_that_started_it(tmp_path):
    """Snakemake is a process that starts the job and is killed."""
    job = f"""
import sys, time
sys.path.insert(0, {str(ROOT / "workflow/scripts")!r})
from vaesweep.running.jobs import logging_to
with logging_to({str(tmp_path / "job.log")!r}) as log:
    log.info("begun")
    time.sleep(60)
"""
    snakemake = f"""
import os, subprocess, sys, time
os.environ["{jobs.VARIABLE}"] = str(os.getpid())
process = subprocess.Popen([sys.executable, "-c", {job!r}])
print(process.pid, flush=True)
time.sleep(60)
"""
    command = [sys.executable, "-c", snakemake]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        until(lambda: (tmp_path / "job.log").exists() and (tmp_path / "job.log").read_text())
        os.kill(pid, 0)
        parent.kill()
    until(lambda: not running(pid))


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def test_who_joins_a_folder_alone_clears_what_a_killed_run_left(tmp_path):
    state, results = tmp_path / ".snakemake", tmp_path / "results"
    (state / "locks").mkdir(parents=True)
    results.mkdir()
    left = [state / "locks/0.output.lock", results / ".a.csv.77.part"]
    for path in left:
        path.touch()
    first = join_folder(state, results)
    assert not any(path.exists() for path in left)
    for path in left:
        path.touch()
    second = join_folder(state, results)
    assert all(path.exists() for path in left), "they are of the first, which runs"
    with pytest.raises(BlockingIOError), (state / "running").open() as third:
        fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
    first.close()
    second.close()
    join_folder(state, results).close()
    assert not any(path.exists() for path in left)


def test_a_folder_that_cannot_be_locked_is_joined_all_the_same(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(jobs.fcntl, "flock", refuse)
    assert join_folder(tmp_path / "state", tmp_path) is None


def test_the_watch_stops_when_the_job_is_done(tmp_path, monkeypatch):
    """A job that has ended well must not be ended again."""
    ended = []
    monkeypatch.setenv(jobs.VARIABLE, "999999999")
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.2)
    monkeypatch.setattr(jobs.os, "kill", lambda pid, number: ended.append(number))
    with logging_to(tmp_path / "a.log"):
        pass
    time.sleep(0.4)
    assert signal.SIGTERM not in ended
