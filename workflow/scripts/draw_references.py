"""Draw what all runs are compared with: reference paths between the pairs, and known paths."""

from vaesweep.data.pairs import ends, read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_arrays
from vaesweep.interpolation import cross_fade
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.scoring.barycentres import barycentres
from vaesweep.scoring.references import known_paths


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads):
        images, _ = load_split(snakemake.input.test)
        a, b = ends(images, read_pairs(snakemake.input.pairs)).swapaxes(0, 1)
        steps = snakemake.params.steps
        write_arrays(
            snakemake.output.references,
            cross_fade=cross_fade(a, b, steps),
            transport=barycentres(a, b, steps),
            known_paths=known_paths(images),
        )


main(snakemake)  # type: ignore[name-defined]
