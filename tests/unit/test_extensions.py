"""A new record is enough: what CONTRIBUTING.md says of architectures, objectives, parts of quality.

A new data set is shown by EMNIST (tests/unit/data/test_sources.py), a new path by `spherical`.
"""

import json
import logging
import subprocess
import sys

import numpy as np
import torch
from checkout import ROOT

from vaesweep.data.splits import PIXELS
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import (
    ARCHITECTURES,
    Architecture,
    OuterLayers,
    StackedLinear,
    load_model,
    save_member,
)
from vaesweep.training.objectives import OBJECTIVES, CrossEntropy, Objective


def test_a_new_architecture_is_trained_stored_and_named(tmp_path, monkeypatch):
    halved = OuterLayers(
        "networks of half images",
        PIXELS // 2,
        lambda members: [torch.nn.AvgPool1d(2)],
        lambda members: [torch.nn.Upsample(scale_factor=2)],
    )
    monkeypatch.setitem(ARCHITECTURES, "halved", halved)
    images = np.random.default_rng(0).integers(0, 256, (100, 28, 28), np.uint8)
    here = Hardware(torch.device("cpu"), torch.float32, "an abacus")
    architecture, settings = Architecture("halved", (8,), 2), Settings(1.0, 2, 20, 1e-3)
    path, log = tmp_path / "checkpoint.pt", logging.getLogger("test")
    [run] = train(images, architecture, settings, here, (0,), path, 1e9, log)
    assert run.facts["status"] == "ok" and run.facts["architecture"] == "halved"
    assert run.facts["networks"] == "networks of half images"
    save_member(run.state, architecture, tmp_path / "model.safetensors")
    model = load_model(tmp_path / "model.safetensors")
    assert model.decode_images(model.encode_images(images)).shape == images.shape


def test_a_new_objective_is_trained_and_named(tmp_path, monkeypatch):
    """Codes are pulled to 0, and a network beside the model has to guess their first variable."""

    def terms(model, others, images, noise, beta):
        codes, _ = model.encode(images)
        reconstruction = CrossEntropy.apply(model.decode(codes), images).mean(-1)
        missed = (others[0](images) - codes.detach()[..., :1]).square().mean((1, 2))
        pull = codes.square().sum(-1).mean(-1)
        return reconstruction + 0.1 * pull + missed, reconstruction, torch.zeros_like(pull)

    guesser = StackedLinear(1, PIXELS, 1)
    torch.nn.init.zeros_(guesser.weight)
    toy = Objective("pulled", lambda _: False, lambda *_: (None, 1), lambda seeds: [guesser], terms)
    monkeypatch.setitem(OBJECTIVES, "pulled", toy)
    images = np.random.default_rng(0).integers(0, 256, (100, 28, 28), np.uint8)
    here = Hardware(torch.device("cpu"), torch.float32, "an abacus")
    architecture, settings = Architecture("mlp", (8,), 2), Settings(1.0, 2, 20, 1e-3, "pulled")
    path, log = tmp_path / "checkpoint.pt", logging.getLogger("test")
    [run] = train(images, architecture, settings, here, (0,), path, 1e9, log)
    assert run.history[1]["reconstruction"] < run.history[0]["reconstruction"]
    assert (run.facts["objective"], run.facts["models"]) == ("pulled", "pulled")
    assert run.facts["likelihood"] is False and guesser.weight.abs().max() > 0


WITH_A_TOY_PART = """
import json, sys
import numpy as np
import vaesweep.scoring.smoothness as smoothness
toy = smoothness.Part("brevity", lambda measured: 1 / (1 + measured.apart))
smoothness.PARTS = (*smoothness.PARTS, toy)

import yaml
words = dict(
    title="brevity", symbol="B", meaning="1: the path is short", formula="1", words="Words of $B$."
)
read = yaml.safe_load
yaml.safe_load = lambda text: read(text.replace("\\nparts:", f"\\nparts:\\n  brevity: {words}"))

import pandas as pd
from made_up_sweep import JUDGE, TRAINING, choose, controls, sweep
from vaesweep.comparison.columns import RECORDS
from vaesweep.comparison.costs import read_costs
from vaesweep.documents.comparison_report import report_data
from vaesweep.documents.html_report import runs_page, summary
from vaesweep.figures.scores import quality_parts
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.score import assess_paths, relative_scores, score_references
from vaesweep.scoring.summary import summarise_pairs

frames = np.random.default_rng(0).integers(0, 256, (4, 5, 28, 28), np.uint8)
pairs = pd.DataFrame({"set": "score", "kind": ["same", "different"] * 2, "row": [0, 0, 1, 1]})
pairs = pairs.assign(digit_a=1, digit_b=1)
judges, between = [Judge(0, 10)], frames[:, 1:-1]
references = {"cross_fade": between[::-1], "transport": between, "apart": np.ones(4)}
scored = assess_paths(frames, references, pairs, judges)
references = score_references(frames[:, [0, -1]], references, pairs, judges)
compared = sweep({(2, 0): 0.1, (8, 0): 0.2})
chosen = choose(compared)
config = '''
dataset: {name: MNIST}
model: {beta: 1}
training: {epochs: 1}
interpolation: {steps: 3, path: straight}
scoring: {pairs_per_kind: 2}
sweep: {variants: {vae: {}}, external: {}, latent_sizes: [2, 8], seeds: [0]}
submission: {paper: a4}
'''
costs = read_costs("nowhere", compared.runs)
data = report_data(
    compared.runs, compared.settings, chosen, [JUDGE], compared.judges, controls(),
    [TRAINING], costs, config,
)
scale = pd.DataFrame({"same": [0.5, 0.9], "different": 0.5}, ["cross_fade", "transport"])
titles = {name: f"{own['title']} {own['symbol']}" for name, own in RECORDS["parts"].items()}
figure = quality_parts(compared.runs, compared.settings, scale, titles, "digit")
product = np.prod([scored[part.name] ** part.weight for part in smoothness.PARTS], axis=0)
weight = sum(part.weight for part in smoothness.PARTS)
page = runs_page(compared.runs, chosen, {})
first_page = summary(compared.settings, compared.runs, chosen, {}, {})
print(json.dumps({
    "quality": bool(np.allclose(scored["quality"], product ** (1 / weight))),
    "metrics": "brevity_same" in summarise_pairs(relative_scores(scored, references)),
    "runs.csv": "brevity_different" in compared.runs,
    "settings.csv": "brevity_same" in compared.settings,
    "method": "Words of $B$." in [part["words"] for part in data["parts"]],
    "figure": "brevity B" in [axes.get_title(loc="left") for axes in figure.axes],
    "table": "brevity, same" in page and "1: the path is short" in page,
    "first page": "*brevity* (1: the path is short)" in first_page,
}))
"""


def test_a_new_part_of_quality_is_scored_tabled_drawn_and_explained():
    paths = f"{ROOT}/workflow/scripts:{ROOT}/tests/unit"
    done = subprocess.run(
        [sys.executable, "-c", WITH_A_TOY_PART],
        env={"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == dict.fromkeys(found, True)
