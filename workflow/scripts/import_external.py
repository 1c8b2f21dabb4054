"""Take over the paths of a model from elsewhere, if they are of these pairs."""

from snakemake.iocontainers import Snakemake

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_arrays
from vaesweep.interpolation import read_external
from vaesweep.running.jobs import logging_to


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        images, _ = load_split(snakemake.input.test)
        pairs = read_pairs(snakemake.input.pairs)
        frames, reconstructions = read_external(
            snakemake.input.frames, images, pairs, snakemake.params.steps
        )
        write_arrays(snakemake.output[0], frames=frames, reconstructions=reconstructions)


main(snakemake)  # type: ignore[name-defined]
