# %% [markdown]
# # With a finished sweep
#
# Cells for Jupyter, VS Code or PyCharm, each after a `# %%`. As a script, in a sweep's folder:
#
#     python examples/notebook.py
#
# The package has to be importable: `pip install --no-deps --editable .` in the checkout. The sweep
# may be any; a minute after `make STUDY=examples/one-run` there is one.

# %%
import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.interpolation import interpolate
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.references import read_references
from vaesweep.scoring.score import assess_paths, read_reference_scores, relative_scores
from vaesweep.training.model import load_model

RESULTS = Path("results")
DATA = next(RESULTS.glob("data/*/test.npz")).parent

# %% [markdown]
# ## A figure of one's own
#
# All tables are CSV files; docs/tables.md describes their columns. Here are the two axes beside the
# score, a point a run: a model is good where both are small.

# %%
runs = pd.read_csv(RESULTS / "comparison/runs.csv").query("status == 'ok'")
runs["latent size"] = runs["latent_size"].astype(str)
axes = sns.scatterplot(runs, x="lost_at_ends", y="lost_between", hue="latent size", style="variant")
axes.figure.savefig(RESULTS / "my_axes.png", dpi=150)

# %% [markdown]
# ## A pair of one's own
#
# A pair is two rows of the test images. Here are the first and the last, on the chosen run's path.

# %%
chosen = json.loads((RESULTS / "chosen.json").read_text())
folder = RESULTS / "runs/{variant}/latent-{latent_size}/seed-{seed}".format(**chosen)
model = load_model(folder / "model.safetensors")
images, _ = load_split(DATA / "test.npz")
mine = pd.DataFrame({"index_a": [0], "index_b": [len(images) - 1]})
[frames], _ = interpolate(model, images, mine, steps=7)
plt.imsave(RESULTS / "my_pair.png", np.hstack(frames), cmap="gray_r")

# %% [markdown]
# ## A model from elsewhere
#
# Anything that encodes and decodes is judged on the sweep's pairs, by its judges. Here it is a
# principal component analysis. docs/external.md puts such a model into the tables and reports.

# %%
train = load_split(DATA / "train.npz")[0][:20000].reshape(-1, 784) / 255
mean = train.mean(axis=0)
components = np.linalg.eigh(np.cov(train.T))[1][:, -20:]

pairs = read_pairs(RESULTS / "pairs.csv")
ends = images[pairs[["index_a", "index_b"]]]
codes = (ends.reshape(len(pairs), 2, 784) / 255 - mean) @ components
steps = np.load(RESULTS / "references.npz")["transport"].shape[1]
t = np.arange(1, steps + 1)[:, None] / (steps + 1)
between = ((1 - t) * codes[:, :1] + t * codes[:, 1:]) @ components.T + mean
between = np.rint(255 * between.clip(0, 1)).astype(np.uint8).reshape(-1, steps, 28, 28)

# %%
judges = [load_judge(path) for path in sorted(RESULTS.glob("judges/*.safetensors"))]
references = read_references(RESULTS / "references.npz", ends, steps)
reference_scores = read_reference_scores(RESULTS / "reference_scores.csv", pairs, judges)
assessed = assess_paths(between, references, pairs, [judge.assess(between) for judge in judges])
scores = relative_scores(assessed, reference_scores).query("set == 'score'")
theirs = pd.read_csv(folder / "pair_scores.csv").query("set == 'score'")
print("score of the PCA:       ", scores.groupby("kind")["score"].mean().round(3).to_dict())
print("score of the chosen run:", theirs.groupby("kind")["score"].mean().round(3).to_dict())
