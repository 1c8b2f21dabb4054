"""Write the tables and the opening text of the HTML report."""

from pathlib import Path
from urllib.parse import urlencode

from snakemake.iocontainers import Snakemake

from vaesweep.comparison.chosen import file_of, read_chosen
from vaesweep.comparison.costs import read_costs
from vaesweep.comparison.reading import read_comparison
from vaesweep.comparison.shortlist import settings_to_explore
from vaesweep.data.datasets import DATASETS
from vaesweep.documents.html_report import cost_page, runs_page, settings_page, summary
from vaesweep.files import write_whole
from vaesweep.running.jobs import logging_to
from vaesweep.runs import Names, run_of, settings_of
from vaesweep.scoring.record import trained_here
from vaesweep.words import paths_title


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        given, output, params = snakemake.input, snakemake.output, snakemake.params
        dataset = DATASETS[params.dataset]
        settings = read_comparison(given.settings, "score", "rank")
        runs = read_comparison(given.runs, "score", "rank", "device")
        chosen = read_chosen(given.chosen)
        folder = Path(output.cost).parent
        costs = read_costs(folder.parent / "benchmarks", runs)
        figures = {
            paths_title(kind, dataset.noun).lower(): file_of(chosen, given[kind])
            for kind in ("same", "different")
        }
        documents = {words: str(folder.parent / name) for words, name in params.documents.items()}
        links = documents | {f"{words} figure": path for words, path in figures.items()}
        noun = Names.of(settings_of(settings)).noun
        links |= {"table of runs": output.runs, f"table of {noun}s": output.settings}
        pictures = {f"Score by {noun}": given.score}
        pictures |= {f"The chosen run: {words}": path for words, path in figures.items()}
        trained = settings_of(runs[trained_here(runs)])
        walked = settings_to_explore(settings, chosen, trained)
        explorer = documents["interpolation explorer"]
        results = {}
        for same, different in zip(given.same, given.different, strict=True):
            results[run_of(same)] = {"same": same, "different": different}
            if (setting := run_of(same).setting) in walked:
                part = urlencode({"of": f"{setting.variant}/{setting.latent_size}"})
                results[run_of(same)]["paths"] = f"{explorer}#{part}"
        texts = {
            output.settings: settings_page(settings, chosen, results, folder),
            output.runs: runs_page(runs, chosen, results, folder),
            output.cost: cost_page(costs),
            output.summary: summary(settings, runs, chosen, links, pictures, Path(given.strip)),
        }
        for path, text in texts.items():
            write_whole(path, text.encode())


main(snakemake)  # type: ignore[name-defined]
