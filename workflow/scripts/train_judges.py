"""Train one judge of the smoothness score."""

import json

import torch

from vaesweep.data.splits import load_split
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to
from vaesweep.scoring.judges import save_judge, train_judge

with logging_to(snakemake.log[0]) as log:
    torch.set_num_threads(snakemake.threads)
    images, labels = load_split(snakemake.input.train)
    judge, facts = train_judge(images, labels, int(snakemake.wildcards.judge_seed), log)
    save_judge(judge, snakemake.output.judge)
    write_whole(snakemake.output.facts, json.dumps(facts, indent=2).encode())
