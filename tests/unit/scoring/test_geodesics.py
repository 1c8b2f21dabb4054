"""Geodesics of small decoders."""

import numpy as np
import pytest
import torch

from vaesweep.interpolation import straight
from vaesweep.scoring.controls import geodesic
from vaesweep.training.model import VAE, Architecture


@pytest.fixture
def model():
    model = VAE(Architecture("mlp", (32,), 2))
    model.initialise(0, torch.Generator().manual_seed(1), torch.full((784,), 0.3))
    return model


def energy(model, codes, inner, features):
    whole = np.concatenate([codes[:, :1], inner, codes[:, 1:]], axis=1)
    seen = features(model.decode_images(whole) / 255.0)
    return (np.diff(seen, axis=1) ** 2).reshape(len(codes), -1).sum(1)


@pytest.mark.parametrize("rows", [slice(28), slice(14)])
def test_the_images_change_less_than_on_the_straight_line(model, rows):
    codes = np.random.default_rng(0).normal(0, 3, (6, 2, 2)).astype(np.float32)
    line = straight(codes[:, 0], codes[:, 1], 5)
    given = {} if rows == slice(28) else {"features": lambda images: images[:, 0, rows].flatten(1)}
    found = geodesic(model, codes, 5, **given)
    before, after = (energy(model, codes, way, lambda x: x[..., rows, :]) for way in (line, found))
    assert found.shape == line.shape and (after < before).all()
