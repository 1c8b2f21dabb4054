"""What a run prints before its first job and after its last."""

import pytest

from vaesweep.files import write_json, write_whole
from vaesweep.running import messages
from vaesweep.running.config import complete
from vaesweep.running.messages import closing, from_here, opening


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch):
    monkeypatch.setattr(messages, "has_nvidia_gpu", lambda: False)


@pytest.mark.parametrize(
    ("config", "planned", "cores", "expected"),
    [
        (
            {},
            {"train": 25, "train_judges": 2, "score": 5},
            2,
            "32 jobs to run, including 25 trainings of 8 epochs, in a sweep of 25 runs on MNIST.\n"
            "Device: cpu. Cores: 2.",
        ),
        (
            {"sweep": {"seeds": [0], "latent_sizes": [2]}, "training": {"epochs": 1}},
            {"train": 1},
            1,
            "1 job to run, including 1 training of 1 epoch, in a sweep of 1 run on MNIST.\n"
            "Device: cpu. Cores: 1.",
        ),
        ({}, {"explorer": 1}, 4, "1 job to run, in a sweep of 25 runs on MNIST.\nDevice: cpu."),
        (
            {"sweep": {"variants": {"a": {}, "b": {"training": {"epochs": 2}}}}},
            {"train_stack_0": 10},
            None,
            "10 jobs to run, including 10 trainings of 2 or 8 epochs, in a sweep of 50 runs on "
            "MNIST.\nDevice: auto. ",
        ),
    ],
)
def test_the_opening_counts_what_will_run(config, planned, cores, expected):
    text = opening(complete(config), planned, cores)
    assert text.startswith(expected) and "finished results are kept" in text
    assert ("tail -f" in text) == ("explorer" not in planned)


@pytest.mark.parametrize(("rule", "device"), [("train", "cpu"), ("train_stack_0", "cuda, if Py")])
def test_with_auto_only_stacks_take_a_gpu(monkeypatch, rule, device):
    monkeypatch.setattr(messages, "has_nvidia_gpu", lambda: True)
    assert f"Device: {device}" in opening(complete({}), {rule: 5}, 2)


@pytest.fixture
def closing_of(tmp_path, monkeypatch):
    """A function of a netid and of submissions that gives the closing words of a small sweep."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    chosen = {
        "variant": "vae",
        "latent_size": 8,
        "seed": 4294967295,
        "reason": "It is the best.",
        "verdict": "Use it.",
        "cautions": ["Ink is dark."],
    }
    write_json("results/chosen.json", chosen)
    (tmp_path / "results/comparison").mkdir()
    (tmp_path / "results/comparison/settings.csv").write_text(
        "variant,latent_size,rank,score,score_low,score_high,neg_elbo,best_seed\n"
        "vae,2,2,-0.1,,,,4294967295\nvae,8,1,0.1,0.05,0.15,100,0\nvae,16,,,,,,\n"
    )
    (tmp_path / "results/report.html").touch()

    def closing_of(netid, *submissions):
        for name in submissions:
            write_whole(tmp_path / "results/submission" / name, b"")
        return closing(netid)

    return closing_of


def test_the_closing_shows_settings_choice_and_documents(closing_of):
    text = closing_of("netid")
    assert text.index("0.050 to 0.150") < text.index("−0.100") and "-0.1" not in text
    assert "Use it.\n\nCaution: Ink is dark.\n\nIt is the best." in text
    assert "4294967295" in text and "nan" not in text
    assert "8      0.100   0.050 to 0.150    100.0          0  <- chosen" in text
    assert "results/report.html" in text and "submission" not in text
    assert max(map(len, text.splitlines())) < 80 and "netid is still netid, the example" in text


def test_paths_are_seen_from_where_the_command_was_typed(tmp_path, monkeypatch):
    (tmp_path / "study").mkdir()
    monkeypatch.chdir(tmp_path / "study")
    monkeypatch.setenv("PWD", str(tmp_path))
    assert from_here("results/report.html") == "study/results/report.html"
    monkeypatch.setenv("PWD", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z")
    assert from_here("results") == str(tmp_path / "study/results")


def test_a_submission_of_an_earlier_netid_is_named(closing_of):
    text = closing_of("abc2", "netid_HW9.pdf", "abc2_HW9.pdf")
    assert "Of another netid, and older: results/submission/netid_HW9.pdf." in text
    assert "example" not in text
