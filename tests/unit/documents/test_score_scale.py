"""The figure of what scores look like."""

import numpy as np
import pytest
from made_up_results import write_results
from made_up_sweep import choose, sweep

from vaesweep.documents import comparison_figures
from vaesweep.files import read_table, write_table


def rows_of(folder, monkeypatch, scores):
    """The rows that are drawn if runs of these scores by latent size score so on every pair."""
    compared = sweep({(size, 0): score for size, score in scores.items()})
    made = write_results(folder, compared, choose(compared))
    for path in made.files["pair_scores"]:
        table, size = read_table(path), int(path.parts[-3].removeprefix("latent-"))
        noise = np.where(np.arange(len(table)) == 15, 0, 0.2)  # pair 15 scores best as wanted
        write_table(path, table.assign(score=scores[size] + noise))
    drawn = []
    monkeypatch.setattr(comparison_figures.paths, "score_scale", drawn.extend)
    comparison_figures.score_scale(made)
    return made, drawn


def test_rows_of_one_pair_are_between_its_references(tmp_path, monkeypatch):
    made, rows = rows_of(tmp_path, monkeypatch, {2: -1.0, 8: 0.4, 16: 0.1})
    assert [row[:2] for row in rows] == [
        (pytest.approx(-1.0), "size 2"),
        (0, "cross-fade"),
        (pytest.approx(0.4), "size 8"),
        (1, "transport"),
    ]
    frames = made.frames(made.chosen_run)[15]
    assert made.pairs["kind"][15] == "different"
    assert all((row[2] == frames).all() for row in (rows[0], rows[2]))
    assert (rows[3][2][1:-1] == made.references["transport"][15]).all()
    assert (rows[1][2][[0, -1]] == frames[[0, -1]]).all()


def test_the_only_run_is_shown_with_two_pairs(tmp_path, monkeypatch):
    _, rows = rows_of(tmp_path, monkeypatch, {8: 0.1})
    shown = [row for row in rows if row[1] == "size 8"]
    assert len(shown) == 2 and shown[0][0] != shown[1][0]
