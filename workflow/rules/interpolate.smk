# One job for all seeds of a setting, here and below, since starting takes longer than the work.
rule interpolate:
    input:
        test=rules.fetch_data.output.test,
        pairs=rules.draw_pairs.output.pairs,
        models=seeds_of_a_setting("model.safetensors"),
    output:
        interpolations=seeds_of_a_setting("interpolations.npz"),
    log:
        f"results/logs/interpolate/{SETTING}.log",
    benchmark:
        f"results/benchmarks/interpolate/{SETTING}.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("interpolate.py"),
        steps=config["interpolation"]["steps"],
        path=config["interpolation"]["path"],
    script:
        "../scripts/interpolate.py"


def run_figure(path, pairs, seed=None):
    """A figure of a run, as the HTML report shows it."""

    def labels(run):
        # The report sorts labels as texts: 8 before 16.
        size, own = run.latent_size.rjust(4), str(seed if seed is not None else run.seed).rjust(4)
        variant = {"variant": run.variant} if NAMES.variants else {}
        return variant | {"latent size": size, "seed": own, "pairs": pairs}

    return in_report(path, "Runs", labels)


def run_figures(name, pairs):
    """The figure of that name of each run of a setting."""
    paths = seeds_of_a_setting(f"{name}.png")
    return [run_figure(path, pairs, seed) for path, seed in zip(paths, SEEDS)]


rule draw_runs:
    input:
        pairs=rules.draw_pairs.output.pairs,
        interpolations=rules.interpolate.output.interpolations,
    output:
        same=run_figures("same_digit", f"same {DATASET.noun}"),
        different=run_figures("different_digits", f"different {plural(DATASET.noun)}"),
    log:
        f"results/logs/draw_runs/{SETTING}.log",
    benchmark:
        f"results/benchmarks/draw_runs/{SETTING}.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("draw_runs.py"),
        dataset=DATASET.name,
        # For the captions of the HTML report.
        noun=DATASET.noun,
        nouns=plural(DATASET.noun),
        variants=NAMES.variants,
    script:
        "../scripts/draw_runs.py"
