"""Fetch the data set and write its two splits."""

import tempfile
from pathlib import Path

from snakemake.iocontainers import Snakemake

from vaesweep.data.fetch import fetch, pinned_dataset
from vaesweep.files import write_arrays, write_json
from vaesweep.running.jobs import logging_to


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]) as log, tempfile.TemporaryDirectory() as scratch:
        # Not a param, which Snakemake would track: where the files are decides no result.
        folder = Path(snakemake.config["dataset"]["dir"]).expanduser()
        dataset = pinned_dataset(snakemake.params.dataset, snakemake.params.pins["md5"])
        splits = fetch(dataset, folder, Path(scratch), log)
        for split, (images, labels) in splits.items():
            write_arrays(snakemake.output[split], images=images, labels=labels)
            log.info("%s: %d images", snakemake.output[split], len(images))
        write_json(snakemake.output.sums, dataset.md5)


main(snakemake)  # type: ignore[name-defined]
