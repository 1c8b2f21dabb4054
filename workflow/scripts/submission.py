"""Write the submission PDF: both figures of the chosen run, then the code that made them."""

from pathlib import Path

import yaml

from vaesweep.comparison.choice import file_of, read_chosen
from vaesweep.data.datasets import DATASETS
from vaesweep.data.pairs import read_pairs
from vaesweep.documents.submission import figure_pages, join_submission, typeset_code
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

with logging_to(snakemake.log[0]) as log:
    text, output = snakemake.params.config_text, snakemake.output[0]
    config = yaml.safe_load(text)
    paper = config["submission"]["paper"]
    pairs = read_pairs(snakemake.input.pairs)
    path = file_of(read_chosen(snakemake.input.chosen), snakemake.input.interpolations)
    frames, _ = read_frames(path, len(pairs))
    dataset, run = DATASETS[config["dataset"]["name"]], run_of(path)
    note = paths_note(frames.shape[1], dataset.name, run, snakemake.params.variants)
    pages = figure_pages(frames, pairs, dataset, note, paper)
    code, wanted = None, config["submission"]["code"]
    if wanted != "none":
        source = source_of(ROOT, text)
        lead = f"{LEAD[wanted]} Commit {source['commit']}; configuration {source['configuration']}."
        shown = [(path, Path(path).read_text("utf-8")) for path in snakemake.input.shown]
        sources = [("config.yaml", text), *shown]
        code = typeset_code(sources, "The code that made the figures", lead, paper)
        log.info("typeset %d files", len(sources))
    write_whole(output, join_submission(pages, code, Path(output).stem, config["netid"]))
    log.info("wrote %s", output)
