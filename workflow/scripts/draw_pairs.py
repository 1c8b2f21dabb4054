"""Draw the pairs of test images, before any training."""

from vaesweep.data.pairs import draw_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to

with logging_to(snakemake.log[0]) as log:
    _, labels = load_split(snakemake.input.test)
    pairs = draw_pairs(labels, snakemake.params.pair_seed, snakemake.params.pairs_per_kind)
    write_whole(snakemake.output.pairs, pairs.to_csv(index=False).encode())
    log.info("%d pairs drawn from %d test images", len(pairs), len(labels))
