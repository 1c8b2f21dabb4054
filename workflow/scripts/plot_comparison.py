"""Draw the figures that compare runs and settings."""

from snakemake.iocontainers import Snakemake

from vaesweep.comparison.chosen import file_of, read_chosen
from vaesweep.comparison.columns import OTHER_PATHS, RECORDS
from vaesweep.comparison.reading import read_comparison
from vaesweep.comparison.shortlist import MAX_DRAWN, settings_to_show
from vaesweep.comparison.verdict import split_settings
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import KINDS, read_pairs
from vaesweep.figures import likelihood, paths, scores
from vaesweep.figures.style import palette, save_svg
from vaesweep.files import read_table
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import logging_to
from vaesweep.runs import rows_of, run_of, settings_of
from vaesweep.scoring.smoothness import PARTS

MAX_LISTED = 25  # settings above the controls


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        given, dataset = snakemake.input, DATASETS[snakemake.params.dataset]
        names = ("runs", "settings", "differences", "controls")
        runs, settings, differences, controls = (read_comparison(given[name]) for name in names)
        chosen, pairs = read_chosen(given.chosen), read_pairs(given.pairs)
        histories = {
            run_of(path): read_table(path, "epoch", "neg_elbo") for path in given.histories
        }
        files = {run_of(path): path for path in given.interpolations}
        best = settings_to_show(settings, chosen, MAX_DRAWN)
        frames = {setting: read_frames(files[run], len(pairs))[0] for setting, run in best.items()}
        first, tied, worse, undecided = split_settings(settings)
        kept = [first, *tied[:1], *(worse or undecided)[-1:]]
        runs_kept = {run.setting: run for run in settings_to_show(settings, chosen, None).values()}
        strip = {each: read_frames(files[runs_kept[each]], len(pairs))[0] for each in kept}
        listed = settings_to_show(settings, chosen, MAX_LISTED)
        with_controls = rows_of(settings, *listed)
        own, _ = read_frames(file_of(chosen, given.interpolations), len(pairs))
        own_scores = read_table(file_of(chosen, given.pair_scores), "score")
        parts = {
            part.name: "{title} {symbol}".format(**RECORDS["parts"][part.name]) for part in PARTS
        }
        by_kind = {f"quality_{kind}": kind for kind in KINDS}
        scale = (
            controls.set_index("control").rename(columns=by_kind).loc[["cross_fade", "transport"]]
        )
        noun, colours = dataset.noun, palette(settings_of(settings))
        drawn = {
            "score_by_latent_size": scores.score_by_latent_size(runs, settings, chosen),
            "neg_elbo_and_score": likelihood.neg_elbo_and_score(runs),
            "quality_parts": scores.quality_parts(runs, settings, scale[[*KINDS]], parts, noun),
            "training_curves": likelihood.training_curves(histories),
            "differences": scores.differences(differences, chosen),
            "controls": scores.controls(
                with_controls, controls, RECORDS["controls"] | OTHER_PATHS, noun
            ),
            "display_rows": paths.display_rows(pairs, frames, colours, noun, dataset.classes),
            "verdict": paths.display_rows(
                pairs, strip, colours, noun, dataset.classes, paths.DISPLAY_ROWS[1:3]
            ),
            "best_and_worst": paths.best_and_worst(pairs, own_scores, own, noun),
        }
        for name, figure in drawn.items():
            save_svg(figure, snakemake.output[name])


main(snakemake)  # type: ignore[name-defined]
