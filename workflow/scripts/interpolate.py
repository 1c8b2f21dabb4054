"""Interpolate between the codes of each pair, for each run of a setting."""

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_arrays
from vaesweep.interpolation import interpolate
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.training.model import load_model


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads):
        given, params = snakemake.input, snakemake.params
        images, _ = load_split(given.test)
        pairs = read_pairs(given.pairs)
        for weights, path in zip(given.models, snakemake.output.interpolations, strict=True):
            model = load_model(weights)
            frames, reconstructions = interpolate(model, images, pairs, params.steps, params.path)
            write_arrays(path, frames=frames, reconstructions=reconstructions)


main(snakemake)  # type: ignore[name-defined]
