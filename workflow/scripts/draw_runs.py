"""Draw the two grids of each run of a setting."""

from snakemake.iocontainers import Snakemake

from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import display_rows, read_pairs
from vaesweep.figures.grids import draw_preview, paths_note, save_png
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import logging_to
from vaesweep.runs import run_of
from vaesweep.words import paths_title


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        dataset = DATASETS[snakemake.params.dataset]
        pairs = read_pairs(snakemake.input.pairs)
        output = snakemake.output
        columns = (snakemake.input.interpolations, output.same, output.different)
        for path, *pictures in zip(*columns, strict=True):
            frames, _ = read_frames(path, len(pairs))
            note = paths_note(
                frames.shape[1], dataset.name, run_of(path), snakemake.params.variants
            )
            for kind, picture in zip(("same", "different"), pictures, strict=True):
                rows = display_rows(pairs, kind)
                names = dataset.names_of(rows)
                title = paths_title(kind, dataset.noun)
                save_png(draw_preview(frames[rows.index], names, title, note), picture)


main(snakemake)  # type: ignore[name-defined]
