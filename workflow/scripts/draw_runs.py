"""Draw the two grids of each run of a setting."""

from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import display_rows, read_pairs
from vaesweep.figures.grids import draw_preview, paths_note, save_png
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.runs import run_of
from vaesweep.words import paths_title


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        output, params = snakemake.output, snakemake.params
        dataset = DATASETS[params.dataset]
        pairs = read_pairs(snakemake.input.pairs)
        for number, path in enumerate(snakemake.input.interpolations):
            frames, _ = read_frames(path, len(pairs))
            note = paths_note(frames.shape[1], dataset.name, run_of(path), params.variants)
            pictures = {"same": output.same[number], "different": output.different[number]}
            for kind, picture in pictures.items():
                rows = display_rows(pairs, kind)
                title = paths_title(kind, dataset.noun)
                grid = draw_preview(frames[rows.index], dataset.names_of(rows), title, note)
                save_png(grid, picture)


main(snakemake)  # type: ignore[name-defined]
