"""What the columns of the tables are: python docs/tables.py > docs/tables.md."""

import re

from vaesweep.comparison.columns import COLUMNS, RECORDS
from vaesweep.data.pairs import KINDS
from vaesweep.scoring.smoothness import PARTS
from vaesweep.scoring.record import DIAGNOSTIC_COLUMNS

HEAD = """\
# Tables

Every number of the reports stands in these CSV files under `results/`, unrounded, and the reports'
page *Tables* has the first five to download. Written by `docs/tables.py` from the records that the
reports are made of; a test holds it to the files of a sweep. An empty cell is a number that is not
known: of a run that diverged, of an interval with fewer than three seeds, of a likelihood that a
model does not have.

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


def expand(names):
    """The names of a table's columns; those that differ in the kind alone stand in one row."""
    for name in names.split():
        for part in [part.name for part in PARTS] if "{part}" in name else [""]:
            for view in DIAGNOSTIC_COLUMNS if name == "{diagnostic}" else [""]:
                yield name.replace("{part}", part).replace("{diagnostic}", view)


def cells(name, meanings):
    """What the page says of a column."""
    names = [name.replace("{kind}", kind) for kind in KINDS] if "{kind}" in name else [name]
    column = COLUMNS[names[0]]
    meaning = re.sub(r" @\w+", "", meanings.get(name, column["meaning"]))
    named = ", ".join(f"`{each}`" for each in names)
    return [named, column["unit"], column["range"], column["better"], meaning]


def page():
    """The whole page."""
    parts = [HEAD.format(example=EXAMPLE)]
    for file, table in RECORDS["tables"].items():
        rows = [["column", "unit", "range", "better", "meaning"], ["---"] * 5]
        rows += [cells(name, table.get("meanings", {})) for name in expand(table["columns"])]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        parts.append(f"## {file}\n\nA row is {table['rows']}. By rule `{table['rule']}`.\n")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
