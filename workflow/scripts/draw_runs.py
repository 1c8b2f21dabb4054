"""Draw the two grids of each run of a latent size."""

from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import display_rows, read_pairs
from vaesweep.figures.grids import draw_preview, paths_note, save_png
from vaesweep.files import run_of
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import logging_to
from vaesweep.words import paths_title

with logging_to(snakemake.log[0]) as log:
    dataset = DATASETS[snakemake.params.dataset]
    pairs = read_pairs(snakemake.input.pairs)
    files, output = snakemake.input.interpolations, snakemake.output
    for path, *pictures in zip(files, output.same, output.different, strict=True):
        frames, _ = read_frames(path, len(pairs))
        note = paths_note(frames.shape[1], dataset.name, run_of(path))
        for kind, picture in zip(("same", "different"), pictures, strict=True):
            rows = display_rows(pairs, kind)
            names = dataset.names_of(rows)
            title = paths_title(kind, dataset.noun)
            save_png(draw_preview(frames[rows.index], names, title, note), picture)
            log.info("drew %s", picture)
