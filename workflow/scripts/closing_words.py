"""Say what was found and where the documents lie: what `make` ends with."""

import json
from pathlib import Path

import pandas as pd
import yaml

from vaesweep.documents.html_tables import interval, number
from vaesweep.running.config import complete

config = complete(yaml.safe_load(Path("config.yaml").read_text(encoding="utf-8")))
chosen = json.loads(Path("results/chosen.json").read_text(encoding="utf-8"))
sizes = pd.read_csv("results/comparison/latent_sizes.csv").sort_values("rank")
documents = {
    "submission": f"results/submission/{config['netid']}_HW9.pdf",
    "comparison report": "results/comparison/comparison_report.pdf",
    "HTML report": "results/report.html",
    "explorer": "results/comparison/explorer.html",
}
print(f"\n{'latent size':>11}  {'mean gain':>9}  {'95 % interval':^16}  {'−ELBO':>6}  best seed")
for row in sizes.itertuples():
    bounds = interval(row.gain_low, row.gain_high, 3)
    mark = "  <- chosen" if row.latent_size == chosen["latent_size"] else ""
    print(
        f"{row.latent_size:>11}  {number(row.gain, 3):>9}  {bounds:^16}  "
        f"{number(row.neg_elbo, 1):>6}  {number(row.best_seed, 0):>9}{mark}"
    )
print(f"\n{chosen['reason']}\n")
for name, path in documents.items():
    print(f"  {name + ':':<18} {path}")
