"""Compare the runs and the settings of the sweep."""

from vaesweep.comparison.metrics import read_runs
from vaesweep.comparison.tables import compare
from vaesweep.data.pairs import read_pairs
from vaesweep.files import write_table
from vaesweep.running.jobs import Snakemake, logging_to


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        pairs = read_pairs(snakemake.input.pairs)
        files = zip(snakemake.input.metrics, snakemake.input.pair_scores, strict=True)
        metrics, pair_scores = read_runs(files, pairs, snakemake.params.made_with)
        comparison = compare(metrics, pair_scores, snakemake.params.bootstrap)
        for name, table in vars(comparison).items():
            write_table(snakemake.output[name], table)


main(snakemake)  # type: ignore[name-defined]
