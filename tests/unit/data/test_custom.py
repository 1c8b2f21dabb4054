"""The user's own images: read as they are, or one line that says why they cannot be used."""

import gzip
import json
import logging
from pathlib import Path

import numpy as np
import pytest
from checkout import ROOT
from tiny_data import lay_out, run_script

from vaesweep.data.datasets import DATASETS
from vaesweep.data.fetch import fetch, restore, with_sums
from vaesweep.data.idx import FILES, idx_bytes
from vaesweep.errors import UserError
from vaesweep.scoring.judges import train_judge

LOG = logging.getLogger("test")
CUSTOM = DATASETS["custom"]
(TRAIN, TRAIN_LABELS), (TEST, TEST_LABELS) = FILES.values()


def labels(*values):
    """A file of 30 labels, as many as the tiny data set has training images."""
    return idx_bytes(np.resize(np.array(values, np.uint8), 30))


@pytest.mark.parametrize("below", ["", "custom/raw"])
def test_sums_are_recorded_whatever_the_packing(tmp_path, below):
    raw = with_sums(CUSTOM, lay_out(tmp_path / "raw", "custom"))
    folder = lay_out(tmp_path / "packed" / below, "custom")
    for path in list(folder.iterdir()):
        Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert with_sums(CUSTOM, tmp_path / "packed").pins == raw.pins
    out = run_script(tmp_path, str(tmp_path / "packed"), "custom")
    assert json.loads((out / "sums.json").read_text()) == raw.md5
    assert with_sums(DATASETS["MNIST"], folder) is DATASETS["MNIST"]


def test_a_file_that_changes_after_planning_is_refused(tmp_path):
    planned = with_sums(CUSTOM, lay_out(tmp_path, "custom"))
    (tmp_path / TRAIN_LABELS).write_bytes(labels(0, 1))
    with pytest.raises(UserError, match="it is damaged, or not"):
        fetch(planned, tmp_path, tmp_path, LOG)


def test_the_documented_example_writes_the_files(tmp_path, monkeypatch):
    code = (ROOT / "docs/own-images.md").read_text().split("```python\n")[1].split("```")[0]
    random = np.random.default_rng(0)
    mine = {
        split: (random.integers(0, 256, (9, 28, 28), np.uint8), np.arange(9, dtype=np.uint8) % 3)
        for split in FILES
    }
    monkeypatch.chdir(tmp_path)
    exec(code, {"mine": mine})
    for split, (images, found) in fetch(CUSTOM, Path("my-images"), tmp_path, LOG).items():
        assert (images == mine[split][0]).all() and (found == mine[split][1]).all()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({TEST: None}, f"no {TEST} or {TEST}.gz in "),
        (
            {TRAIN: idx_bytes(np.zeros((30, 32, 32), np.uint8))},
            "shape (30, 32, 32) and labels of",
        ),
        ({TRAIN_LABELS: labels(0, 1)[:-1]}, "truncated, 37 bytes, expected 38"),
        ({TEST_LABELS: labels(0, 1)}, "labels of shape (30,), expected (N, 28, 28) and (N,)"),
        ({TRAIN_LABELS: labels(0, 1, 3)}, "labels-idx1-ubyte: labels from 0 to 3 without 2, exp"),
        ({TRAIN_LABELS: labels(5)}, "labels from 5 to 5 without 0, 1, 2, 3, 4, expected 2 to 62"),
        ({TRAIN_LABELS: labels(0)}, "labels from 0 to 0, expected 2 to 62 classes, numbered 0, 1"),
        ({TRAIN_LABELS: labels(0, 1, 2)}, "10 classes, expected the 3 of train-labels"),
    ],
)
def test_wrong_files_are_an_error_of_one_line(tmp_path, changed, reason):
    lay_out(tmp_path, "custom")
    for name, content in changed.items():
        (tmp_path / name).unlink() if content is None else (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as caught:
        fetch(with_sums(CUSTOM, tmp_path), tmp_path, tmp_path, LOG)
    message = str(caught.value)
    assert reason in message and "\n" not in message and "torchvision" not in message


@pytest.mark.parametrize(
    ("count", "classes", "reason"),
    [
        (99, 2, "^99 training images, expected at least 100: .*; add images"),
        (100, 1, "no two of the 25 training images held out .* are of different classes"),
    ],
)
def test_too_few_images_for_a_judge(count, classes, reason):
    images = np.zeros((count, 28, 28), np.uint8)
    with pytest.raises(UserError, match=reason):
        train_judge(images, np.arange(count, dtype=np.uint8) % classes, 2, 0, LOG)


@pytest.mark.parametrize("log", ["12:00:00 custom is served by: dataset.dir\n", "", None])
def test_a_lost_data_set_is_restored_if_this_sweep_had_it(tmp_path, log):
    folder, results = lay_out(tmp_path / "images", "custom"), tmp_path / "results/data/custom"
    path = tmp_path / "results/logs/fetch_data/log.log"
    path.parent.mkdir(parents=True)
    if log is not None:
        path.write_text(log)
    restore(CUSTOM, folder, results)
    assert results.exists() == bool(log)
    if log:
        assert json.loads((results / "sums.json").read_text()) == with_sums(CUSTOM, folder).md5
        restore(CUSTOM, tmp_path / "none", results)
        (results / "cautions.json").unlink()
        restore(CUSTOM, folder, results)
        assert (results / "cautions.json").exists()
        (results / "test.npz").unlink()
        restore(CUSTOM, tmp_path / "none", results)
        assert not (results / "test.npz").exists(), "fetch_data says why"


@pytest.mark.parametrize("packed", [True, False])
def test_files_are_found_under_the_names_that_other_sites_give_them(tmp_path, packed):
    """Dots in the names, and a folder of each file's name with the file inside."""
    for number, path in enumerate(lay_out(tmp_path, "custom").iterdir()):
        content = gzip.compress(path.read_bytes()) if packed else path.read_bytes()
        name = path.name.replace("-idx", ".idx") + ".gz" * packed
        path.unlink()
        if number % 2:
            path.mkdir()
        (path / name if number % 2 else tmp_path / name).write_bytes(content)
    assert fetch(CUSTOM, tmp_path, tmp_path, LOG)["train"][0].shape == (30, 28, 28)


def test_a_name_that_looks_like_the_missing_one_is_named(tmp_path):
    (lay_out(tmp_path, "custom") / TEST).rename(tmp_path / "test-images-idx3-ubyte")
    with pytest.raises(UserError, match="; rename or unpack test-images-idx3-ubyte, if it is that"):
        fetch(CUSTOM, tmp_path, tmp_path, LOG)


def test_labels_of_eight_bytes_are_recognised(tmp_path):
    content = labels(0, 1)
    wide = np.frombuffer(content[8:], np.uint8).astype(">i8").tobytes()
    (lay_out(tmp_path, "custom") / TRAIN_LABELS).write_bytes(content[:8] + wide)
    with pytest.raises(UserError, match=r"too long, .* have 8 bytes, write them as uint8"):
        fetch(CUSTOM, tmp_path, tmp_path, LOG)
