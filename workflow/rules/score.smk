rule draw_references:
    input:
        test=TEST_SPLIT,
        pairs=rules.draw_pairs.output.pairs,
    output:
        references="results/references.npz",
    log:
        "results/logs/draw_references/log.log",
    benchmark:
        "results/benchmarks/draw_references/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("draw_references.py"),
        steps=config["interpolation"]["steps"],
    script:
        "../scripts/draw_references.py"


rule score_references:
    input:
        references=rules.draw_references.output.references,
        judges=judges("safetensors"),
        test=TEST_SPLIT,
        pairs=rules.draw_pairs.output.pairs,
    output:
        scores="results/reference_scores.csv",
    log:
        "results/logs/score_references/log.log",
    benchmark:
        "results/benchmarks/score_references/all.tsv"
    # Every score waits for it.
    priority: 10
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("score_references.py"),
        steps=config["interpolation"]["steps"],
    script:
        "../scripts/score_references.py"


# As for `interpolate`. With many seeds, a job for all of a setting would take minutes, too.
for number, seeds in enumerate(PARTS):
    part = f"_part-{number}" if number else ""

    rule:
        name:
            f"score_{number}" if number else "score"
        input:
            interpolations=runs_of_a_job("interpolations.npz", seeds),
            references=rules.draw_references.output.references,
            reference_scores=rules.score_references.output.scores,
            judges=judges("safetensors"),
            test=TEST_SPLIT,
            pairs=rules.draw_pairs.output.pairs,
            models=runs_of_a_job("model.safetensors", seeds, external=False),
            trainings=runs_of_a_job("training.json", seeds, external=False),
        output:
            pair_scores=seeds_of_a_setting("pair_scores.csv", seeds),
            metrics=seeds_of_a_setting("metrics.json", seeds),
        log:
            f"results/logs/score/{SETTING}{part}.log",
        benchmark:
            f"results/benchmarks/score/{SETTING}{part}.tsv"
        localrule: True
        conda:
            "../../envs/vaesweep.yaml"
        params:
            *code("score.py"),
            steps=config["interpolation"]["steps"],
            path=config["interpolation"]["path"],
            importance_samples=config["scoring"]["importance_samples"],
        script:
            "../scripts/score.py"
