"""Fetch the data set and write its two splits."""

from pathlib import Path

from vaesweep.data.fetch import pinned_dataset, write_data
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.running.sweep import expanded


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]) as log:
        # Not a param, which Snakemake would track: where the files are decides no result.
        folder = Path(expanded(snakemake.config["dataset"]["dir"]))
        dataset = pinned_dataset(snakemake.params.dataset, snakemake.params.pins["md5"])
        write_data(dataset, folder, Path(snakemake.output.sums).parent, log)


main(snakemake)  # type: ignore[name-defined]
