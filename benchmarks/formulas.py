"""Candidate formulas for the quality of a path, and how well each ranks models by the truth."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from vaesweep.scoring.smoothness import PARTS, Measurements, quality

Array = NDArray[np.float64]
Arrays = dict[str, Array]

DRAWS = 2000
WEIGHTS = (1, 2, 3, 4)  # of T relative to G and C
# Only one of these counts at a time, so that likeness weighs no more than another truth.
LIKENESS, OTHER_LIKENESS = "likeness", "likeness_cosine"


def candidates(m: Arrays, classes: bool) -> Arrays:
    """Candidate formulas for the quality of N paths, (N,) each, from what `measure` returned.

    Without `classes`, those that need classes are left out.
    """
    parts = {part.name: part for part in PARTS if classes or part.name != "class_path"}
    ends = m["class_a"].astype(int), m["class_b"].astype(int)

    def judged(prefix: str) -> list[Array]:
        """G and C, (J, N) each."""
        by_judge = [
            Measurements(m["deviation"], m["separation"], ghosts, probabilities, *ends)
            for ghosts, probabilities in zip(
                m[f"{prefix}ghosts"], m[f"{prefix}classes"], strict=True
            )
        ]
        return [np.stack([parts[name].of(x) for x in by_judge]) for name in [*parts][1:]]

    def blend(first: Array, rest: list[Array], weight: int = 1) -> Array:
        factors = [first] * weight + rest
        return (np.prod(factors, axis=0) ** (1 / len(factors))).mean(axis=0)

    def evenness(steps: Array, separation: Array) -> Array:
        return np.minimum(1, separation / steps.shape[1] / np.maximum(steps.max(axis=1), 1e-9))

    def directness(steps: Array, separation: Array) -> Array:
        return separation / np.maximum(steps.sum(axis=1), 1e-9)

    deviation, separation = m["deviation"], m["separation"]
    judgements = judged("")
    first = Measurements(deviation, separation, m["ghosts"][0], m["classes"][0], *ends)
    t = np.broadcast_to(parts["transport"].of(first), judgements[0].shape)
    mean_deviation = deviation.mean(axis=1) / np.maximum(separation, 1e-9)
    mean_t = np.broadcast_to(np.maximum(0, 1 - mean_deviation), t.shape)
    even = np.broadcast_to(evenness(m["steps"], separation), t.shape)
    fade_even = np.broadcast_to(evenness(m["fade_steps"], separation), t.shape)
    even_quality = blend(even, judgements)
    found = {f"T^{k} G C": blend(t, judgements, k) for k in WEIGHTS}
    found |= {
        "quality": np.mean(
            [
                quality(dict(zip(parts, values, strict=True)))
                for values in zip(t, *judgements, strict=True)
            ],
            axis=0,
        ),
        "mean-T G C": blend(mean_t, judgements),
        "T C": blend(t, judgements[1:]),
        "T": t[0],
        "G": judgements[0].mean(axis=0),
        "T + G + C": np.mean([t, *judgements], axis=(0, 1)),
        "gain": even_quality - blend(fade_even, judged("fade_")),
        "evenness G C": even_quality,
        "evenness, decoded ends": evenness(m["decoded_steps"], m["decoded_separation"]),
        "directness": directness(m["steps"], separation),
        "directness, decoded ends": directness(m["decoded_steps"], m["decoded_separation"]),
        "directness in pixels, decoded ends": directness(m["pixel_steps"], m["pixel_separation"]),
        "deviation, pixels": -deviation.mean(axis=1),
        "deviation, features": -m["feature_deviation"].mean(axis=1),
    }
    if classes:
        found["C"] = judgements[1].mean(axis=0)
    return found


def percentiles(draws: Array) -> list[float]:
    """Return the middle 95 % of bootstrap draws (draws,) (Efron 1979)."""
    return [float(end) for end in np.quantile(draws, [0.025, 0.975])]


def means(m: Arrays, classes: bool, controls: dict[str, Arrays]) -> dict[str, float]:
    """Means of `candidates` over pairs; with controls, also the score.

    The score is the lead in quality over the cross-fades, in units of transport's lead, averaged
    over the kinds of pairs.
    """
    found = candidates(m, classes)
    result = {name: float(values.mean()) for name, values in found.items()}
    if controls:
        fade, optimal = (
            candidates(controls[name], classes) for name in ("cross_fade", "transport")
        )
        same = m["class_a"] == m["class_b"]
        lead = [
            (found["quality"] - fade["quality"])[kind].mean()
            / (optimal["quality"] - fade["quality"])[kind].mean()
            for kind in (same, ~same)
        ]
        result["score"] = float(np.mean(lead))
    return result


def correlations(values: dict[str, Array], known: Arrays, draws: int = DRAWS) -> dict[str, Any]:
    """Spearman's correlation of each candidate (M,) with each truth (M,) over M models.

    Each comes with a 95 % interval over models. `mean` is the mean over the truths, `mean_cosine`
    the same with the other likeness, and `lowest` the lowest correlation. "best possible" ranks the
    models by their mean rank in the truths, which has the highest possible mean. "among_truths"
    correlates the truths with each other.
    """
    counted = [name for name in known if name != OTHER_LIKENESS]
    cosine = [OTHER_LIKENESS if name == LIKENESS else name for name in counted]
    values = values | {
        "best possible": np.mean([rankdata(known[name]) for name in counted], axis=0),
        "best possible, cosine": np.mean([rankdata(known[name]) for name in cosine], axis=0),
    }
    count = len(known[LIKENESS])
    drawn = np.random.default_rng(0).integers(count, size=(draws, count))
    drawn = np.concatenate([np.arange(count)[None], drawn])  # the models themselves come first

    def ranked(x: Array) -> Array:
        ranks = rankdata(x[drawn], axis=1)
        ranks -= ranks.mean(axis=1, keepdims=True)
        return ranks / np.maximum(np.linalg.norm(ranks, axis=1, keepdims=True), 1e-9)

    ranks = {name: ranked(x) for name, x in known.items()}
    table: dict[str, Any] = {}
    for candidate, x in values.items():
        candidate_ranks = ranked(x)
        rho = {name: (candidate_ranks * truth).sum(axis=1) for name, truth in ranks.items()}
        lowest = float(min(values[0] for values in rho.values()))
        rho["mean"] = np.mean([rho[name] for name in counted], axis=0)
        rho["mean_cosine"] = np.mean([rho[name] for name in cosine], axis=0)
        table[candidate] = {
            name: [round(float(x), 3) for x in (drawn_rho[0], *percentiles(drawn_rho[1:]))]
            for name, drawn_rho in rho.items()
        } | {"lowest": round(lowest, 3)}
    among = {
        f"{a}, {b}": round(float((ranks[a][0] * ranks[b][0]).sum()), 3)
        for k, a in enumerate(ranks)
        for b in [*ranks][:k]
    }
    return {"models": count, "candidates": table, "among_truths": among}
