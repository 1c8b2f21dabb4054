"""Write the interpolation explorer: the best run of each latent size, frame by frame."""

import torch

from vaesweep.comparison.choice import read_chosen, sizes_to_show
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.documents.explorer import MOST_SIZES, explorer, walk
from vaesweep.files import Run, read_table, run_of, write_whole
from vaesweep.running.jobs import logging_to
from vaesweep.scoring.judges import load_judge
from vaesweep.training.model import load_model

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    images, _ = load_split(snakemake.input.test)
    pairs = read_pairs(snakemake.input.pairs)
    shown = pairs[pairs["set"] == "display"].reset_index(drop=True)
    every_size = read_table(snakemake.input.latent_sizes, "score", "best_seed")
    chosen = read_chosen(snakemake.input.chosen)["latent_size"]
    sizes = sizes_to_show(every_size, chosen, MOST_SIZES)
    judges = [load_judge(path) for path in snakemake.input.judges]
    models = {run_of(path): path for path in snakemake.input.models}
    walks = []
    for size, seed in zip(sizes["latent_size"], sizes["best_seed"].astype(int), strict=True):
        model = load_model(models[Run(size, seed)])
        walks.append(walk(model, seed, images, shown, judges, snakemake.params.path))
        log.info("latent size %d, seed %d: %d paths", size, seed, len(shown))
    left_out = int(every_size["best_seed"].notna().sum()) - len(sizes)
    page = explorer(walks, shown, chosen, DATASETS[snakemake.params.dataset], left_out)
    write_whole(snakemake.output[0], page.encode())
    log.info("wrote %s, %.2f MB", snakemake.output[0], len(page) / 1e6)
