"""Write the submission PDF: both figures of the chosen run, then the code that made them."""

import os
from pathlib import Path

import yaml

from vaesweep.comparison.sweep import Sweep
from vaesweep.documents.submission import figure_pages, submission
from vaesweep.documents.typesetting import ROOT
from vaesweep.figures.grids import paths_note
from vaesweep.files import write_whole
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.running.provenance import source_of


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        text, output = snakemake.params.config_text, snakemake.output[0]
        config = yaml.safe_load(text)
        paper = config["submission"]["paper"]
        sweep = Sweep(snakemake.input, config["dataset"]["name"])
        run = sweep.chosen_run
        frames, dataset = sweep.frames(run), sweep.dataset
        note = paths_note(frames.shape[1], dataset.name, run, snakemake.params.variants)
        pages = figure_pages(frames, sweep.pairs, dataset, note, paper)
        sources, lead = [], ""
        if snakemake.input.code:
            source = source_of(ROOT, text)
            lead = "Files are in the order in which data flows through them. "
            lead += f"Commit {source['commit']}, configuration {source['configuration']}."
            sources = [("config.yaml", text)]
            for path in snakemake.input.code:
                sources.append((os.path.relpath(path, ROOT), Path(path).read_text("utf-8")))
        title, author = Path(output).stem, config["netid"]
        write_whole(output, submission(pages, sources, lead, paper, author, title))


main(snakemake)  # type: ignore[name-defined]
