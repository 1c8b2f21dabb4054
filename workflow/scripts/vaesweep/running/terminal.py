"""What a run shows in the terminal: a line for each finished job, and an end without tracebacks.

A `Terminal` stands before the handler by which Snakemake writes to the terminal. It notes which
jobs start, drops messages about Snakemake's own work, and words the others. Snakemake's log file,
in .snakemake/log, keeps them all. With another `--logger` there is no such handler, and nothing is
changed.
"""

import csv
import logging
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import mean, median
from types import FrameType
from typing import NamedTuple

from vaesweep.files import read_json
from vaesweep.running.messages import from_here
from vaesweep.words import counted, number

HANDLER = "DefaultStreamHandler"  # Snakemake's name for it
# Events and first words of Snakemake's messages that are left out.
LEFT_OUT = {
    "workflow_started", "run_info", "job_info", "group_info", "job_started", "resources_info",
    "progress", "shellcmd",
}  # fmt: skip
NOISE = (
    "host: ", "Building DAG", "Using shell", "Provided ", "Conda environments: ignored",
    "Assuming unrestricted", "Select jobs", "Execute ", "Handing over", "Shutting down",
    "Complete log", "Exiting because a job", "Elapsed time",
)  # fmt: skip
FAILED_COMMAND = "returned non-zero exit status"  # the job's log says why, and is shown
SOME_FAILED = "At least one job did not complete successfully"
UP_TO_DATE = "Nothing to be done"
LOG_LINES = 15
# What a finished job has done, by rule. {} stands for the setting, or the seed of a judge.
DONE = {
    "fetch_data": "fetched the images",
    "draw_pairs": "drew the pairs",
    "draw_references": "drew the references",
    "train_judges": "trained judge {}",
    "score_references": "scored the references",
    "train": "trained {}",
    "interpolate": "interpolated {}",
    "draw_runs": "drew the figures of {}",
    "score": "scored {}",
    "import_external": "read {}",
    "draw_external": "drew the figures of {}",
    "score_external": "scored {}",
    "compare": "compared the runs",
    "choose": "chose a run",
    "score_controls": "scored the controls",
    "plot_comparison": "drew the figures of the comparison",
    "report_tables": "wrote the tables of the HTML report",
}
INTERRUPTED = "\nInterrupted. Finished results are kept; run `make` again to go on."
FAILED = "Not everything was made. Finished results are kept; correct the cause and run again."


class Job(NamedTuple):
    """A job that was started."""

    rule: str
    wildcards: dict[str, str]
    outputs: list[str]
    start: float


def take_over(up_to_date: Callable[[], str]) -> None:
    """Word what Snakemake writes to the terminal, and end without tracebacks on Ctrl-C.

    `up_to_date` gives what is shown if there is nothing to do.
    """
    for handler in logging.getLogger("snakemake.logging").handlers:
        if handler.name == HANDLER and handler.formatter:
            terminal = Terminal(handler.formatter, up_to_date)
            handler.filters.insert(0, terminal)
            handler.setFormatter(terminal)
            with suppress(ValueError):  # not in the main thread
                signal.signal(signal.SIGINT, terminal.interrupt)


