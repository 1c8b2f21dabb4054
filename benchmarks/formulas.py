"""Formulas that might be the quality of a path, and how well each orders models by the truth."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from vaesweep.scoring.smoothness import PARTS, Measured, quality

Array = NDArray[np.float64]
Arrays = dict[str, Array]

DRAWS = 2000
WEIGHTS = (1, 2, 3, 4)  # of T beside G and C
# Of these two one counts, so that likeness weighs no more than another truth.
LIKENESS, OTHER_LIKENESS = "likeness", "likeness_cosine"


def candidates(m: Arrays, classes: bool) -> Arrays:
    """Formulas that might be the quality of a path, (N,) each, of what `measure` found.

    Without `classes` that can be read, what reads them is left out.
    """
    parts = {part.name: part for part in PARTS if classes or part.name != "class_path"}
    ends = [m[name].astype(int) for name in ("class_a", "class_b")]

    def judged(prefix: str) -> list[Array]:
        """G and C, (J, N) each."""
        pairs_of = zip(m[f"{prefix}ghosts"], m[f"{prefix}classes"], strict=True)
        seen = [Measured(m["off"], m["apart"], *verdict, *ends) for verdict in pairs_of]
        return [np.stack([parts[name].of(x) for x in seen]) for name in [*parts][1:]]

    def blend(first: Array, rest: list[Array], weight: int = 1) -> Array:
        factors = [first] * weight + rest
        return (np.prod(factors, axis=0) ** (1 / len(factors))).mean(axis=0)

    def evenness(steps: Array, apart: Array) -> Array:
        return np.minimum(1, apart / steps.shape[1] / np.maximum(steps.max(axis=1), 1e-9))

    def directness(steps: Array, apart: Array) -> Array:
        return apart / np.maximum(steps.sum(axis=1), 1e-9)

    apart = np.maximum(m["apart"], 1e-9)
    judgements = judged("")
    first = Measured(m["off"], m["apart"], m["ghosts"][0], m["classes"][0], *ends)
    t = np.broadcast_to(parts["transport"].of(first), judgements[0].shape)
    mean_t = np.broadcast_to(np.maximum(0, 1 - m["off"].mean(axis=1) / apart), t.shape)
    even = np.broadcast_to(evenness(m["steps"], m["apart"]), t.shape)
    fade_even = np.broadcast_to(evenness(m["fade_steps"], m["apart"]), t.shape)
    even_quality = blend(even, judgements)
    found = {f"T^{k} G C": blend(t, judgements, k) for k in WEIGHTS}
    found |= {
        "quality": np.mean(
            [
                quality(dict(zip(parts, each, strict=True)))
                for each in zip(t, *judgements, strict=True)
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
        "evenness, decoded ends": evenness(m["decoded_steps"], m["decoded_apart"]),
        "directness": directness(m["steps"], m["apart"]),
        "directness, decoded ends": directness(m["decoded_steps"], m["decoded_apart"]),
        "directness in pixels, decoded ends": directness(m["pixel_steps"], m["pixel_apart"]),
        "distance off, pixels": -m["off"].mean(axis=1),
        "distance off, features": -m["feature_off"].mean(axis=1),
    }
    return found | ({"C": judgements[1].mean(axis=0)} if classes else {})


def percentiles(draws: Array) -> list[float]:
    """Return the middle 95 % of bootstrap draws (draws,) (Efron 1979)."""
    return [float(end) for end in np.quantile(draws, [0.025, 0.975])]


def means(m: Arrays, classes: bool, controls: dict[str, Arrays]) -> dict[str, float]:
    """Means of `candidates` over pairs; with controls, also the score of the project.

    That is the lead in quality over the cross-fades in units of transport's, mean over the kinds of
    pairs.
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

    With 95 % intervals over models; the mean over truths, `mean_cosine` with the other likeness;
    the lowest of all. "best possible" is the order by mean rank in the truths of the mean, above
    which no order's mean can lie. "among truths" is what they have in common.
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
        own = ranked(x)
        rho = {name: (own * each).sum(axis=1) for name, each in ranks.items()}
        lowest = float(min(each[0] for each in rho.values()))
        rho["mean"] = np.mean([rho[name] for name in counted], axis=0)
        rho["mean_cosine"] = np.mean([rho[name] for name in cosine], axis=0)
        table[candidate] = {
            name: [round(float(x), 3) for x in (each[0], *percentiles(each[1:]))]
            for name, each in rho.items()
        } | {"lowest": round(lowest, 3)}
    among = {
        f"{a}, {b}": round(float((ranks[a][0] * ranks[b][0]).sum()), 3)
        for k, a in enumerate(ranks)
        for b in [*ranks][:k]
    }
    return {"models": count, "candidates": table, "among_truths": among}
