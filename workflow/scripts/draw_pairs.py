"""Draw the pairs of test images, before any training."""

from vaesweep.data.pairs import draw_pairs
from vaesweep.data.splits import count_classes, load_split
from vaesweep.files import write_table
from vaesweep.running.jobs import Snakemake, logging_to


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]) as log:
        params = snakemake.params
        _, labels = load_split(snakemake.input.test)
        classes = count_classes(labels, snakemake.input.test)
        pairs = draw_pairs(labels, classes, params.pair_seed, params.pairs_per_kind)
        write_table(snakemake.output.pairs, pairs)
        log.info("%d pairs drawn from %d test images", len(pairs), len(labels))


main(snakemake)  # type: ignore[name-defined]
