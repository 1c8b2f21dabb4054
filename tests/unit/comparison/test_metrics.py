"""The scores of the runs are read only if they belong to the same sweep."""

import pytest
from made_up_sweep import metrics, pair_scores

from vaesweep.comparison.metrics import read_runs
from vaesweep.errors import UserError
from vaesweep.files import write_json, write_table
from vaesweep.runs import Run


@pytest.fixture
def read(tmp_path):
    """Write the files of two runs and read them; `changes` are made with the second one."""

    def write_and_read(config, labels=None, **changes):
        files = []
        for seed in (0, 1):
            table = pair_scores(0.1, seed)
            made_with = {"epochs": 5, "images": "abc"} | (changes if seed == 1 else {})
            paths = [tmp_path / f"seed-{seed}" / name for name in ("metrics.json", "scores.csv")]
            write_json(paths[0], metrics(Run("vae", 2, seed), table, made_with=made_with))
            write_table(paths[1], table)
            files.append(tuple(map(str, paths)))
        pairs = pair_scores(0.1, 0) if labels is None else labels
        return read_runs(files, pairs, {"vae": config})

    return write_and_read


def test_runs_of_one_sweep_are_read(read):
    found, scores = read({"epochs": 5})
    assert [metric["seed"] for metric in found] == [0, 1] and len(scores) == 2


def test_runs_of_different_sweeps_are_refused(read):
    """As when .snakemake was lost, and a seed was added after the epochs were changed."""
    with pytest.raises(UserError, match=r"seed-0/metrics.json: .* with epochs 5, but config.yaml "):
        read({"epochs": 2})
    with pytest.raises(UserError, match=r"seed-1/metrics.json: .* with epochs 2, but config.yaml "):
        read({"epochs": 5}, epochs=2)
    with pytest.raises(UserError, match=r"seed-1/metrics.json: the run was trained on other imag"):
        read({"epochs": 5}, images="def")
    with pytest.raises(UserError, match=r"seed-0/scores.csv: its rows are not those of"):
        read({"epochs": 5}, labels=pair_scores(0.1, 0)[::-1].reset_index(drop=True))
