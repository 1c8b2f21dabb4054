import os
import re

from vaesweep.data.datasets import DATASETS
from vaesweep.running.config import as_yaml, complete
from vaesweep.running.dependencies import digest, source_files
from vaesweep.running.sweep import expanded, prefers_stacks, settings, stacks, variants
from vaesweep.runs import Names
from vaesweep.words import plural

try:
    config = complete(config, command_line=workflow.config_settings.config)
except UserError as error:
    sys.exit(f"error: {error}")

RUN = "results/runs/{variant}/latent-{latent_size}/seed-{seed}"
SETTING = "{variant}_latent-{latent_size}"  # in the names of logs and benchmarks
LOG = f"{SETTING}_seed-{{seed}}"
DATA_FOLDER = Path(expanded(config["dataset"]["dir"]))
SEEDS = config["sweep"]["seeds"]
VARIANTS = variants(config)
EXTERNAL = config["sweep"]["external"]
NAMES = Names.of(settings(config))
JUDGE_SEEDS = config["scoring"]["judge_seeds"]
DATASET = DATASETS[config["dataset"]["name"]]
# Figures of each run, and the pairs that they show.
RUN_FIGURES = {
    "same_digit": f"same {DATASET.noun}",
    "different_digits": f"different {plural(DATASET.noun)}",
}
STACKS = stacks(config)  # seeds that one job may train
PARTS = [SEEDS[start : start + 5] for start in range(0, len(SEEDS), 5)]  # of one job after that
# The storage provider for results, or None if they are in the working folder.
STORAGE = workflow.storage_settings.default_storage_provider


wildcard_constraints:
    variant="|".join(map(re.escape, VARIANTS)),
    latent_size=r"\d+",
    seed=r"\d+",
    judge_seed=r"\d+",


def set_resources(rule):
    """The resources that the profile or the command line sets for a rule."""
    return workflow.resource_settings.overwrite_resources.get(rule, {})


# Jobs for parts of the seeds have a rule for each part, and what the profile sets for `train`,
# `interpolate` or `score` holds for all. (Here, since Snakemake reads it once, for the first rule.)
for chosen in (
    workflow.resource_settings.overwrite_resources,
    workflow.group_settings.overwrite_groups,
):
    for name, suffix, parts in (
        ("train", "_stack", STACKS),
        ("interpolate", "", PARTS),
        ("score", "", PARTS),
    ):
        for number in range(len(parts) if name in chosen else 0):
            chosen.setdefault(f"{name}{suffix}_{number}", chosen[name])


def workflow_file(path):
    """A file of the workflow, relative to the working folder, which never is in a storage."""
    return local(os.path.relpath(ROOT / path))


def templates(*names):
    return [workflow_file(f"workflow/templates/{name}") for name in names]


def code(script):
    """A script and the modules that decide its result, by content: an edit reruns the rule."""
    paths = source_files(ROOT / "workflow/scripts" / script)
    return [f"{path.relative_to(ROOT)} {digest(path)}" for path in paths]


def trained_runs(name):
    """The file of that name in the folder of each run that is trained here."""
    sizes = config["sweep"]["latent_sizes"]
    return expand(f"{RUN}/{name}", variant=VARIANTS, latent_size=sizes, seed=SEEDS)


def external_runs(model, name):
    """The file of that name in the folder of each run of an external model."""
    size, seeds = EXTERNAL[model]["latent_size"], range(len(EXTERNAL[model]["frames"]))
    return expand(f"{RUN}/{name}", variant=model, latent_size=size, seed=seeds)


def every_run(name):
    """The file of that name in the folder of each run, trained or external."""
    external = [path for model in EXTERNAL for path in external_runs(model, name)]
    return trained_runs(name) + external


def seeds_of_a_setting(name, seeds=SEEDS):
    """The file of that name in the folder of each seed's run of a setting."""
    return expand(f"{RUN}/{name}", seed=seeds, allow_missing=True)


def runs_of_a_job(name, seeds=SEEDS, external=True):
    """Input function: that file of these runs of a setting, or of the one external run of a job."""
    external_run = [f"{RUN}/{name}"] if external else []
    return lambda run: external_run if run.variant in EXTERNAL else seeds_of_a_setting(name, seeds)


def judges(suffix):
    return expand(f"results/judges/seed-{{seed}}.{suffix}", seed=JUDGE_SEEDS)


def in_report(path, category, labels, caption=None):
    """An output that the HTML report shows. Its caption is the .rst file of the same name."""
    caption = f"../report/{caption or Path(path).stem}.rst"
    return report(path, category=category, caption=caption, labels=labels)


def run_figure(name, seed="{seed}"):
    """One of RUN_FIGURES for the run of this seed, or of the wildcard, labelled for the report."""

    def labels(run):
        # Padded, because the report sorts labels as text.
        size, padded_seed = run.latent_size.rjust(4), str(run.get("seed", seed)).rjust(4)
        variant = {"variant": run.variant} if NAMES.variants else {}
        pairs = RUN_FIGURES[name]
        return variant | {"latent size": size, "seed": padded_seed, "pairs": pairs}

    path = f"{RUN}/{name}.png".replace("{seed}", str(seed))
    return in_report(path, "Runs", labels)


def config_text():
    """The configuration in use, with all defaults."""
    return as_yaml(config)
