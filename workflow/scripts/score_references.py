"""Score the references, once for all runs: cross-fades are 0 and optimal transport 1."""

from vaesweep.data.pairs import ends, read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import write_table
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.references import read_references
from vaesweep.scoring.score import score_references


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads):
        images, _ = load_split(snakemake.input.test)
        pairs = read_pairs(snakemake.input.pairs)
        real = ends(images, pairs)
        references = read_references(snakemake.input.references, real, snakemake.params.steps)
        judges = [load_judge(path) for path in snakemake.input.judges]
        scores = score_references(references, pairs, judges)
        write_table(snakemake.output.scores, scores)


main(snakemake)  # type: ignore[name-defined]
