"""Interpolate between the codes of every pair."""

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_arrays
from vaesweep.interpolation import interpolate
from vaesweep.running.jobs import logging_to
from vaesweep.training.model import load_model

with logging_to(snakemake.log[0], snakemake.threads):
    params = snakemake.params
    images, _ = load_split(snakemake.input.test)
    pairs = read_pairs(snakemake.input.pairs)
    model = load_model(snakemake.input.model)
    frames, reconstructions = interpolate(model, images, pairs, params.steps, params.path)
    write_arrays(snakemake.output[0], frames=frames, reconstructions=reconstructions)
