# A job for several seeds, since starting takes longer than the work, but not for all: a seed that is
# added would rerun the scores of all of them.
for number, seeds in enumerate(PARTS):
    part = f"_part-{number}" if number else ""

    rule:
        name:
            f"interpolate_{number}" if number else "interpolate"
        input:
            test=TEST_SPLIT,
            pairs=rules.draw_pairs.output.pairs,
            models=seeds_of_a_setting("model.safetensors", seeds),
        output:
            interpolations=seeds_of_a_setting("interpolations.npz", seeds),
        log:
            f"results/logs/interpolate/{SETTING}{part}.log",
        benchmark:
            f"results/benchmarks/interpolate/{SETTING}{part}.tsv"
        localrule: True
        conda:
            "../../envs/vaesweep.yaml"
        params:
            *code("interpolate.py"),
            steps=config["interpolation"]["steps"],
            path=config["interpolation"]["path"],
        script:
            "../scripts/interpolate.py"


rule draw_runs:
    input:
        pairs=rules.draw_pairs.output.pairs,
        interpolations=runs_of_a_job("interpolations.npz"),
    output:
        same=[run_figure("same_digit", seed) for seed in SEEDS],
        different=[run_figure("different_digits", seed) for seed in SEEDS],
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
