"""What a run shows in the terminal, from records as Snakemake logs them."""

import logging
import os
import signal

import pytest

from vaesweep.files import write_json, write_rows
from vaesweep.running import terminal
from vaesweep.running.terminal import Job, Terminal, describe


def record(message="", **facts):
    facts = {"msg": message} | facts
    return logging.makeLogRecord(facts)


def started(jobid, rule, *outputs, **wildcards):
    facts = {"rule_name": rule, "wildcards": wildcards, "output": list(outputs), "log": []}
    return record(f"Rule: {rule}", event="job_info", jobid=jobid, **facts)


def ended(jobid, rule="train"):
    return record(f"Finished jobid: {jobid} (Rule: {rule})", event="job_finished", job_id=jobid)


@pytest.fixture
def screen(monkeypatch):
    """A function that gives what is shown of records, a line each."""
    snakemake = logging.Formatter("%(message)s")
    shown = Terminal(snakemake, up_to_date=lambda: "the last words")

    def lines(*records):
        return [shown.format(each) for each in records if shown.filter(each)]

    lines.terminal = shown
    return lines


@pytest.fixture
def clock(monkeypatch):
    """A clock that tests set."""
    now = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    return now


TRAIN = {"variant": "vae", "latent_size": "32", "seed": "3"}
STATS = {"train": 3, "score": 1, "all": 1, "total": 5}


def test_a_job_has_one_line_with_the_time_left(screen, clock):
    noise = [record(text) for text in ("host: vm", "Select jobs to execute...", "Execute 2 jobs")]
    stats = record("Job stats", event="run_info", stats=STATS)
    assert screen(*noise, stats, started(1, "train", **TRAIN), started(2, "train", **TRAIN)) == []
    clock[0] = 20.0
    assert screen(ended(1)) == ["1/4  trained vae, 32 latent variables, seed 3; 20 s left"]
    clock[0] = 22.0
    assert screen(ended(2)) == ["2/4  trained vae, 32 latent variables, seed 3; 21 s left"]
    assert screen(ended(9, "all")) == []


def test_jobs_for_parts_of_the_seeds_count_as_trainings_and_scores(screen, clock):
    stats = {"train_stack_0": 2, "train_stack_1": 2, "score": 1, "score_1": 1, "total": 6}
    screen(record(event="run_info", stats=stats), started(1, "train_stack_1", **TRAIN))
    assert screen.terminal.left == {"train": 4, "score": 2}
    clock[0] = 10.0
    [line] = screen(ended(1, "train_stack_1"))
    assert line.startswith("1/6  trained") and screen.terminal.left["train"] == 3
    assert describe(Job("score_1", TRAIN, [], 0.0)).startswith("scored")


def test_no_time_is_told_before_a_training_has_ended(screen, clock):
    stats = STATS | {"draw_pairs": 1}
    screen(record(event="run_info", stats=stats), started(1, "draw_pairs"))
    assert screen(ended(1, "draw_pairs")) == ["1/5  drew the pairs"]


def test_a_training_and_a_score_have_their_numbers(tmp_path):
    columns = ["epoch", "neg_elbo"]
    outputs = []
    for seed, loss, status in ((0, 98.0, "ok"), (1, 97.0, "diverged")):
        folder = tmp_path / f"seed-{seed}"
        facts = {"likelihood": "bernoulli", "train_seconds": 11.2, "status": status}
        write_json(folder / "training.json", facts)
        write_rows(folder / "history.csv", columns, [{"epoch": 1, "neg_elbo": loss}])
        write_json(folder / "metrics.json", {"score": 0.1 + seed / 5})
        outputs += [f"{folder}/{name}" for name in ("training.json", "history.csv", "metrics.json")]
    assert describe(Job("train", TRAIN, outputs[:3], 0.0)) == (
        "trained vae, 32 latent variables, seed 3: −ELBO 98.0, 11 s"
    )
    stack = {"variant": "vae", "latent_size": "1"}
    assert describe(Job("train_stack_0", stack, outputs, 0.0)) == (
        "trained vae, 1 latent variable, 2 seeds: −ELBO 97.5, 22 s, 1 diverged"
    )
    assert describe(Job("score", stack, outputs, 0.0)) == (
        "scored vae, 1 latent variable: score 0.200"
    )
    assert describe(Job("explorer", {}, ["a/b.html"], 0.0)).startswith("wrote ")


def test_every_rule_has_its_words_or_writes_one_document():
    from checkout import ROOT

    rules = {"train", "interpolate", "score"}  # loops make their rules
    for path in (ROOT / "workflow/rules").glob("*.smk"):
        text = path.read_text(encoding="utf-8")
        rules |= {line.split()[1].rstrip(":") for line in text.splitlines() if line[:5] == "rule "}
        rules |= {line.split()[4] for line in text.splitlines() if line.startswith("use rule ")}
    documents = {"submission", "comparison_report", "explorer", "report"}
    assert rules == terminal.DONE.keys() | documents


def test_a_failed_job_is_named_once_with_its_log(screen, tmp_path):
    log = tmp_path / "a.log"
    log.write_text("10:00:00 error: fix it\n")
    job = {"rule_name": "score", "jobid": 1, "log": [str(log)], "aux": {}}
    lines = screen(
        started(1, "score", variant="vae", latent_size="8"),
        record("Command 'x' returned non-zero exit status 1.", levelno=logging.ERROR),
        record("Error in rule score", event="job_error", **job),
        record("Exiting because a job execution failed."),
        record("WorkflowError:\nAt least one job did not complete successfully."),
    )
    assert len(lines) == 2 and lines[1].endswith("correct the cause and run again.")
    head, end = lines[0].split("\n")
    assert head.startswith("failed: score (vae, 8); the end of its log, ") and "fix it" in end


def test_other_messages_stay_and_are_shown_once(screen):
    assert screen(record("Will exit"), record("Will exit"), record("a")) == ["Will exit", "a"]
    done = "Nothing to be done (all)"
    assert screen(record(done)) == [f"{done}\nthe last words"]


def test_after_ctrl_c_nothing_else_is_shown(screen, capsys, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        screen.terminal.interrupt(signal.SIGINT, None)
    assert "Interrupted. Finished results are kept; run `make` again" in capsys.readouterr().err
    assert screen(record("Command returned"), ended(1)) == []
    ends = []
    monkeypatch.setattr(os, "_exit", ends.append)
    with pytest.raises(KeyboardInterrupt):
        screen.terminal.interrupt(signal.SIGINT, None)
    assert ends == [130], "pressed again, it ends at once"
