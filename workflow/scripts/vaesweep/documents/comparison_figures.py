"""The figures of the comparison report, each drawn from the results of a sweep.

A new figure needs an entry in `FIGURES`, its name in `workflow/rules/documents.smk`, a place in
`workflow/templates/comparison_report.typ`, and a caption in `workflow/report`.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from matplotlib.figure import Figure

from vaesweep.comparison.columns import OTHER_PATHS, RECORDS
from vaesweep.comparison.front import front
from vaesweep.comparison.shortlist import MAX_DRAWN, settings_to_show
from vaesweep.comparison.sweep import Sweep
from vaesweep.comparison.verdict import split_settings
from vaesweep.data.pairs import KINDS
from vaesweep.figures import likelihood, paths, scores
from vaesweep.figures.differences import differences
from vaesweep.figures.map import draw_map
from vaesweep.files import read_table
from vaesweep.runs import Names, Run, runs_of, settings_of

BAD, GOOD = -1, 0.4  # scores to show, beside 0 and 1
NEAR = 0.3  # how much farther from BAD a row may be if it is of the same pair
MAX_WITH_CONTROLS = 25  # settings above the controls


def verdict(sweep: Sweep) -> Figure:
    """Two pairs by the first setting, one tied with it, and the last one."""
    first, tied, worse, undecided = split_settings(sweep.settings)
    shown = [first, *tied[:1], *(worse or undecided)[-1:]]
    best = settings_to_show(sweep.settings, sweep.chosen_run, None)
    return _display_rows(sweep, [best[setting] for setting in shown], paths.DISPLAY_ROWS[1:3])


def display_rows(sweep: Sweep) -> Figure:
    """Four pairs by every setting, or by the chosen one and the best others."""
    best = settings_to_show(sweep.settings, sweep.chosen_run, MAX_DRAWN)
    return _display_rows(sweep, best.values(), paths.DISPLAY_ROWS)


def _display_rows(sweep: Sweep, runs: Iterable[Run], rows: Sequence[tuple[str, int]]) -> Figure:
    frames = {run.setting: sweep.frames(run) for run in runs}
    names, dataset = Names.of(settings_of(sweep.settings)), sweep.dataset
    return paths.display_rows(sweep.pairs, frames, names, dataset.noun, dataset.classes, rows)


def score_scale(sweep: Sweep) -> Figure:
    """What scores of about -1, 0, 0.4 and 1 look like: rows of runs and of the references.

    They are of different classes, where ghosts show best, and of one pair if that comes near.
    """
    runs = runs_of(sweep.runs.dropna(subset="score"))
    scores = np.stack([sweep.pair_scores(run)["score"] for run in runs])
    scores[:, sweep.pairs["kind"] == KINDS[0]] = np.inf
    to_good, misses = np.abs(scores - GOOD), np.abs(scores - BAD)
    pair = int((to_good.min(axis=0) + misses.min(axis=0)).argmin())
    good = int(to_good[:, pair].argmin())
    misses += np.where(np.arange(scores.shape[1]) == pair, 0, NEAR)
    misses[good, pair] = np.inf
    bad, bad_pair = np.unravel_index(misses.argmin(), scores.shape)
    names = Names.of(settings_of(sweep.settings))
    before = "" if names.variants else "size "
    rows = [
        (scores[run, at], before + names.label(runs[run].setting), sweep.frames(runs[run])[at])
        for run, at in ((good, pair), (bad, bad_pair))
    ]
    ends = rows[0][2][[0, -1]]
    for score, name in enumerate(("cross_fade", "transport")):
        inner = sweep.references[name][pair]
        rows.append((score, name.replace("_", "-"), np.concatenate([ends[:1], inner, ends[1:]])))
    return paths.score_scale(sorted(rows, key=lambda row: row[0]))


def best_and_worst(sweep: Sweep) -> Figure:
    """The best, median and worst rows of the chosen run."""
    run = sweep.chosen_run
    return paths.best_and_worst(
        sweep.pairs, sweep.pair_scores(run), sweep.frames(run), sweep.dataset.noun
    )


def controls(sweep: Sweep) -> Figure:
    """The controls below the settings, or below the chosen one and the best others."""
    listed = settings_to_show(sweep.settings, sweep.chosen_run, MAX_WITH_CONTROLS)
    settings = sweep.settings[[setting in listed for setting in settings_of(sweep.settings)]]
    words = RECORDS["controls"] | OTHER_PATHS
    return scores.controls(settings, sweep.controls, words, sweep.dataset.noun)


def training_curves(sweep: Sweep) -> Figure:
    """The likelihood of each run over the epochs."""
    histories = sweep.by_run("histories")
    return likelihood.training_curves(
        {run: read_table(path, "epoch", "neg_elbo") for run, path in histories.items()}
    )


FIGURES: dict[str, Callable[[Sweep], Figure]] = {
    "verdict": verdict,
    "score_scale": score_scale,
    "score_by_latent_size": lambda sweep: scores.score_by_latent_size(
        sweep.runs, sweep.settings, sweep.chosen_run
    ),
    "map": lambda sweep: draw_map(
        sweep.runs, sweep.settings, front(sweep.settings), sweep.chosen_run
    ),
    "display_rows": display_rows,
    "best_and_worst": best_and_worst,
    "differences": lambda sweep: differences(sweep.differences, sweep.settings, sweep.chosen_run),
    "controls": controls,
    "training_curves": training_curves,
}
