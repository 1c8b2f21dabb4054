"""Choose the run to show."""

import json

import pandas as pd

from vaesweep.comparison.choice import choose_run
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to

with logging_to(snakemake.log[0]) as log:
    runs = pd.read_csv(snakemake.input.runs)
    latent_sizes = pd.read_csv(snakemake.input.latent_sizes)
    params = snakemake.params
    chosen = choose_run(runs, latent_sizes, params.latent_size, params.seed)
    write_whole(snakemake.output.chosen, json.dumps(chosen, indent=2).encode())
    log.info("%s", chosen["reason"])
