import os
import re
import shlex

from vaesweep.data.datasets import DATASETS
from vaesweep.running.config import as_yaml, complete, require_frames, settings, variants
from vaesweep.running.dependencies import digest, source_files
from vaesweep.running.preflight import training_megabytes
from vaesweep.runs import Names
from vaesweep.words import plural

try:
    config = complete(config)
    if STANDALONE and workflow.is_main_process:  # else another workflow may make them
        require_frames(config)
except UserError as error:
    sys.exit(f"error: {error}")

RUN = "results/runs/{variant}/latent-{latent_size}/seed-{seed}"
SETTING = "{variant}_latent-{latent_size}"  # names the logs of a job
LOG = f"{SETTING}_seed-{{seed}}"
SEEDS = config["sweep"]["seeds"]
VARIANTS = variants(config)
EXTERNAL = config["sweep"]["external"]
# What matches their names, and nothing where there are none.
EXTERNAL_PATTERN = "|".join(map(re.escape, EXTERNAL)) or "(?!)"
NAMES = Names.of(settings(config))
JUDGE_SEEDS = config["scoring"]["judge_seeds"]
DATASET = DATASETS[config["dataset"]["name"]]
# Where results are kept, if that is not the working folder.
STORAGE = workflow.storage_settings.default_storage_provider


wildcard_constraints:
    variant=r"[^/]+",
    latent_size=r"\d+",
    seed=r"\d+",
    judge_seed=r"\d+",


def own(path):
    """A file of the workflow, as seen from the working folder, wherever results are kept."""
    return local(os.path.relpath(ROOT / path))


def templates(*names):
    return [own(f"workflow/templates/{name}") for name in names]


def sources(script):
    return source_files(ROOT / "workflow/scripts" / script)


def code(script):
    """A rule's script and the modules that decide its result, by content: an edit reruns the rule."""
    return [f"{path.relative_to(ROOT)} {digest(path)}" for path in sources(script)]


def trained_runs(name):
    """The file of that name of each run that is trained here."""
    sizes = config["sweep"]["latent_sizes"]
    return expand(f"{RUN}/{name}", variant=VARIANTS, latent_size=sizes, seed=SEEDS)


def external_runs(model, name):
    """The file of that name of each run of a model from elsewhere."""
    size, seeds = EXTERNAL[model]["latent_size"], range(len(EXTERNAL[model]["frames"]))
    return expand(f"{RUN}/{name}", variant=model, latent_size=size, seed=seeds)


def every_run(name):
    """The file of that name of each run of the sweep."""
    external = [path for model in EXTERNAL for path in external_runs(model, name)]
    return trained_runs(name) + external


def seeds_of_a_setting(name):
    """The file of that name of each run of a setting."""
    return expand(f"{RUN}/{name}", seed=SEEDS, allow_missing=True)


def judges(suffix):
    return expand(f"results/judges/seed-{{seed}}.{suffix}", seed=JUDGE_SEEDS)


def benchmarks():
    """What jobs cost, if it has to be fetched; beside the results, a lost file is no reason to run."""
    if not STORAGE:
        return []
    parts = [f"stack-{k}" for k in range(len(STACKS))] or [f"seed-{seed}" for seed in SEEDS]
    jobs = [f"train/{SETTING}_{part}" for part in parts]
    jobs += [f"interpolate/{SETTING}", f"score/{SETTING}", "fetch_data/all", "compare/all"]
    jobs += [f"train_judges/seed-{seed}" for seed in JUDGE_SEEDS]
    sizes = config["sweep"]["latent_sizes"]
    paths = [f"results/benchmarks/{job}.tsv" for job in jobs]
    return list(dict.fromkeys(expand(paths, variant=VARIANTS, latent_size=sizes)))


def storage_arguments():
    """What tells a Snakemake of one's own where results are kept."""
    if not STORAGE:
        return []
    to_jobs = workflow.spawned_job_args_factory
    words = [to_jobs.get_default_storage_provider_args(), *to_jobs.get_storage_provider_args()]
    return shlex.split(" ".join(words))


def shown(path, category, labels, caption=None):
    """An output that the HTML report shows, with the caption of its file's name."""
    caption = f"../report/{caption or Path(path).stem}.rst"
    return report(path, category=category, caption=caption, labels=labels)


def csv(name):
    """A table of the comparison, to download from the HTML report."""
    path = f"results/comparison/{name}.csv"
    return shown(path, "Tables", {"table": name, "as": "CSV"}, "csv")


def run_figure(path, pairs, seed=None):
    """A figure of a run, as the HTML report shows it."""

    def labels(run):
        # The report sorts labels as texts: 8 before 16.
        size, own = run.latent_size.rjust(4), str(seed if seed is not None else run.seed).rjust(4)
        variant = {"variant": run.variant} if NAMES.variants else {}
        return variant | {"latent size": size, "seed": own, "pairs": pairs}

    return shown(path, "Runs", labels)


def run_figures(name, pairs):
    """The figure of that name of each run of a setting."""
    paths = seeds_of_a_setting(f"{name}.png")
    return [run_figure(path, pairs, seed) for path, seed in zip(paths, SEEDS)]


def training_of(run):
    """What decides a training's result; seeds_per_job and checkpoint_seconds do not."""
    names = ("epochs", "batch_size", "learning_rate", "precision", "device")
    return {key: VARIANTS[run.variant]["training"][key] for key in names}


def training_memory(members):
    """Megabytes that a training asks for, and more each time it is tried again."""
    return lambda wildcards, attempt: attempt * training_megabytes(
        VARIANTS[wildcards.variant], int(wildcards.latent_size), members
    )


def made_with():
    """What each variant's runs have to be made with, as metrics.json records it."""
    scored = {
        "steps": config["interpolation"]["steps"],
        "pairs_per_kind": config["scoring"]["pairs_per_kind"],
        "judge_seeds": JUDGE_SEEDS,
    }
    names = ("epochs", "batch_size", "learning_rate")
    trained = {
        name: own["model"] | {key: own["training"][key] for key in names}
        for name, own in VARIANTS.items()
    }
    return {name: scored | trained.get(name, {}) for name in [*VARIANTS, *EXTERNAL]}


def submitted_code(wildcards):
    """What page 3 and the pages after it show, in the order in which data flows: the code that made
    the figures, or all that they and the choice of their run depend on."""
    if config["submission"]["code"] == "none":
        return []
    if config["submission"]["code"] == "figures":
        modules = "training/model training/loop training/objectives training/draws interpolation"
        modules = f"{modules} data/pairs figures/grids figures/tiles".split()
        files = [f"workflow/scripts/vaesweep/{name}.py" for name in modules]
        files += [f"workflow/rules/{part}.smk" for part in ("data", "train", "interpolate")]
        return [own(path) for path in files]
    parts = "start common data train interpolate external score choose documents".split()
    steps = "fetch_data draw_pairs train_judges train interpolate score compare choose submission"
    files = [own(f"workflow/rules/{part}.smk") for part in parts]
    for step in steps.split():
        files += [own(path) for path in sources(f"{step}.py")]
    return list(dict.fromkeys([own("Snakefile"), *files]))


def config_text():
    """The configuration that is used, defaults filled in."""
    return as_yaml(config)
