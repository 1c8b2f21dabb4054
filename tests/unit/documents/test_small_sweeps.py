"""Every document comes out, and is true, for the smallest and the oddest sweeps there are."""

import re
from io import BytesIO

import numpy as np
import pandas as pd
import pymupdf
import pytest
import yaml
from docutils.core import publish_doctree
from docutils.nodes import system_message
from made_up_sweep import JUDGE, TRAINING, choose, controls, pair_scores, sweep

from vaesweep.comparison.columns import OTHER_PATHS, RECORDS
from vaesweep.comparison.costs import read_costs
from vaesweep.comparison.reading import read_comparison
from vaesweep.comparison.shortlist import MAX_DRAWN, settings_to_show
from vaesweep.comparison.tables import Comparison
from vaesweep.data.datasets import DATASETS
from vaesweep.documents.comparison_report import report_data
from vaesweep.documents.html_report import runs_page, settings_page, summary
from vaesweep.documents.typesetting import typeset
from vaesweep.figures import likelihood, paths, scores
from vaesweep.figures.style import palette, save_svg
from vaesweep.files import write_table
from vaesweep.runs import runs_of, settings_of

FASHION = DATASETS["FashionMNIST"]
SCORES = {(2, 0): 0.1, (2, 1): 0.12, (2, 2): 0.11, (8, 0): 0.3, (8, 1): 0.34, (8, 2): 0.32}
# With `sweep`, which each test has of its own.
CONFIG = """\
dataset: {name: FashionMNIST}
model: {architecture: mlp, beta: 1.0}
training: {epochs: 1}
interpolation: {steps: 7, path: straight}
scoring: {pairs_per_kind: 20, bootstrap: 500}
submission: {paper: a4}
"""
SCALE = pd.DataFrame({"same": [0.5, 0.9], "different": [0.4, 0.8]}, ["cross_fade", "transport"])


class Documents:
    """All that is made of a comparison, as texts."""

    def __init__(self, folder, compared, judges=2, external=None, **pinned):
        # As they are read: from files, where an empty text and a missing number look alike.
        tables = {}
        for name, table in vars(compared).items():
            write_table(folder / f"{name}.csv", table)
            tables[name] = read_comparison(folder / f"{name}.csv")
        self.runs, self.settings = tables["runs"], tables["settings"]
        self.chosen = choose(Comparison(**tables), **pinned)
        self.draw(folder, tables)
        own = runs_of(self.runs[self.runs["variant"] != external])
        config = yaml.safe_load(CONFIG)
        names, sizes, seeds = ({key: {} for key in each} for each in zip(*own, strict=True))
        config["sweep"] = {"variants": names, "latent_sizes": [*sizes], "seeds": [*seeds]}
        config["sweep"]["external"] = {external: {}} if external else {}
        data = report_data(
            self.runs, self.settings, self.chosen, [JUDGE] * judges, tables["judges"], controls(),
            [TRAINING] * len(own), read_costs(folder, self.runs), yaml.safe_dump(config),
        )  # fmt: skip
        self.findings = " ".join(data["findings"])
        pdf = typeset(
            "comparison_report.typ",
            data,
            {path.name: path.read_bytes() for path in folder.glob("*.svg")},
        )
        self.report = "".join(page.get_text() for page in pymupdf.open(stream=BytesIO(pdf)))
        tables = (self.settings, self.chosen, {}), (self.runs, self.chosen, {})
        self.pages = settings_page(*tables[0]) + runs_page(*tables[1])
        text = summary(self.settings, self.runs, self.chosen, {}, {})
        document = publish_doctree(text)
        assert not list(document.findall(system_message))
        self.summary = document.astext()
        self.texts = " ".join(
            [
                self.chosen["verdict"],
                self.chosen["reason"],
                self.findings,
                self.report,
                self.summary,
            ]
        )
        assert not re.search(r"\b(nan|None|NaT|inf)\b", self.texts + self.pages)

    def draw(self, folder, tables):
        """Every figure of the comparison, with frames of noise."""
        pairs = pair_scores(0, 0)[["set", "kind", "row"]].assign(digit_a=3, digit_b=9)
        noise = np.random.default_rng(0).integers(0, 256, (len(pairs), 9, 28, 28), np.uint8)
        frames = dict.fromkeys(settings_to_show(self.settings, self.chosen, MAX_DRAWN), noise)
        colours = palette(settings_of(self.settings))
        parts = {name: own["title"] for name, own in RECORDS["parts"].items()}
        history = pd.DataFrame({"epoch": [1], "neg_elbo": [150.0]})
        histories = dict.fromkeys(runs_of(self.runs), history)
        figures = {
            "score_by_latent_size": scores.score_by_latent_size(
                self.runs, self.settings, self.chosen
            ),
            "differences": scores.differences(tables["differences"], self.chosen),
            "quality_parts": scores.quality_parts(self.runs, self.settings, SCALE, parts, "class"),
            "controls": scores.controls(
                self.settings, controls(), RECORDS["controls"] | OTHER_PATHS, "class"
            ),
            "neg_elbo_and_score": likelihood.neg_elbo_and_score(self.runs),
            "training_curves": likelihood.training_curves(histories),
            "display_rows": paths.display_rows(pairs, frames, colours, "class", FASHION.classes),
            "verdict": paths.display_rows(
                pairs, frames, colours, "class", FASHION.classes, paths.DISPLAY_ROWS[1:3]
            ),
            "best_and_worst": paths.best_and_worst(pairs, pair_scores(0, 0), noise, "class"),
        }
        for name, figure in figures.items():
            save_svg(figure, folder / f"{name}.svg")


