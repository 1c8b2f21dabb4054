"""Write the interpolation explorer: the best run of each setting, frame by frame."""

from snakemake.iocontainers import Snakemake

from vaesweep.comparison.chosen import chosen_run, read_chosen
from vaesweep.comparison.reading import read_comparison
from vaesweep.comparison.shortlist import settings_to_explore
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import IMAGE_SHAPE, load_split
from vaesweep.documents.explorer import explorer, walk
from vaesweep.files import read_arrays, read_table, write_whole
from vaesweep.running.jobs import logging_to
from vaesweep.runs import run_of, settings_of
from vaesweep.scoring.judges import load_judge
from vaesweep.training.model import load_model


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads) as log:
        images, _ = load_split(snakemake.input.test)
        pairs = read_pairs(snakemake.input.pairs)
        shown = pairs[pairs["set"] == "display"].reset_index(drop=True)
        every = read_comparison(snakemake.input.settings, "score", "best_seed")
        between = (len(pairs), snakemake.params.steps, *IMAGE_SHAPE)
        transport = read_arrays(snakemake.input.references, transport=between)["transport"]
        scores = {run_of(path): path for path in snakemake.input.pair_scores}
        models = {run_of(path): path for path in snakemake.input.models}
        chosen = read_chosen(snakemake.input.chosen)
        judges = [load_judge(path) for path in snakemake.input.judges]
        walks, trained = [], {run.setting for run in models}
        for run in settings_to_explore(every, chosen, trained).values():
            model = load_model(models[run])
            of_pairs = read_table(scores[run], "quality")
            of_pairs = of_pairs[of_pairs["set"] == "display"]
            walks.append(walk(model, run, images, shown, judges, snakemake.params.path, of_pairs))
            log.info("%s", run)
        scored = settings_of(every.dropna(subset="best_seed"))
        left_out = sum(setting in trained for setting in scored) - len(walks)
        dataset = DATASETS[snakemake.params.dataset]
        transport = transport[pairs["set"] == "display"]
        page = explorer(walks, shown, transport, chosen_run(chosen), dataset, left_out)
        write_whole(snakemake.output[0], page.encode())


main(snakemake)  # type: ignore[name-defined]
