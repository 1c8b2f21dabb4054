"""Interpolates: evenly spaced, nearest first, between test images that are left as they are."""

import numpy as np
import pandas as pd
import torch

from vaesweep.interpolation import interpolate, linear_interpolates
from vaesweep.training.model import VAE, Architecture


def test_seven_points_between_two_codes():
    path = linear_interpolates(torch.tensor([0.0, 8.0]), torch.tensor([8.0, 0.0]), 7)
    assert path.tolist() == [[float(k), 8.0 - k] for k in range(1, 8)]


def test_frames_hold_the_test_images_at_their_ends():
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
    pairs = pd.DataFrame({"index_a": [0, 4, 2], "index_b": [3, 1, 2]})
    model = VAE(Architecture("mlp", (8,), 2))
    model.initialise(0, torch.Generator().manual_seed(0), torch.full((784,), 0.3))
    frames, reconstructions = interpolate(model, images, pairs, 7)
    assert frames.shape == (3, 9, 28, 28) and frames.dtype == np.uint8
    assert reconstructions.shape == (3, 2, 28, 28)
    assert (frames[:, 0] == images[[0, 4, 2]]).all()
    assert (frames[:, 8] == images[[3, 1, 2]]).all()
    # The path from an image to itself never leaves its reconstruction.
    assert (frames[2, 1:8] == reconstructions[2, 0]).all()


def test_frames_are_the_decoded_codes():
    images = np.random.default_rng(1).integers(0, 256, (2, 28, 28), dtype=np.uint8)
    model = VAE(Architecture("mlp", (8,), 2))
    model.initialise(0, torch.Generator().manual_seed(0), torch.full((784,), 0.3))
    frames, _ = interpolate(model, images, pd.DataFrame({"index_a": [0], "index_b": [1]}), 3)
    with torch.no_grad():
        codes, _ = model.encode(torch.from_numpy(images).view(1, 2, 784) / 255)
        quarter = codes[0, 0] + 0.25 * (codes[0, 1] - codes[0, 0])
        expected = torch.sigmoid(model.decode(quarter.view(1, 1, 2))).view(28, 28)
    assert np.abs(frames[0, 1] - 255 * expected.numpy()).max() <= 0.51
