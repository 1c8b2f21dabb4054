"""Train one judge of the smoothness score."""

import torch

from vaesweep.data.splits import count_classes, load_split
from vaesweep.files import write_json
from vaesweep.running.jobs import logging_to
from vaesweep.scoring.judges import save_judge, train_judge

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    images, labels = load_split(snakemake.input.train)
    classes = count_classes(labels, snakemake.input.train)
    judge, facts = train_judge(images, labels, classes, snakemake.params.seed, log)
    save_judge(judge, snakemake.output.judge)
    write_json(snakemake.output.facts, facts)
