"""Write the tables and the opening text of the HTML report."""

import json
from pathlib import Path

import pandas as pd

from vaesweep.comparison.costs import read_costs
from vaesweep.documents.html_report import cost_page, runs_page, sizes_page
from vaesweep.documents.summary import summary
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to

with logging_to(snakemake.log[0]) as log:
    sizes = pd.read_csv(snakemake.input.sizes)
    runs = pd.read_csv(snakemake.input.runs)
    chosen = json.loads(Path(snakemake.input.chosen).read_text(encoding="utf-8"))
    style = Path(snakemake.input.style).read_text(encoding="utf-8")
    every_run = set(zip(runs["latent_size"], runs["seed"], strict=True))
    costs = read_costs(snakemake.params.benchmarks, every_run)

    folder = f"/latent-{chosen['latent_size']}/seed-{chosen['seed']}/"
    same, different = (path for path in snakemake.input.figures if folder in path)
    links = {
        "submission PDF": snakemake.params.submission,
        "comparison report": snakemake.params.comparison_report,
        "interpolation explorer": snakemake.params.explorer,
        "same-digit figure": same,
        "different-digits figure": different,
        "table of runs": snakemake.output.runs,
        "table of latent sizes": snakemake.output.sizes,
    }
    pictures = {
        "Gain by latent size": snakemake.input.gain,
        "The chosen run: same digit": same,
        "The chosen run: different digits": different,
    }
    texts = {
        snakemake.output.sizes: sizes_page(sizes, chosen, style),
        snakemake.output.runs: runs_page(runs, chosen, style),
        snakemake.output.cost: cost_page(costs, style),
        snakemake.output.summary: summary(sizes, runs, chosen, links, pictures),
    }
    for path, text in texts.items():
        write_whole(path, text.encode())
        log.info("wrote %s", path)
