"""A job's log, and its end when the Snakemake that started it is gone."""

import errno
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from checkout import ROOT, wait_for

from vaesweep.errors import UserError
from vaesweep.files import reading
from vaesweep.running import jobs
from vaesweep.running.jobs import logging_to


def test_a_log_line_has_the_time_and_a_message(tmp_path):
    with logging_to(tmp_path / "new/a.log") as log:
        log.info("%d epochs", 3)
        text = (tmp_path / "new/a.log").read_text()
    assert text.endswith(" 3 epochs\n"), "it is written at once"
    assert text[2::3][:2] == "::"


def test_a_user_error_is_one_line_and_status_1(tmp_path):
    with pytest.raises(SystemExit, match="error: fix it"), logging_to(tmp_path / "a.log"):
        raise UserError("fix it")
    [line] = (tmp_path / "a.log").read_text().splitlines()
    assert line.endswith(" error: fix it")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 9 GiB for an array"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9.\nMore lines"),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
    ],
    ids=type,
)
def test_lack_of_memory_is_one_line_and_no_damaged_file(tmp_path, error):
    with pytest.raises(SystemExit, match="error: out of memory: "), logging_to(tmp_path / "a.log"):
        raise error
    [line] = (tmp_path / "a.log").read_text().splitlines()
    assert "allocate" in line and "; run fewer jobs at once (--cores)" in line
    with pytest.raises(MemoryError), reading("model.safetensors", "model"):
        raise MemoryError


def test_any_other_error_is_logged_with_its_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), logging_to(tmp_path / "a.log"):
        1 / 0  # noqa: B018
    text = (tmp_path / "a.log").read_text()
    assert text.count("ZeroDivisionError: division by zero") == 1 and "test_jobs.py" in text


@pytest.mark.parametrize("error", [UserError("fix it"), ZeroDivisionError()])
def test_an_error_in_a_job_of_snakemake_is_in_its_log_alone(error, tmp_path, monkeypatch):
    """Snakemake shows the log of a failed job."""
    monkeypatch.setenv(jobs.SNAKEMAKE_PID, str(os.getpid()))
    with pytest.raises(SystemExit) as ended, logging_to(tmp_path / "a.log"):
        raise error
    assert ended.value.code == 1
    assert type(error).__name__ in (text := (tmp_path / "a.log").read_text()) or "fix it" in text


def test_an_interruption_is_logged(tmp_path):
    with pytest.raises(SystemExit) as ended, logging_to(tmp_path / "a.log"):
        raise KeyboardInterrupt
    assert ended.value.code == 130 and "interrupted" in (tmp_path / "a.log").read_text()


def test_a_log_that_cannot_be_written_stops_no_job(tmp_path, monkeypatch):
    def full_disk(self, record):
        self.handleError(record)

    monkeypatch.setattr(logging.FileHandler, "emit", full_disk)
    with logging_to(tmp_path / "a.log") as log:
        log.info("lost")


def test_a_job_ends_with_the_snakemake_that_started_it(tmp_path):
    """A process stands in for Snakemake; it starts a job and is killed."""
    job = f"""
import sys, time
sys.path.insert(0, {str(ROOT / "workflow/scripts")!r})
from vaesweep.running.jobs import logging_to
with logging_to({str(tmp_path / "job.log")!r}) as log:
    log.info("started")
    time.sleep(60)
"""
    snakemake = f"""
import os, subprocess, sys, time
os.environ["{jobs.SNAKEMAKE_PID}"] = str(os.getpid())
process = subprocess.Popen([sys.executable, "-c", {job!r}])
print(process.pid, flush=True)
time.sleep(60)
"""
    command = [sys.executable, "-c", snakemake]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        wait_for(lambda: (tmp_path / "job.log").exists() and (tmp_path / "job.log").read_text())
        os.kill(pid, 0)
        parent.kill()
    wait_for(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_job_that_is_done_is_not_ended(tmp_path, monkeypatch):
    signals = []
    monkeypatch.setenv(jobs.SNAKEMAKE_PID, "999999999")
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.2)
    monkeypatch.setattr(jobs.os, "kill", lambda pid, number: signals.append(number))
    with logging_to(tmp_path / "a.log"):
        pass
    time.sleep(0.4)
    assert signal.SIGTERM not in signals
