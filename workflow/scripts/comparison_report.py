"""Write the comparison report as PDF."""

from pathlib import Path

from vaesweep.comparison.costs import read_costs
from vaesweep.comparison.sweep import Sweep
from vaesweep.documents.comparison_report import read_caption, report_data
from vaesweep.documents.typesetting import typeset
from vaesweep.files import read_json, write_whole
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.scoring.record import JUDGE_FACTS


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        sweep = Sweep(given, params.dataset)
        benchmarks = Path(snakemake.output[0]).parents[1] / "benchmarks"
        data = report_data(
            sweep,
            judges=[read_json(path, *JUDGE_FACTS) for path in given.judges],
            trainings=[read_json(path, "models", "networks") for path in given.trainings],
            costs=read_costs(benchmarks, sweep.runs),
            config_text=params.config_text,
        )
        noun = data["settings_noun"]
        data["captions"] = {Path(path).stem: read_caption(path, noun) for path in given.captions}
        pictures = {Path(path).name: Path(path).read_bytes() for path in given.figures}
        write_whole(snakemake.output[0], typeset("comparison_report.typ", data, pictures))


main(snakemake)  # type: ignore[name-defined]
