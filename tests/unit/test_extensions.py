"""A new architecture, objective or part of quality takes what CONTRIBUTING.md says, and no more.

EMNIST shows it for data sets (tests/unit/data/test_sources.py), and `spherical` for paths.
"""

import json
import logging
import os
import shutil
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

IMAGES = np.random.default_rng(0).integers(0, 256, (100, 28, 28), np.uint8)


def train_once(folder, architecture, objective="vae"):
    settings = Settings(1.0, 2, 20, 1e-3, objective)
    hardware = Hardware(torch.device("cpu"), torch.float32, "an abacus")
    path, log = folder / "checkpoint.pt", logging.getLogger("test")
    [run] = train(IMAGES, architecture, settings, hardware, (0,), path, 1e9, log)
    return run


def test_a_new_architecture_is_trained_stored_and_named(tmp_path, monkeypatch):
    halved = OuterLayers(
        "networks of half images",
        PIXELS // 2,
        lambda members: [torch.nn.AvgPool1d(2)],
        lambda members: [torch.nn.Upsample(scale_factor=2)],
    )
    monkeypatch.setitem(ARCHITECTURES, "halved", halved)
    architecture = Architecture("halved", (8,), 2)
    run = train_once(tmp_path, architecture)
    assert run.facts["status"] == "ok" and run.facts["architecture"] == "halved"
    assert run.facts["networks"] == "networks of half images"
    save_member(run.state, architecture, tmp_path / "model.safetensors")
    model = load_model(tmp_path / "model.safetensors")
    assert model.decode_images(model.encode_images(IMAGES)).shape == IMAGES.shape


class Pulled(Objective):
    """Pulls codes to 0; a network beside the model has to guess their first variable."""

    words = "pulled autoencoders"
    guesser = StackedLinear(1, PIXELS, 1)

    def __init__(self, beta, latent_size, seeds):
        super().__init__(beta, latent_size, seeds)
        torch.nn.init.zeros_(self.guesser.weight)
        self.others = [self.guesser]

    def draw(self, noise, generator):
        pass

    def terms(self, model, images, noise):
        codes, _ = model.encode(images)
        reconstruction = CrossEntropy.apply(model.decode(codes), images).mean(-1)
        errors = (self.guesser(images) - codes.detach()[..., :1]).square().mean((1, 2))
        pull = codes.square().sum(-1).mean(-1)
        return reconstruction + 0.1 * pull + errors, reconstruction, torch.zeros_like(pull)


def test_a_new_objective_is_trained_and_named(tmp_path, monkeypatch):
    monkeypatch.setitem(OBJECTIVES, "pulled", Pulled)
    run = train_once(tmp_path, Architecture("mlp", (8,), 2), "pulled")
    assert run.history[1]["reconstruction"] < run.history[0]["reconstruction"]
    assert (run.facts["objective"], run.facts["models"]) == ("pulled", "pulled autoencoders")
    assert run.facts["likelihood"] is False and Pulled.guesser.weight.abs().max() > 0


NEW_PART = {
    "scripts/vaesweep/scoring/smoothness.py": (
        '    Part("class_path", class_path),\n',
        '    Part("brevity", lambda paths: 1 / (1 + paths.separation)),\n',
    ),
    "templates/columns.yaml": (
        "\nparts:\n",
        "  brevity: {title: brevity, symbol: B, formula: 1, words: Words of $B$., "
        "meaning: '1: the path is short'}\n",
    ),
}
USE_IT = """
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from made_up_results import write_results
from made_up_sweep import JUDGE, TRAINING, choose, sweep
from vaesweep.comparison.costs import read_costs
from vaesweep.documents.comparison_report import report_data
from vaesweep.documents.html_report import runs_page, summary
from vaesweep.scoring import smoothness
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.score import assess_paths, relative_scores, score_references
from vaesweep.scoring.summary import summarise_pairs

frames = np.random.default_rng(0).integers(0, 256, (4, 5, 28, 28), np.uint8)
pairs = pd.DataFrame({"set": "score", "kind": ["same", "different"] * 2, "row": [0, 0, 1, 1]})
pairs = pairs.assign(digit_a=1, digit_b=1)
judges, between = [Judge(0, 10)], frames[:, 1:-1]
references = {"cross_fade": between[::-1], "transport": between, "separation": np.ones(4)}
scored = assess_paths(between, references, pairs, [judge.assess(between) for judge in judges])
references = score_references(references, pairs, judges)
compared = sweep({(2, 0): 0.1, (8, 0): 0.2})
results = write_results(Path(sys.argv[1]), compared, choose(compared))
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
data = report_data(results, [JUDGE], [TRAINING], costs, config)
product = np.prod([scored[part.name] ** part.weight for part in smoothness.PARTS], axis=0)
weight = sum(part.weight for part in smoothness.PARTS)
page = runs_page(results, {})
first_page = summary(results, {}, {})
print(json.dumps({
    "quality": bool(np.allclose(scored["quality"], product ** (1 / weight))),
    "metrics": "brevity_same" in summarise_pairs(relative_scores(scored, references)),
    "runs.csv": "brevity_different" in compared.runs,
    "settings.csv": "brevity_same" in compared.settings,
    "method": "Words of $B$." in [part["words"] for part in data["parts"]],
    "table": "brevity, same" in page and "1: the path is short" in page,
    "first page": "*brevity* (1: the path is short)" in first_page,
}))
"""


def test_a_new_part_of_quality_is_scored_tabled_and_explained(tmp_path):
    workflow = shutil.copytree(ROOT / "workflow", tmp_path / "workflow")
    for name, (line, new_line) in NEW_PART.items():
        text = (workflow / name).read_text()
        assert text.count(line) == 1
        (workflow / name).write_text(text.replace(line, line + new_line))
    done = subprocess.run(
        [sys.executable, "-c", USE_IT, tmp_path / "results"],
        env=os.environ | {"PYTHONPATH": f"{workflow}/scripts:{ROOT}/tests/unit"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == dict.fromkeys(found, True)
