"""What a run prints before its first job and after its last."""

import pytest

from vaesweep.files import write_json
from vaesweep.running import messages
from vaesweep.running.config import complete
from vaesweep.running.messages import closing, opening


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
            "32 jobs to run, including 25 trainings of 8 epochs, in a sweep of 25 runs on MNIST. "
            "Device: cpu. Cores: 2.",
        ),
        (
            {"sweep": {"seeds": [0], "latent_sizes": [2]}, "training": {"epochs": 1}},
            {"train": 1},
            1,
            "1 job to run, including 1 training of 1 epoch, in a sweep of 1 run on MNIST. "
            "Device: cpu. Cores: 1.",
        ),
        ({}, {"explorer": 1}, 4, "1 job to run, in a sweep of 25 runs on MNIST. Device: cpu."),
        (
            {"sweep": {"variants": {"a": {}, "b": {"training": {"epochs": 2}}}}},
            {"train_stack_0": 10},
            None,
            "10 jobs to run, including 10 trainings of 2 or 8 epochs, in a sweep of 50 runs on "
            "MNIST. Device: auto.\n",
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


def test_the_closing_shows_settings_choice_and_documents(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
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
    text = closing("netid")
    assert text.index("0.050 to 0.150") < text.index("−0.100") and "-0.1" not in text
    assert "Use it.\n\nCaution: Ink is dark.\n\nIt is the best." in text
    assert "4294967295" in text and "nan" not in text
    assert "8      0.100   0.050 to 0.150    100.0          0  <- chosen" in text
    assert "results/report.html" in text and "submission" not in text
