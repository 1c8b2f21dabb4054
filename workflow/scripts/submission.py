"""Write the submission PDF: both figures of the chosen run, then the code that made them."""

import os
from pathlib import Path

import yaml
from snakemake.iocontainers import Snakemake

from vaesweep.comparison.chosen import file_of, read_chosen
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import read_pairs
from vaesweep.documents.submission import figure_pages, submission
from vaesweep.documents.typesetting import ROOT
from vaesweep.figures.grids import paths_note
from vaesweep.files import write_whole
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import logging_to
from vaesweep.running.provenance import source_of
from vaesweep.runs import run_of

LEAD = {
    "figures": "The code that made the figures, in the order in which data flows.",
    "all": "All the code that the figures and the choice of their run depend on.",
}


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        text, output = snakemake.params.config_text, snakemake.output[0]
        config = yaml.safe_load(text)
        paper = config["submission"]["paper"]
        pairs = read_pairs(snakemake.input.pairs)
        path = file_of(read_chosen(snakemake.input.chosen), snakemake.input.interpolations)
        frames, _ = read_frames(path, len(pairs))
        dataset, run = DATASETS[config["dataset"]["name"]], run_of(path)
        note = paths_note(frames.shape[1], dataset.name, run, snakemake.params.variants)
        pages = figure_pages(frames, pairs, dataset, note, paper)
        sources, lead, wanted = [], "", config["submission"]["code"]
        if wanted != "none":
            source = source_of(ROOT, text)
            lead = LEAD[wanted]
            lead += f" Commit {source['commit']}; configuration {source['configuration']}."
            sources = [("config.yaml", text)]
            for path in snakemake.input.shown:
                sources.append((os.path.relpath(path, ROOT), Path(path).read_text("utf-8")))
        title, author = Path(output).stem, config["netid"]
        write_whole(output, submission(pages, sources, lead, paper, author, title))


main(snakemake)  # type: ignore[name-defined]
