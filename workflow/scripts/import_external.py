"""Import the paths of an external model, if they were made for these pairs."""

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_arrays
from vaesweep.interpolation import read_external
from vaesweep.running.jobs import Snakemake, logging_to


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        given, steps = snakemake.input, snakemake.params.steps
        images, _ = load_split(given.test)
        pairs = read_pairs(given.pairs)
        frames, reconstructions = read_external(given.frames, images, pairs, steps)
        write_arrays(snakemake.output[0], frames=frames, reconstructions=reconstructions)


main(snakemake)  # type: ignore[name-defined]
