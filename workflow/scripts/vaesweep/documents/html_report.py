"""The three tables of the HTML report: latent sizes, runs, cost."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vaesweep.comparison.costs import by_rule
from vaesweep.documents.html_tables import Column, interval, page

_GAIN = "mean quality of the latent paths minus that of the pixel cross-fade of the same two images"
_SCORES = [
    Column("gain", "gain", 3, f"{_GAIN}; 0: no better than a cross-fade. It ranks."),
    Column("interval", "95 % interval", None, "of the gain, by bootstrap"),
    Column("win_probability", "comes first", 2, "share of bootstrap draws in which it is first"),
    Column("gain_same", "gain, same digit", 3),
    Column("gain_different", "gain, different digits", 3),
    Column("quality_same", "quality, same", 3, "cube root of the three parts' product, 0 to 1"),
    Column("quality_different", "quality, different", 3),
    Column("evenness_same", "evenness, same", 3, "1: every step of the path is equally long"),
    Column("evenness_different", "evenness, different", 3),
    Column("ghost_free_same", "ghost-free, same", 3, "1: no frame looks like two images at once"),
    Column("ghost_free_different", "ghost-free, different", 3),
    Column(
        "class_path_same", "class path, same", 3, "1: each frame reads as one of the end digits"
    ),
    Column("class_path_different", "class path, different", 3),
    Column("neg_elbo", "−ELBO, nats", 2, "test set, per image; lower is better"),
    Column("reconstruction", "reconstruction, nats", 2),
    Column("kl", "KL, nats", 2),
    Column("active_units", "active units", 1, "latent dimensions that carry information"),
    Column("train_seconds", "training, s", 0, "wall clock of one run"),
]


def sizes_page(sizes: pd.DataFrame, chosen: Mapping[str, Any], style: str) -> str:
    """Write latent_sizes.csv as a page, best size first, the chosen size marked."""
    shown = _with_interval(sizes.sort_values("rank"))
    columns = [
        Column("rank", "rank", 0),
        Column("latent_size", "latent size"),
        Column("seeds", "seeds", None, "runs that count"),
        *_SCORES,
        Column("best_seed", "best seed", 0),
        Column("best_gain", "its gain", 3),
    ]
    return page(
        "Latent sizes",
        "Means over the seeds of each latent size; intervals resample seeds and pairs.",
        columns,
        shown,
        style,
        _position(shown["latent_size"] == chosen["latent_size"]),
    )


def runs_page(runs: pd.DataFrame, chosen: Mapping[str, Any], style: str) -> str:
    """Write runs.csv as a page, best run first, the chosen run marked."""
    shown = _with_interval(runs.sort_values("rank"))
    shown["flags"] = shown["flags"].fillna("")
    columns = [
        Column("rank", "rank", 0),
        Column("latent_size", "latent size"),
        Column("seed", "seed"),
        Column("status", "status"),
        *_SCORES,
        Column("device", "device"),
        Column("flags", "flags", None, "what to be wary of in this run"),
    ]
    return page(
        "Runs",
        "Every run of the sweep, scored on the same pairs of test images.",
        columns,
        shown,
        style,
        _position(
            (shown["latent_size"] == chosen["latent_size"]) & (shown["seed"] == chosen["seed"])
        ),
    )


def cost_page(costs: pd.DataFrame, style: str) -> str:
    """Write what each rule's jobs took, in sum."""
    rules = by_rule(costs)
    columns = [
        Column("rule", "rule"),
        Column("jobs", "jobs"),
        Column("seconds_each", "a job, s", 1, "mean wall clock of one job"),
        Column("seconds", "all jobs, s", 1, "sum over the jobs; several may run at the same time"),
        Column("memory_mib", "memory, MiB", 0, "the most that any job held"),
    ]
    return page(
        "Cost of the sweep",
        "Time and memory of the jobs, by rule, as Snakemake measured them.",
        columns,
        rules,
        style,
    )


def _with_interval(frame: pd.DataFrame) -> pd.DataFrame:
    texts = [
        interval(low, high, 3)
        for low, high in zip(frame["gain_low"], frame["gain_high"], strict=True)
    ]
    return frame.assign(interval=texts)


def _position(is_it: "pd.Series[bool]") -> int | None:
    positions = is_it.to_numpy().nonzero()[0]
    return int(positions[0]) if len(positions) else None
