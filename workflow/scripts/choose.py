"""Choose the run to show."""

from vaesweep.comparison.choice import choose_run
from vaesweep.comparison.reading import read_comparison
from vaesweep.comparison.verdict import verdict
from vaesweep.data.cautions import near_chance
from vaesweep.files import read_json, read_table, write_json
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.runs import run_of
from vaesweep.scoring.record import JUDGE_FACTS


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]) as log:
        runs = read_comparison(snakemake.input.runs, "status", "score")
        settings = read_comparison(snakemake.input.settings, "variant", "seeds", "score")
        pair_scores = {
            run_of(path): read_table(path, "set", "kind", "row", "score")
            for path in snakemake.input.pair_scores
        }
        chosen = choose_run(runs, settings, pair_scores, snakemake.params.pinned)
        chosen["verdict"] = verdict(runs, settings)
        judges = [read_json(path, *JUDGE_FACTS) for path in snakemake.input.judges]
        about_data = read_json(snakemake.input.cautions, "cautions")["cautions"]
        chosen["cautions"] = [*about_data, *near_chance(judges)]
        write_json(snakemake.output.chosen, chosen)
        log.info("%s", chosen["reason"])


main(snakemake)  # type: ignore[name-defined]
