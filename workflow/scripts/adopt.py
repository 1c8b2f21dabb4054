"""Take over the paths of a model from elsewhere, if they are of these pairs."""

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_arrays
from vaesweep.interpolation import adopt
from vaesweep.running.jobs import logging_to

with logging_to(snakemake.log[0]):
    images, _ = load_split(snakemake.input.test)
    pairs = read_pairs(snakemake.input.pairs)
    frames, reconstructions = adopt(snakemake.input.frames, images, pairs, snakemake.params.steps)
    write_arrays(snakemake.output[0], frames=frames, reconstructions=reconstructions)
