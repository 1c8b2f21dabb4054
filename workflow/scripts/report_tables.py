"""Write the tables and the opening text of the HTML report."""

from vaesweep.comparison.choice import file_of, read_chosen
from vaesweep.comparison.costs import Jobs, read_costs
from vaesweep.data.datasets import DATASETS
from vaesweep.documents.html_report import cost_page, runs_page, sizes_page, summary
from vaesweep.files import read_table, run_of, write_whole
from vaesweep.running.jobs import logging_to
from vaesweep.words import paths_title

with logging_to(snakemake.log[0]) as log:
    given, output, params = snakemake.input, snakemake.output, snakemake.params
    dataset = DATASETS[params.dataset]
    sizes = read_table(given.sizes, "score", "rank")
    runs = read_table(given.runs, "score", "rank")
    chosen = read_chosen(given.chosen)
    costs = read_costs("results/benchmarks", Jobs([*map(run_of, given.same)], **params.jobs))
    figures = {
        paths_title(kind, dataset.noun).lower(): file_of(chosen, given[kind])
        for kind in ("same", "different")
    }
    links = params.documents | {f"{words} figure": path for words, path in figures.items()}
    links |= {"table of runs": output.runs, "table of latent sizes": output.sizes}
    pictures = {"Score by latent size": given.score}
    pictures |= {f"The chosen run: {words}": path for words, path in figures.items()}
    texts = {
        output.sizes: sizes_page(sizes, chosen),
        output.runs: runs_page(runs, chosen),
        output.cost: cost_page(costs),
        output.summary: summary(sizes, runs, chosen, links, pictures),
    }
    for path, text in texts.items():
        write_whole(path, text.encode())
        log.info("wrote %s", path)
