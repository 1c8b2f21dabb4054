"""Write the comparison report as PDF."""

import json
from pathlib import Path

import pandas as pd

from vaesweep.comparison.costs import read_costs
from vaesweep.documents.comparison_report import report_data
from vaesweep.documents.typesetting import typeset
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to


def read_json(path: str) -> dict:
    return json.loads(Path(path).read_text(encoding="utf-8"))


with logging_to(snakemake.log[0]) as log:
    runs = pd.read_csv(snakemake.input.runs)
    in_sweep = set(zip(runs["latent_size"], runs["seed"], strict=True))
    data = report_data(
        runs=runs,
        latent_sizes=pd.read_csv(snakemake.input.latent_sizes),
        chosen=read_json(snakemake.input.chosen),
        judges=[read_json(path) for path in snakemake.input.judges],
        agreement=pd.read_csv(snakemake.input.agreement),
        trainings=[read_json(path) for path in snakemake.input.trainings],
        costs=read_costs(snakemake.params.benchmarks, in_sweep),
        config_text=snakemake.params.config_text,
        paper=snakemake.params.paper,
    )
    pictures = [Path(path) for path in snakemake.input.figures]
    write_whole(snakemake.output[0], typeset("comparison_report.typ", data, pictures))
    log.info("wrote %s", snakemake.output[0])
