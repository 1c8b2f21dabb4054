"""Write the interpolation explorer: the paths of the best run of each setting, frame by frame."""

from vaesweep.comparison.shortlist import settings_to_explore
from vaesweep.comparison.sweep import Sweep
from vaesweep.data.splits import load_split
from vaesweep.documents.explorer import explorer, measure_paths
from vaesweep.files import write_whole
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.runs import settings_of
from vaesweep.scoring.judges import load_judge
from vaesweep.training.model import load_model


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads) as log:
        given, params = snakemake.input, snakemake.params
        sweep = Sweep(given, params.dataset)
        images, _ = load_split(given.test)
        judges = [load_judge(path) for path in given.judges]
        is_shown = sweep.pairs["set"] == "display"
        pairs = sweep.pairs[is_shown].reset_index(drop=True)
        transport = sweep.references["transport"][is_shown]
        models = sweep.by_run("models")
        trained = {run.setting for run in models}
        interpolations = []
        for run in settings_to_explore(sweep.settings, sweep.chosen_run, trained).values():
            model, scores = load_model(models[run]), sweep.pair_scores(run)
            scores = scores[scores["set"] == "display"]
            interpolations.append(
                measure_paths(model, run, images, pairs, judges, params.path, scores)
            )
            log.info("%s", run)
        scored = settings_of(sweep.settings.dropna(subset="best_seed"))
        left_out = len(trained.intersection(scored)) - len(interpolations)
        page = explorer(interpolations, pairs, transport, sweep.chosen_run, sweep.dataset, left_out)
        write_whole(snakemake.output[0], page.encode())


main(snakemake)  # type: ignore[name-defined]
