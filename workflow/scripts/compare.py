"""Compare the runs and the latent sizes of the sweep."""

import json
from pathlib import Path

import pandas as pd

from vaesweep.comparison.tables import compare
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to

with logging_to(snakemake.log[0]) as log:
    metrics = [json.loads(Path(path).read_text("utf-8")) for path in snakemake.input.metrics]
    pair_scores = [pd.read_csv(path) for path in snakemake.input.pair_scores]
    comparison = compare(metrics, pair_scores, snakemake.params.bootstrap)
    for name, table in vars(comparison).items():
        write_whole(snakemake.output[name], table.to_csv(index=False).encode())
        log.info("%s: %d rows", snakemake.output[name], len(table))
