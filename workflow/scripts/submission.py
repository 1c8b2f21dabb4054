"""Write the submission PDF: both figures of the chosen run, then the code that made them."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from vaesweep.documents.typesetting import join_submission, typeset_code
from vaesweep.figures.tiles import draw_page, paths_note, save_pdf
from vaesweep.files import write_whole
from vaesweep.running.logs import logging_to
from vaesweep.words import paths_title

with logging_to(snakemake.log[0]) as log:
    params = snakemake.params
    dataset = yaml.safe_load(params.config_text)["dataset"]["name"]
    chosen = json.loads(Path(snakemake.input.chosen).read_text(encoding="utf-8"))
    pairs = pd.read_csv(snakemake.input.pairs)
    run = f"latent-{chosen['latent_size']}/seed-{chosen['seed']}/"
    frames = np.load(next(path for path in snakemake.input.interpolations if run in path))["frames"]
    note = paths_note(frames.shape[1], dataset, chosen["latent_size"], chosen["seed"])

    pages = []
    for kind in ("same", "different"):
        shown = (pairs["set"] == "display") & (pairs["kind"] == kind)
        digits = list(zip(pairs[shown]["digit_a"], pairs[shown]["digit_b"], strict=True))
        title = paths_title(kind, dataset)
        figure = draw_page(frames[shown.to_numpy()], digits, title, note, params.paper)
        save_pdf(figure, page := BytesIO())
        pages.append((title, page.getvalue()))

    code = None
    if params.include_code:
        sources = [("config.yaml", params.config_text)]
        sources += [(path, Path(path).read_text("utf-8")) for path in snakemake.input.shown]
        lead = (
            "config.yaml is the configuration that was used. Then all the code that the two "
            "figures and the choice of their run depend on, in the order in which data flows."
        )
        code = typeset_code(sources, "The code that made the figures", lead, params.paper)
        log.info("typeset %d files", len(sources))

    name = Path(snakemake.output[0]).stem
    write_whole(snakemake.output[0], join_submission(pages, code, name, params.netid))
    log.info("wrote %s", snakemake.output[0])