def documents(folder, scores, pinned=None, judges=2, external=None, **changes) -> Documents:
    compared = sweep(scores, judges=judges, external=external, **changes)
    return Documents(folder, compared, judges, external, **pinned or {})


def test_one_run(tmp_path):
    made = documents(tmp_path, {(8, 0): 0.3})
    assert "Latent size 8 is the only latent size to choose from" in made.texts
    assert "first" not in made.findings and "rank correlation" not in made.findings
    assert "No interval over seeds is given for latent size 8" in made.findings


def test_two_seeds_of_one_size(tmp_path):
    made = documents(tmp_path, {(8, 0): 0.3, (8, 1): 0.4})
    assert "the only latent size to choose from; seed 1 is the best of its 2" in made.texts
    assert "The codes interpolate better than the pixel cross-fade" in made.findings


def test_one_seed_of_three_sizes(tmp_path):
    made = documents(tmp_path, {(2, 0): 0.1, (8, 0): 0.3, (16, 0): 0.2})
    assert "1 seed each" in made.report and "is luck" not in made.findings
    verdict = "ties with latent sizes 2 and 16 cannot be assessed with fewer than 3 seeds"
    assert verdict in made.chosen["verdict"]
    assert made.chosen["tied_with"] is None
    assert "100 %" not in made.report.split("All runs")[0]


def test_one_judge(tmp_path):
    made = documents(tmp_path, SCORES, judges=1)
    assert "judges" not in made.findings and "1 pair of them" in " ".join(made.report.split())


def test_two_sizes_that_tie_exactly(tmp_path):
    runs = [(size, seed) for size in (2, 8) for seed in range(3)]
    made = documents(tmp_path, dict.fromkeys(runs, 0.2), equal_pairs=True)
    assert "rank correlation" not in made.findings
    assert "Use latent size 2 or 8 (tied)" in made.chosen["verdict"]


def test_all_runs_but_one_diverged(tmp_path):
    others = tuple(run for run in SCORES if run != (2, 1))
    made = documents(tmp_path, SCORES, diverged=others)
    assert made.chosen["latent_size"] == 2 and made.chosen["seed"] == 1
    assert "5 of 6 runs diverged and are excluded from all statistics" in made.findings
    assert "is the only latent size to choose from" in made.chosen["reason"]
    assert "Every latent size" not in made.findings


