"""What is true of a model on known paths, and what the axes say of it on other pairs."""

import numpy as np
import pandas as pd
from families import STEPS, Array, Family, Images
from scipy.ndimage import gaussian_filter

from vaesweep.interpolation import cross_fade, straight
from vaesweep.scoring.axes import (
    BLUR,
    DETOUR_WEIGHT,
    blurred_distance,
    detour,
    kind_means,
    measure_axes,
    straying,
)
from vaesweep.scoring.score import assess_paths, relative_scores
from vaesweep.scoring.transport import step_lengths, wasserstein_distance
from vaesweep.training.model import VAE

Numbers = dict[str, float]


def truths(model: VAE, known: Images) -> Numbers:
    """Errors on known paths (N, STEPS + 2, side, side), over the mean distance of their ends.

    reconstruction is the distance of the true images, encoded and decoded, from themselves;
    interpolation that of the decoded line between the codes from the true images encoded and
    decoded, between blurred images, over the distance of the decoded ends; whole is the distance
    of the decoded line from the true images. "in pixels" and "transport" are interpolation by other
    distances, and cross_fade and hard_switch that of `other_ways` between the decoded ends.
    """
    codes = model.encode_images(known)
    decoded = model.decode_images(codes)
    line = model.decode_images(straight(codes[:, 0], codes[:, -1], STEPS))[:, ::2]
    ends, between, true = decoded[:, [0, -1]], decoded[:, 1:-1:2], known[:, 1:-1:2]
    separation = wasserstein_distance(known[:, 0], known[:, -1]).mean()
    found = {
        "reconstruction": wasserstein_distance(between, true).mean() / separation,
        "whole": wasserstein_distance(line, true).mean() / separation,
    }
    for name, distance in DISTANCES.items():
        found[name] = distance(line, between).mean() / distance(ends[:, 0], ends[:, 1]).mean()
    for name, way in other_ways(ends).items():
        added = blurred_distance(way[:, ::2], between).mean()
        found[name] = added / blurred_distance(ends[:, 0], ends[:, 1]).mean()
    return found


def other_ways(ends: Images) -> dict[str, Images]:
    """Two paths (N, STEPS, side, side) between ends (N, 2, side, side) that no model made."""
    first, last = ends[:, :1], ends[:, 1:]
    return {
        "cross_fade": cross_fade(ends[:, 0], ends[:, 1], STEPS),
        "hard_switch": np.where(np.arange(STEPS)[:, None, None] * 2 < STEPS, first, last),
    }


def _pixel_distance(a: Images, b: Images) -> Array:
    return np.linalg.norm((a.astype(float) - b) / 255, axis=(-2, -1))


DISTANCES = {
    "interpolation": blurred_distance,
    "interpolation, in pixels": _pixel_distance,
    "interpolation, transport": wasserstein_distance,
}


def axes(model: VAE, family: Family) -> dict[str, Numbers]:
    """The axes and the score of a model, and `formulas` of three paths between its decoded ends.

    These are its own, "path", their cross-fade, and a hard switch from one to the other.
    """
    codes = model.encode_images(family.ends)
    decoded = model.decode_images(codes)
    inner = model.decode_images(straight(codes[:, 0], codes[:, 1], STEPS))
    frames = np.concatenate([family.ends[:, :1], inner, family.ends[:, 1:]], axis=1)
    found = [judge.assess(inner) for judge in family.judges]
    separation = family.references["separation"]
    values = measure_axes(frames, decoded, separation, family.pairs, family.judges, found)
    if family.reference_scores is not None:
        assessed = assess_paths(inner, family.references, family.pairs, found)
        values["score"] = relative_scores(assessed, family.reference_scores)["score"]
    ways = {"path": inner} | other_ways(decoded)
    first, last = decoded[:, :1], decoded[:, 1:]
    return {"axes": {name: _mean(x, family) for name, x in values.items()}} | {
        name: formulas(np.concatenate([first, way, last], axis=1), family)
        for name, way in ways.items()
    }


def formulas(path: Images, family: Family) -> Numbers:
    """Candidates for lost_between of paths (N, STEPS + 2, side, side) between decoded ends.

    Each is a way to look at a path, in features where its frames are points, or by the transport
    distance between neighbours.
    """
    steps = step_lengths(path)
    even = wasserstein_distance(path[:, 0], path[:, -1]) / steps.shape[1]
    lost = (np.sqrt(np.mean(steps**2, axis=1)) - even) / kind_means(even, family.pairs)
    found = {"transport distance: steps": _mean(lost, family)}
    dense = [judge.assess(path).features for judge in family.judges]
    both = [features.reshape(*path.shape[:2], -1) for features in dense]
    spaces = {
        "blurred pixels": [
            gaussian_filter(path / 255.0, (0, 0, BLUR, BLUR)).reshape(*path.shape[:2], -1)
        ],
        "critic": [features[:, :, 0] for features in dense],
        "classifier": [features[:, :, 1] for features in dense],
        "both": both,
        "both, activated": [x / (1 + np.exp(-x)) for x in both],
    }
    for name, features in spaces.items():
        for rule, formula in RULES.items():
            values = [formula(space, family.pairs) for space in features]
            found[f"{name}: {rule}"] = _mean(np.mean(values, axis=0), family)
    return found


def _largest_step(features: Array, pairs: pd.DataFrame) -> Array:
    steps = np.linalg.norm(np.diff(features, axis=1), axis=-1)
    even = np.linalg.norm(features[:, -1] - features[:, 0], axis=-1) / steps.shape[1]
    return (steps.max(axis=1) - even) / kind_means(even, pairs)


RULES = {
    "straying and steps": lambda x, pairs: straying(x, pairs) + DETOUR_WEIGHT * detour(x, pairs),
    "straying": straying,
    "steps": detour,
    "largest step": _largest_step,
}


def _mean(values: Array, family: Family) -> float:
    """The mean over kinds of the mean over pairs of values (N,)."""
    return float(family.pairs[["kind"]].assign(x=values).groupby("kind")["x"].mean().mean())
