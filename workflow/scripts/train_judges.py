"""Train a judge, which assesses frames for the score."""

from vaesweep.data.splits import count_classes, load_split
from vaesweep.files import write_json
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.scoring.judges import save_judge, train_judge


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads) as log:
        images, labels = load_split(snakemake.input.train)
        classes = count_classes(labels, snakemake.input.train)
        seed = int(snakemake.wildcards.judge_seed)
        judge, facts = train_judge(images, labels, classes, seed, log)
        save_judge(judge, snakemake.output.judge)
        write_json(snakemake.output.facts, facts)


main(snakemake)  # type: ignore[name-defined]
