"""Write the comparison report as PDF."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from vaesweep.comparison.chosen import read_chosen
from vaesweep.comparison.costs import read_costs
from vaesweep.comparison.reading import read_comparison
from vaesweep.documents.comparison_report import report_data
from vaesweep.documents.typesetting import typeset
from vaesweep.files import read_json, write_whole
from vaesweep.running.jobs import logging_to
from vaesweep.scoring.record import JUDGE_FACTS


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        given, runs = (
            snakemake.input,
            read_comparison(snakemake.input.runs, "score", "rank", "device"),
        )
        benchmarks = Path(snakemake.output[0]).parents[1] / "benchmarks"
        data = report_data(
            runs=runs,
            settings=read_comparison(given.settings, "score", "rank"),
            chosen=read_chosen(given.chosen),
            judges=[read_json(path, *JUDGE_FACTS) for path in given.judges],
            agreement=read_comparison(given.agreement, "rank_correlation"),
            controls=read_comparison(given.controls, "control", "score", "difference"),
            trainings=[read_json(path, "device", "networks") for path in given.trainings],
            costs=read_costs(benchmarks, runs),
            config_text=snakemake.params.config_text,
        )
        pictures = {Path(path).name: Path(path).read_bytes() for path in given.figures}
        write_whole(snakemake.output[0], typeset("comparison_report.typ", data, pictures))


main(snakemake)  # type: ignore[name-defined]
