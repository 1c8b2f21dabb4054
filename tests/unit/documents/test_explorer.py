import io
import json
import re
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from explorer_page import PAIRS, TRANSPORT, interpolations, page
from PIL import Image

from vaesweep.comparison.shortlist import settings_to_explore
from vaesweep.data.datasets import DATASETS
from vaesweep.documents import explorer
from vaesweep.runs import Run, Setting
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.record import AXES
from vaesweep.training.model import VAE, Architecture


@pytest.fixture(scope="module")
def data():
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page(), re.S)
    return json.loads(found[1])


def unpacked(text, shape):
    return np.frombuffer(b64decode(text), np.uint8).reshape(shape)


def test_each_cell_of_the_sprite_is_a_frame_of_a_path(data):
    sprite = Image.open(io.BytesIO(b64decode(data["sprite"].split(",")[1]))).convert("L")
    columns = explorer.FRAMES + 2
    assert sprite.size == (28 * columns, 28 * 3 * len(PAIRS))
    sheet = np.asarray(sprite).reshape(3 * len(PAIRS), 28, columns, 28)
    below = sheet[2 * len(PAIRS) :].transpose(0, 2, 1, 3)
    assert np.abs(below[:, 1:8].astype(int) - 165).max() <= 9 and (below[:, 9:] == 255).all()
    assert np.abs(below[:, 8].astype(int) - 255 + 64 * 3).max() <= 9
    for place, paths in enumerate(interpolations()):
        for pair in range(len(PAIRS)):
            shown = sheet[place * len(PAIRS) + pair].transpose(1, 0, 2).astype(int)
            assert np.abs(shown - (255 - paths.cells[pair].astype(int))).max() <= 9  # of 16 levels


def test_numbers_are_packed_in_the_order_in_which_the_page_reads_them(data):
    first, second = (unpacked(text, (2, len(PAIRS), explorer.FRAMES - 1)) for text in data["steps"])
    assert data["longest"] == 1.5
    text = "score +0.40 · lost at the ends 1.50, between them –"
    assert data["numbers"][1] == [text] * len(PAIRS)
    assert (second == 255).all() and (first == 85).all()
    assert (unpacked(data["classes"][0], (2, len(PAIRS), explorer.FRAMES, 10)) == 26).all()


def test_the_page_loads_nothing_and_no_text_ends_its_script():
    text = page()
    assert not re.search(r'(src|href)="(?!data:)', text)
    noun = replace(DATASETS["MNIST"], noun="</script>")
    assert page(noun).count("</script>") == text.count("</script>")
    assert "http://www.w3.org/2000/svg" in text and "https:" not in text


def test_the_page_has_the_chosen_setting_and_the_best_others():
    sizes = pd.DataFrame({"latent_size": range(1, 21), "rank": range(20, 0, -1), "best_seed": 0.0})
    sizes.loc[19, ["rank", "best_seed"]] = np.nan  # no run of it could be scored
    chosen = Run("vae", 2, 0)
    sizes.loc[20] = {"latent_size": 99, "rank": 0, "best_seed": 0}  # of an external model
    trained = [Setting("vae", size) for size in range(1, 21)]
    shown = settings_to_explore(sizes.assign(variant="vae"), chosen, trained)
    assert shown == {Setting("vae", size): Run("vae", size, 0) for size in (2, *range(7, 20))}
    made = interpolations()
    text = explorer.explorer(made, PAIRS, TRANSPORT, made[1].run, DATASETS["MNIST"], left_out=5)
    assert '"left_out": 5' in text and '"chosen": 1' in text


def test_the_path_and_its_cross_fade_are_measured():
    torch.manual_seed(0)
    model = VAE(Architecture("mlp", (8,), 3))
    model.initialise(0, torch.Generator().manual_seed(0), torch.full((784,), 0.3))
    images = np.random.default_rng(0).integers(0, 256, (4, 28, 28), dtype=np.uint8)
    pairs = pd.DataFrame({"index_a": [0, 1], "index_b": [2, 3]})
    judges = [Judge(0, 10), Judge(1, 10)]
    columns = ["transport", "ghost_free", "class_path", "quality", "score", *AXES]
    scores = pd.DataFrame(0.5, range(2), columns)
    run = Run("vae", 3, 7)
    made = explorer.measure_paths(model, run, images, pairs, judges, "straight", scores)
    assert made.quality.tolist() == [[0.5] * 4] * 2 and made.numbers.tolist() == [[0.5] * 3] * 2
    assert made.run == ("vae", 3, 7)
    assert made.cells.shape == (2, explorer.FRAMES + 2, 28, 28)
    assert (made.cells[:, 0] == images[:2]).all()
    assert (made.cells[:, explorer.FRAMES - 1] == images[2:]).all()
    assert made.steps.shape == (2, 2, explorer.FRAMES - 1)
    assert made.classes.sum(axis=-1) == pytest.approx(np.ones((2, 2, explorer.FRAMES)))
