import os

import yaml

from vaesweep.data.datasets import DATASETS
from vaesweep.running.config import complete
from vaesweep.running.dependencies import source_files
from vaesweep.running.preflight import training_megabytes
from vaesweep.words import plural

try:
    config = complete(config)
except UserError as error:
    sys.exit(f"error: {error}")

RUN = "results/runs/latent-{latent_size}/seed-{seed}"
SEEDS = config["sweep"]["seeds"]
JUDGE_SEEDS = config["scoring"]["judge_seeds"]
DATASET = DATASETS[config["dataset"]["name"]]


wildcard_constraints:
    latent_size=r"\d+",
    seed=r"\d+",
    judge_seed=r"\d+",


def own(path):
    """A file of the workflow, as seen from the working folder."""
    return os.path.relpath(ROOT / path)


def code(script):
    """A rule's script and the modules that decide its result: an edit to one reruns the rule."""
    return [os.path.relpath(path) for path in source_files(ROOT / "workflow/scripts" / script)]


def every_run(name):
    """The file of that name of each run of the sweep."""
    return expand(f"{RUN}/{name}", latent_size=config["sweep"]["latent_sizes"], seed=SEEDS)


def seeds_of_a_size(name):
    """The file of that name of each run of a latent size."""
    return expand(f"{RUN}/{name}", seed=SEEDS, allow_missing=True)


def judges(suffix):
    return expand(f"results/judges/seed-{{seed}}.{suffix}", seed=JUDGE_SEEDS)


def shown(path, category, labels, caption=None):
    """An output that the HTML report shows, with the caption of its file's name."""
    caption = f"../report/{caption or Path(path).stem}.rst"
    return report(path, category=category, caption=caption, labels=labels)


def run_figures(name, pairs):
    """The figure of that name of each run of a latent size, as the HTML report shows it."""

    def labels(seed):
        # The report sorts labels as texts: 8 before 16.
        seed = str(seed).rjust(4)
        return lambda run: {"latent size": run.latent_size.rjust(4), "seed": seed, "pairs": pairs}

    paths = seeds_of_a_size(f"{name}.png")
    return [shown(path, "Runs", labels(seed)) for path, seed in zip(paths, SEEDS)]


def training_memory(members):
    """Megabytes that a training asks for, and more each time it is tried again."""
    return lambda wildcards, attempt: attempt * training_megabytes(
        config, int(wildcards.latent_size), members
    )


def made_with():
    """What each run has to be made with to be compared, as metrics.json records it."""
    names = ("epochs", "batch_size", "learning_rate")
    return {
        **config["model"],
        **{name: config["training"][name] for name in names},
        "steps": config["interpolation"]["steps"],
        "pairs_per_kind": config["scoring"]["pairs_per_kind"],
        "judge_seeds": JUDGE_SEEDS,
    }


def submitted_code(wildcards):
    """What page 3 and the pages after it show: all the code that the two figures and the choice of
    their run depend on, each script followed by the modules that it is the first to import."""
    parts = "start common data train interpolate score choose documents".split()
    steps = "fetch_data draw_pairs train_judges train interpolate score compare choose submission"
    files = [own(f"workflow/rules/{part}.smk") for part in parts]
    for step in steps.split():
        files += code(f"{step}.py")
    return list(dict.fromkeys([own("Snakefile"), *files]))


def config_text():
    """The configuration that is used, defaults filled in."""
    return yaml.safe_dump(dict(config), sort_keys=False)
