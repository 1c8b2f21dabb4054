"""Write docs/tables.md, a page on the columns of all tables: python docs/tables.py."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "workflow/scripts"))

from vaesweep.comparison import tables
from vaesweep.comparison.agreement import JUDGE_COLUMNS
from vaesweep.comparison.columns import COLUMNS
from vaesweep.comparison.metrics import MEANS_BY_KIND, SCORE_COLUMNS
from vaesweep.scoring.record import AXES
from vaesweep.scoring.smoothness import PARTS

HEAD = """\
# Tables

The reports take their numbers from these CSV files under `results/`, where they are not rounded.
The first five can be downloaded from the page *Tables* of the HTML report. A cell is empty if its
number is unknown: the score of a diverged run, an interval with fewer than three seeds, the
likelihood of a model that has none. [score.md](score.md) has the
formulas. This page is generated: `python docs/tables.py`.

```python
{example}```
"""
EXAMPLE = """\
import pandas as pd
import seaborn as sns

runs = pd.read_csv("results/comparison/runs.csv")
pairs = {
    (run.variant, run.latent_size, run.seed): pd.read_csv(
        f"results/runs/{run.variant}/latent-{run.latent_size}/seed-{run.seed}/pair_scores.csv"
    )
    for run in runs[runs["status"] == "ok"].itertuples()
}
scores = pd.concat(pairs, names=["variant", "latent_size", "seed"]).reset_index()
scores = scores[scores["set"] == "score"]
grid = sns.catplot(scores, x="latent_size", y="score", hue="kind", col="variant", kind="box")
grid.refline(y=0).savefig("scores.png")
"""
RUN = "runs/{variant}/latent-{latent_size}/seed-{seed}"
PAIR = ["set", "kind", "row"]
QUALITY = [*(part.name for part in PARTS), "quality"]
DIFFERENCE = ["difference", "difference_low", "difference_high"]
# By file: what a row is, the rule that writes it, and its columns.
TABLES = {
    "comparison/runs.csv": ("a run", "compare", tables.RUN_COLUMNS),
    "comparison/settings.csv": (
        "a setting (a variant at a latent size), with means over its runs that did not diverge",
        "compare",
        tables.SETTING_COLUMNS,
    ),
    "comparison/differences.csv": (
        "two settings that share the variant or the latent size, or one of which is the first",
        "compare",
        tables.DIFFERENCE_COLUMNS,
    ),
    "comparison/judges.csv": ("two judges", "compare", JUDGE_COLUMNS),
    "comparison/controls.csv": (
        "a control",
        "score_controls",
        ["control", *MEANS_BY_KIND, *SCORE_COLUMNS, *DIFFERENCE],
    ),
    "pairs.csv": (
        "a pair of test images",
        "draw_pairs",
        [*PAIR, "index_a", "index_b", "digit_a", "digit_b"],
    ),
    "reference_scores.csv": (
        "a pair on one of the reference paths",
        "score_references",
        ["reference", *PAIR, *QUALITY, "quality_judge_{judge}"],
    ),
    f"{RUN}/pair_scores.csv": (
        "a pair",
        "score",
        [*PAIR, *QUALITY, "score", "score_judge_{judge}", *AXES],
    ),
    f"{RUN}/history.csv": (
        "an epoch, with means over the training images it used",
        "train",
        ["epoch", "neg_elbo", "reconstruction", "kl", "learning_rate", "seconds"],
    ),
}
# By file, the columns that mean something else there than in columns.yaml.
OTHER_MEANINGS = {
    "comparison/controls.csv": {
        "difference": "score of the control minus score of the chosen run, paired on the same pairs"
    },
    f"{RUN}/history.csv": {
        "neg_elbo": "the loss: reconstruction plus β times KL",
        "reconstruction": "reconstruction term: cross-entropy of grey levels",
        "kl": "KL term: divergence of the posterior from the prior",
        "seconds": "training time so far",
    },
}


def row(name: str, meaning: str) -> list[str]:
    """The row of a column; the columns of the two kinds of pairs share one."""
    column, label = COLUMNS[name], f"`{name}`"
    if name.endswith("_same"):
        label += f", `{name.removesuffix('same')}different`"
    without_citations = re.sub(r" @\w+", "", meaning or column["meaning"])
    return [label, column["unit"], column["range"], column["better"], without_citations]


def page() -> str:
    """The whole page."""
    sections = [HEAD.format(example=EXAMPLE)]
    for file, (content, rule, columns) in TABLES.items():
        meanings = OTHER_MEANINGS.get(file, {})
        rows = [["column", "unit", "range", "better", "meaning"], ["---"] * 5]
        for name in columns:
            if not name.endswith("_different"):
                rows.append(row(name, meanings.get(name, "")))
        lines = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
        sections.append(f"## {file}\n\nA row is {content}. Written by rule `{rule}`.\n\n{lines}\n")
    return "\n".join(sections)


if __name__ == "__main__":
    Path(__file__).with_suffix(".md").write_text(page(), encoding="utf-8")
