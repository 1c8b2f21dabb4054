"""Fetch the data set and write its two splits."""

import tempfile
from pathlib import Path

from vaesweep.data.fetch import DATASETS, fetch
from vaesweep.data.splits import save_split
from vaesweep.running.logs import logging_to

with logging_to(snakemake.log[0]) as log, tempfile.TemporaryDirectory() as scratch:
    params = snakemake.params
    folder = Path(params.folder) if params.folder else None
    splits = fetch(DATASETS[params.dataset], folder, Path(scratch), log, params.get("mirrors"))
    for split, (images, labels) in splits.items():
        save_split(snakemake.output[split], images, labels)
        log.info("%s: %d images", snakemake.output[split], len(images))