class Terminal(logging.Formatter):
    """Filters and words the records of Snakemake's logger."""

    def __init__(self, snakemake: logging.Formatter, up_to_date: Callable[[], str]) -> None:
        super().__init__()
        self.snakemake = snakemake
        self.up_to_date = up_to_date
        self.started: dict[int, Job] = {}
        self.left: Counter[str] = Counter()  # jobs that are not finished, by kind
        self.total = 0
        self.seconds: dict[str, list[float]] = {}  # of finished jobs, by kind
        self.last = ""
        self.interrupted = False

    def interrupt(self, signal_number: int, frame: FrameType | None) -> None:
        """Handle Ctrl-C: stop the jobs, which save what they have; if pressed again, end at once.

        Jobs end by themselves soon after Snakemake, and the next run removes its locks.
        """
        if self.interrupted:
            os._exit(130)
        self.interrupted = True
        print(INTERRUPTED, file=sys.stderr, flush=True)
        raise KeyboardInterrupt

    def filter(self, record: logging.LogRecord) -> bool:
        """Note what starts; say whether a record is shown."""
        facts, text = vars(record), str(record.msg)
        event = facts.get("event")
        if event == "run_info":
            self.left.clear()
            for rule, count in facts["stats"].items():
                self.left[kind_of(rule)] += count
            del self.left["all"], self.left["total"]
            self.total = self.left.total()
        if event == "job_info":
            job = Job(facts["rule_name"], facts["wildcards"], facts["output"], time.monotonic())
            self.started[facts["jobid"]] = job
        repeated, self.last = text == self.last, text
        hidden = event in LEFT_OUT or text.startswith(NOISE) or FAILED_COMMAND in text
        return not (hidden or repeated or self.interrupted or text.endswith("(Rule: all)"))

    def format(self, record: logging.LogRecord) -> str:
        """The text that is shown for a record."""
        facts, text = vars(record), str(record.msg)
        event = facts.get("event")
        if event == "job_finished" and facts["job_id"] in self.started:
            return self.finished(self.started.pop(facts["job_id"]))
        if event == "job_error" and facts["log"] and not facts["aux"]:
            job = self.started.pop(facts["jobid"], None)
            return failure(facts["rule_name"], job, facts["log"][0], facts.get("rule_msg"))
        if SOME_FAILED in text:
            return FAILED
        if text.startswith(UP_TO_DATE):
            return f"{text}\n{self.up_to_date()}".rstrip()
        return self.snakemake.format(record)

    def finished(self, job: Job) -> str:
        """A line for a finished job, with the time that is left."""
        kind = kind_of(job.rule)
        self.seconds.setdefault(kind, []).append(time.monotonic() - job.start)
        self.left[kind] -= 1
        done = f"{self.total - self.left.total():{len(str(self.total))}}/{self.total}"
        return f"{done}  {describe(job)}{self.time_left()}"

    def time_left(self) -> str:
        """Words for the time left, from the jobs so far; empty before the first training ends."""
        if (self.left["train"] and "train" not in self.seconds) or not self.left.total():
            return ""
        means = {kind: mean(seconds) for kind, seconds in self.seconds.items()}
        others = [seconds for kind, seconds in means.items() if kind != "train"] or [0.0]
        work = sum(n * means.get(kind, median(others)) for kind, n in self.left.items())
        seconds = work / (len(self.started) + 1)  # jobs at once, with the one that ended
        return f"; {f'{seconds / 60:.0f} min' if seconds > 90 else f'{seconds:.0f} s'} left"


def kind_of(rule: str) -> str:
    """The rule of a job, with one name for the rules that train or score parts of the seeds."""
    return re.sub(r"(_stack)?_\d+$", "", rule)


def describe(job: Job) -> str:
    """What a finished job has done.

    >>> describe(Job("interpolate", {"variant": "vae", "latent_size": "8"}, [], 0.0))
    'interpolated vae, 8 latent variables'
    """
    setting = job.wildcards.get("judge_seed", "")
    if "variant" in job.wildcards:
        variables = counted(int(job.wildcards["latent_size"]), "latent variable")
        setting = f"{job.wildcards['variant']}, {variables}"
        if "seed" in job.wildcards:
            setting += f", seed {job.wildcards['seed']}"
    kind = kind_of(job.rule)
    place = from_here(job.outputs[0]) if job.outputs else job.rule
    text = DONE.get(kind, f"wrote {place}").format(setting)
    with suppress(Exception):  # a file may lie on another machine
        text += findings(kind, job.outputs)
    return text


def findings(kind: str, outputs: list[str]) -> str:
    """The numbers that a training or a score came to, as means over the runs of the job."""
    if kind == "train":
        facts = [read_json(path) for path in outputs if path.endswith("training.json")]
        seeds = "" if len(facts) == 1 else f", {len(facts)} seeds"
        loss = "−ELBO" if facts[0]["likelihood"] else "loss"
        losses = [last_loss(path) for path in outputs if path.endswith("history.csv")]
        seconds = sum(run["train_seconds"] for run in facts)
        diverged = sum(run["status"] == "diverged" for run in facts)
        end = f", {diverged} diverged" if diverged else ""
        return f"{seeds}: {loss} {number(mean(losses), 1)}, {number(seconds, 0)} s{end}"
    scores = [read_json(path)["score"] for path in outputs if path.endswith("metrics.json")]
    return f": score {number(mean(scores), 3)}" if scores else ""


def last_loss(history: str) -> float:
    """The loss of the last epoch of a training."""
    with Path(history).open(encoding="utf-8") as file:
        return float(list(csv.DictReader(file))[-1]["neg_elbo"])


def failure(rule: str, job: Job | None, log: str, message: str | None) -> str:
    """Name a failed job, with the end of its log, or with Snakemake's message if it has none."""
    wildcards = ", ".join(job.wildcards.values()) if job else ""
    name = f"{rule} ({wildcards})" if wildcards else rule
    try:
        lines = Path(log).read_text(encoding="utf-8").splitlines()
    except OSError:
        return f"failed: {name}; {message or 'it left no log'}"
    end = "\n".join(f"  {line}" for line in lines[-LOG_LINES:])
    return f"failed: {name}; the end of its log, {from_here(log)}:\n{end}"
