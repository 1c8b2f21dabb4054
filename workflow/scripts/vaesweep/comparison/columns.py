"""What the columns of the tables are: headings and meanings, for every report."""

from dataclasses import dataclass

from vaesweep.data.pairs import KINDS
from vaesweep.runs import Run, Setting
from vaesweep.scoring.smoothness import PARTS
from vaesweep.scoring.summary import VIEWS


@dataclass(frozen=True)
class Column:
    """How a column is shown."""

    name: str  # in the table
    heading: str  # what readers see above it, with the unit; a line break where space is short
    decimals: int | None = None  # digits after the point; None shows a name or a count as it is
    meaning: str = ""  # what a legend says of it; may be empty
    is_text: bool = False  # whether it is set flush left


_SCORE = "0: as a cross-fade of the two images, 1: as their optimal-transport path"


def _by_kind(name: str, heading: str, meaning: str) -> list[Column]:
    said = dict.fromkeys(KINDS, "") | {KINDS[0]: meaning}
    return [Column(f"{name}_{kind}", f"{heading},\n{kind}", 3, said[kind]) for kind in KINDS]


COLUMNS = {
    column.name: column
    for column in (
        Column("rank", "rank"),
        Column("variant", "variant", is_text=True),
        Column("latent_size", "latent\nsize"),
        Column("seed", "seed"),
        Column("seeds", "seeds", None, "runs that count"),
        Column("status", "status", is_text=True),
        Column("score", "score", 3, f"{_SCORE}. It ranks."),
        Column(
            "interval",
            "95 % interval",
            None,
            "of the score: over pairs for a run, over seeds and pairs for a mean over seeds",
        ),
        Column("first", "comes\nfirst", None, "share of bootstrap draws in which it comes first"),
        *_by_kind("score", "score", ""),
        *_by_kind("quality", "quality", "weighted geometric mean of the parts, 0 to 1"),
        *(column for part in PARTS for column in _by_kind(part.name, part.title, part.meaning)),
        Column("neg_elbo", "−ELBO,\nnats", 1, "test set, per image; lower is better"),
        Column("reconstruction", "recon-\nstruction,\nnats", 1),
        Column("kl", "KL,\nnats", 1),
        Column("active_units", "active\nunits", 1, "latent dimensions that carry information"),
        Column("train_seconds", "to train,\ns", 0, "wall clock of one run"),
        Column("job_seconds", "all jobs,\ns", 0, "of the run: training, interpolating, scoring"),
        Column("best_seed", "best\nseed"),
        Column(
            "best_score", "its score", 3, "on all pairs: the highest of several, so it flatters"
        ),
        Column("device", "device", is_text=True),
        Column("flags", "flags", None, "what to be wary of in this run", is_text=True),
        Column("rule", "rule", is_text=True),
        Column("jobs", "jobs"),
        Column("seconds_each", "a job, s", 1, "mean wall clock of one job"),
        Column("seconds", "all jobs, s", 0, "sum; several jobs may run at the same time"),
        Column("memory_mib", "most memory,\nMiB", 0, "the most that any job held"),
        *(Column(view.name, view.heading, view.decimals) for view in VIEWS),
    )
}
SETTINGS = (
    *("rank", *Setting._fields, "seeds", "score", "interval", "first"),
    *(f"{name}_{kind}" for name in ("score", "quality") for kind in KINDS),
    *(f"{part.name}_{kind}" for part in PARTS for kind in KINDS),
    *("neg_elbo", "reconstruction", "kl", "active_units", "train_seconds"),
    *("best_seed", "best_score"),
)
RUNS = ("rank", *Run._fields, "status", *SETTINGS[4:-2], "device", "flags")
COSTS = ("rule", "jobs", "seconds_each", "seconds", "memory_mib")
