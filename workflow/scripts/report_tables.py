"""Write the tables and the opening text of the HTML report."""

from pathlib import Path

from vaesweep.comparison.costs import read_costs
from vaesweep.comparison.sweep import Sweep
from vaesweep.data.pairs import KINDS
from vaesweep.documents.html_report import (
    cost_page,
    links_by_run,
    runs_page,
    settings_page,
    summary,
)
from vaesweep.files import write_whole
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.runs import Names, settings_of
from vaesweep.words import paths_title


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        output, params = snakemake.output, snakemake.params
        sweep = Sweep(snakemake.input, params.dataset)
        folder = Path(output.cost).parent
        costs = read_costs(folder.parent / "benchmarks", sweep.runs)
        noun = Names.of(settings_of(sweep.settings)).noun
        documents = {words: f"{folder.parent}/{name}" for words, name in params.documents.items()}
        run_links = links_by_run(sweep, Path(documents["interpolation explorer"]))
        links = dict(documents)
        pictures = {"Lost at the ends and between them": snakemake.input.map}
        pictures[f"Score by {noun}"] = snakemake.input.score
        for kind in KINDS:
            title = paths_title(kind, sweep.dataset.noun).lower()
            figure = sweep.by_run(kind)[sweep.chosen_run]
            links[f"{title} figure"] = figure
            pictures[f"The chosen run: {title}"] = figure
        links |= {"table of runs": output.runs, f"table of {noun}s": output.settings}
        texts = {
            output.settings: settings_page(sweep, run_links),
            output.runs: runs_page(sweep, run_links),
            output.cost: cost_page(costs),
            output.summary: summary(sweep, links, pictures, Path(snakemake.input.strip)),
        }
        for path, text in texts.items():
            write_whole(path, text.encode())


main(snakemake)  # type: ignore[name-defined]