def test_one_size_all_diverged(tmp_path):
    made = documents(tmp_path, SCORES, diverged=((2, 0), (2, 1), (2, 2)))
    assert "All runs of latent size 2 diverged." in made.findings
    assert "latent sizes 2, 8; 3 seeds each" in " ".join(made.report.split())
    assert "Every latent size" not in made.findings


def test_all_collapsed(tmp_path):
    made = documents(tmp_path, dict.fromkeys(SCORES, 0.0), active_units=0)
    assert "Every run collapsed: its codes carry no information" in made.findings


def test_all_scores_negative(tmp_path):
    made = documents(tmp_path, {run: score - 1 for run, score in SCORES.items()})
    assert "No latent size interpolates better than the pixel cross-fade" in made.findings
    assert "−0.6" in made.report and not re.search(r"(?<![\w.])-0\.\d", made.texts)


def test_variants_and_a_model_from_elsewhere(tmp_path):
    scores = {("conv", *run): score + 0.1 for run, score in SCORES.items()}
    scores |= {("vae", *run): score for run, score in SCORES.items()} | {("pca", 20, 0): 0.9}
    made = documents(tmp_path, scores, external="pca")
    report = " ".join(made.report.split())
    assert "12 models on FashionMNIST: variants conv and vae; latent sizes 2, 8; 3 seeds" in report
    assert "compared with the external model pca." in report and "Which settings differ" in report
    assert "sizes of conv, and variants at latent size 8" in report
    assert "conv, latent size 8, seed 1 is the run to show. conv at latent size 8" in made.summary
    assert made.chosen["verdict"].startswith("Use pca at latent size 20; ties with ")
    assert "All judges put pca at latent size 20 first" in made.findings
    assert ">pca</td>" in made.pages and ">external</td>" in made.pages


def test_one_variant_is_not_spoken_of(tmp_path):
    made = documents(tmp_path, SCORES)
    pages = re.sub("<style>.*?</style>", "", made.pages, flags=re.DOTALL)
    said = [made.chosen["reason"], made.findings, made.summary, pages]
    assert not re.search(r"variant|setting|\bvae\b|elsewhere", " ".join(said))
    assert "variant" not in made.report.replace("variants:", "")


@pytest.mark.parametrize(
    ("pinned", "said"),
    [
        ({"latent_size": 2}, "Latent size 2 was pinned in config.yaml; seed 1 is the best"),
        ({"seed": 0}, "Latent size 8 has the highest mean score"),
    ],
)
def test_half_of_the_choice_pinned(tmp_path, pinned, said):
    made = documents(tmp_path, SCORES, pinned=pinned)
    assert said in made.chosen["reason"]
    assert ("is luck" in made.findings) == ("seed" not in pinned)


def test_a_plain_autoencoder(tmp_path):
    nothing = dict.fromkeys(("neg_elbo", "kl", "nll_is", "frechet"))
    made = documents(tmp_path, SCORES, **nothing)
    assert "likelihood" not in made.findings and "a plain autoencoder has none" in made.report


def test_long_seeds_and_sizes(tmp_path):
    scores = {(1024, 4294967295): 0.1, (1024, 4294967294): 0.2, (512, 4294967295): 0.1}
    made = documents(tmp_path, scores)
    assert "4294967295" in made.report and "4,294" not in made.texts + made.pages


def test_judges_that_disagree_are_not_said_to_agree(tmp_path):
    compared = sweep(SCORES)
    compared.judges["rank_correlation"] = -1.0
    assert "rankings of the runs differ (rank correlation −1.000 or more)" in (
        Documents(tmp_path, compared).findings
    )


def test_no_page_speaks_of_digits_where_there_are_none(tmp_path):
    made = documents(tmp_path, SCORES)
    assert not re.search(r"\b(digits?|strokes?)\b", made.texts + made.pages)
