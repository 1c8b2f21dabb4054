import yaml

from vaesweep.configuration import complete
from vaesweep.dependencies import source_files

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
    """What page 3 and the pages after it show: the workflow, in the order in which data flows."""
    modules = sorted((ROOT / "workflow" / "scripts" / "vaesweep").glob("*.py"))
    scripts = sorted((ROOT / "workflow" / "scripts").glob("*.py"))
    rules_in_order = "start common data train interpolate score choose documents".split()
    rule_files = [ROOT / "workflow" / "rules" / f"{name}.smk" for name in rules_in_order]
    files = [ROOT / "Snakefile", *rule_files, *scripts, *modules]
    return [str(path.relative_to(ROOT)) for path in files]
