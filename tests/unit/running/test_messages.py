"""What a run says before its first job, after its last, and when it failed."""

import os

import pytest

from vaesweep.files import write_json
from vaesweep.running import messages
from vaesweep.running.config import complete
from vaesweep.running.messages import closing, errors_since, opening


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch):
    monkeypatch.setattr(messages, "has_nvidia_gpu", lambda: False)


def test_opening_words_count_what_will_run():
    config = complete({})
    said = opening(config, {"train": 25, "train_judges": 2, "score": 5}, cores=2)
    assert said.startswith("Planned: 32 jobs, of them 25 trainings, in a sweep of 25 runs of 8 epo")
    assert "Device: cpu. Cores: 2." in said and "tail -f" in said


def test_opening_words_of_one_run_speak_of_one():
    sweep = {"seeds": [0], "latent_sizes": [2]}
    config = complete({"sweep": sweep, "training": {"epochs": 1}})
    said = opening(config, {"train": 1}, cores=1)
    assert "1 job, of them 1 training, in a sweep of 1 run of 1 epoch on MNIST" in said
    assert "about 1 minute;" in said


def test_opening_words_of_documents_alone_and_on_a_cluster():
    assert "tail" not in opening(complete({}), {"explorer": 1}, cores=4)
    on_cluster = opening(complete({}), {"train_stack_0": 5}, cores=None)
    assert "of them 5 trainings" in on_cluster and "Device: auto." in on_cluster
    assert "Cores" not in on_cluster and "minute" not in on_cluster


def test_closing_words_name_what_was_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keys = {
        "seed": 4294967295,
        "reason": "It is the best.",
        "verdict": "Use it.",
        "latent_size": 8,
        "variant": "vae",
    }
    write_json("results/chosen.json", keys)
    (tmp_path / "results/comparison").mkdir()
    (tmp_path / "results/comparison/settings.csv").write_text(
        "variant,latent_size,rank,score,score_low,score_high,neg_elbo,best_seed\n"
        "vae,2,2,-0.1,,,,4294967295\nvae,8,1,0.1,0.05,0.15,100,0\nvae,16,,,,,,\n"
    )
    (tmp_path / "results/report.html").touch()
    said = closing("netid")
    assert said.index("0.050 to 0.150") < said.index("−0.100") and "-0.1" not in said
    assert "4294967295" in said and "nan" not in said
    assert "8      0.100   0.050 to 0.150    100.0          0  <- chosen" in said
    assert "results/report.html" in said and "submission" not in said


def test_only_errors_of_this_run_are_listed(tmp_path):
    for name, began in (("old", 100), ("new", 300)):
        path = tmp_path / f"{name}.log"
        path.write_text("12:00:00 fine\n12:00:01 error: mend it\n")
        os.utime(path, (began, began))
    assert list(errors_since(200, tmp_path)) == [f"{tmp_path}/new.log: 12:00:01 error: mend it"]
