"""The documents of a made-up sweep."""

import re
from functools import cached_property
from io import BytesIO

import pandas as pd
import pymupdf
import yaml
from checkout import ROOT
from docutils.core import publish_doctree
from docutils.nodes import system_message
from made_up_results import write_results
from made_up_sweep import JUDGE, TRAINING

from vaesweep.documents.comparison_figures import FIGURES
from vaesweep.documents.comparison_report import read_caption, report_data
from vaesweep.documents.html_report import runs_page, settings_page, summary
from vaesweep.documents.typesetting import typeset
from vaesweep.figures.style import save_svg
from vaesweep.runs import runs_of

NO_COSTS = pd.DataFrame(columns=["rule", "runs", "seconds", "memory_mib"])
# The configuration without `sweep`, which differs between tests.
CONFIG = """\
dataset: {name: FashionMNIST}
model: {architecture: mlp, beta: 1.0}
training: {epochs: 1}
interpolation: {steps: 7, path: straight}
scoring: {pairs_per_kind: 20, bootstrap: 500}
submission: {paper: a4}
"""


class Documents:
    """The documents of a made-up sweep as texts, each written when it is first needed."""

    def __init__(self, folder, compared, chosen, judges=2, external=None):
        self.folder, self.judges, self.external = folder, judges, external
        self.sweep = write_results(folder, compared, chosen)
        self.chosen = self.sweep.chosen
        assert not re.search(r"\b(nan|None|NaT|inf)\b", self.sentences + self.pages)

    @cached_property
    def data(self):
        """The data of the comparison report."""
        trained = runs_of(self.sweep.runs[self.sweep.runs["variant"] != self.external])
        variants, sizes, seeds = (list(dict.fromkeys(keys)) for keys in zip(*trained, strict=True))
        config = yaml.safe_load(CONFIG)
        config["sweep"] = {
            "variants": {variant: {} for variant in variants},
            "latent_sizes": sizes,
            "seeds": seeds,
            "external": {self.external: {}} if self.external else {},
        }
        return report_data(
            self.sweep,
            [JUDGE] * self.judges,
            [TRAINING] * len(trained),
            NO_COSTS,
            yaml.safe_dump(config),
        )

    @cached_property
    def findings(self):
        return " ".join(self.data["findings"])

    @cached_property
    def summary(self):
        document = publish_doctree(summary(self.sweep, {}, {}))
        assert not list(document.findall(system_message))
        return document.astext()

    @cached_property
    def sentences(self):
        """All sentences but those of the comparison report's template."""
        return " ".join(
            [self.chosen["verdict"], self.chosen["reason"], self.findings, self.summary]
        )

    @cached_property
    def pages(self):
        """The tables of the HTML report."""
        return settings_page(self.sweep, {}) + runs_page(self.sweep, {})

    @cached_property
    def report(self):
        """The text of the comparison report, with all its figures."""
        captions = {}
        for name, draw in FIGURES.items():
            save_svg(draw(self.sweep), self.folder / f"{name}.svg")
            caption = ROOT / f"workflow/report/{name}.rst"
            captions[name] = read_caption(caption, self.data["settings_noun"])
        pictures = {path.name: path.read_bytes() for path in self.folder.glob("*.svg")}
        pdf = typeset("comparison_report.typ", self.data | {"captions": captions}, pictures)
        pages = pymupdf.open(stream=BytesIO(pdf))
        text = " ".join("".join(page.get_text() for page in pages).split())
        assert not re.search(r"\b(nan|None|NaT|inf)\b", text)
        assert "#" not in text and "else [" not in text, "markup of the template is shown"
        return text
