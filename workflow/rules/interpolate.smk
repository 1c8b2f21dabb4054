rule interpolate:
    input:
        test=rules.fetch_data.output.test,
        pairs=rules.draw_pairs.output.pairs,
        model=rules.train.output.model,
        code=code("interpolate.py"),
    output:
        interpolations=f"{RUN}/interpolations.npz",
    log:
        f"results/logs/interpolate/{LOG}.log",
    benchmark:
        f"results/benchmarks/interpolate/{LOG}.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        steps=config["interpolation"]["steps"],
        path=config["interpolation"]["path"],
    script:
        "../scripts/interpolate.py"


# One job for all seeds of a setting, since starting takes longer than drawing.
rule draw_runs:
    input:
        pairs=rules.draw_pairs.output.pairs,
        interpolations=seeds_of_a_setting("interpolations.npz"),
        code=code("draw_runs.py"),
    output:
        same=run_figures("same_digit", f"same {DATASET.noun}"),
        different=run_figures("different_digits", f"different {plural(DATASET.noun)}"),
    log:
        "results/logs/draw_runs/{variant}_latent-{latent_size}.log",
    benchmark:
        "results/benchmarks/draw_runs/{variant}_latent-{latent_size}.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        dataset=DATASET.name,
        variants=NAMES.variants,
    script:
        "../scripts/draw_runs.py"
