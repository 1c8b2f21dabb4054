import yaml

from vaesweep.running.config import complete
from vaesweep.running.dependencies import source_files

try:
    config = complete(config)
except UserError as error:
    sys.exit(f"error: {error}")

RUN = "results/runs/latent-{latent_size}/seed-{seed}"


wildcard_constraints:
    latent_size=r"\d+",
    seed=r"\d+",
    judge_seed=r"\d+",


def code(script):
    """A rule's script and the modules it imports: an edit to one of them reruns the rule."""
    files = source_files(ROOT / "workflow" / "scripts" / script)
    return [str(path.relative_to(ROOT)) for path in files]


def every_run(name):
    """The file of that name of each run of the sweep."""
    return expand(
        f"{RUN}/{name}",
        latent_size=config["sweep"]["latent_sizes"],
        seed=config["sweep"]["seeds"],
    )


def judges(suffix):
    return expand(f"results/judges/seed-{{seed}}.{suffix}", seed=config["scoring"]["judge_seeds"])


def config_text():
    """The configuration that is used, defaults filled in."""
    return yaml.safe_dump(dict(config), sort_keys=False)


def run_labels(pairs):
    """Labels of a run's figure in the HTML report, which sorts them as texts: 8 before 16."""

    def labels(wildcards):
        return {
            "latent size": wildcards.latent_size.rjust(4),
            "seed": wildcards.seed.rjust(4),
            "pairs": pairs,
        }

    return labels


def submitted_code(wildcards):
    """What page 3 and the pages after it show: all the code that the two figures and the choice of
    their run depend on, each script followed by the modules that it is the first to import."""
    parts = "start common data train interpolate score choose documents".split()
    steps = "fetch_data draw_pairs train_judges train interpolate score compare choose submission"
    files = ["Snakefile", *(f"workflow/rules/{part}.smk" for part in parts)]
    for step in steps.split():
        files += code(f"{step}.py")
    return list(dict.fromkeys(files))
