# Models from elsewhere: their files take the place of what `interpolate` makes.
ruleorder: adopt > interpolate
ruleorder: draw_adopted > draw_runs
ruleorder: score_adopted > score


rule adopt:
    input:
        test=rules.fetch_data.output.test,
        pairs=rules.draw_pairs.output.pairs,
        frames=lambda run: local(EXTERNAL[run.variant]["frames"][int(run.seed)]),
    output:
        interpolations=f"{RUN}/interpolations.npz",
    log:
        f"results/logs/adopt/{LOG}.log",
    wildcard_constraints:
        variant=ADOPTED,
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("adopt.py"),
        steps=config["interpolation"]["steps"],
    script:
        "../scripts/adopt.py"


use rule draw_runs as draw_adopted with:
    input:
        pairs=rules.draw_pairs.output.pairs,
        interpolations=[rules.adopt.output.interpolations],
    output:
        same=[run_figure(f"{RUN}/same_digit.png", f"same {DATASET.noun}")],
        different=[run_figure(f"{RUN}/different_digits.png", f"different {plural(DATASET.noun)}")],
    log:
        f"results/logs/draw_adopted/{LOG}.log",
    benchmark:
        f"results/benchmarks/draw_adopted/{LOG}.tsv"
    wildcard_constraints:
        variant=ADOPTED,


use rule score as score_adopted with:
    input:
        interpolations=[rules.adopt.output.interpolations],
        references=rules.score.input.references,
        reference_scores=rules.score.input.reference_scores,
        judges=rules.score.input.judges,
        train=rules.score.input.train,
        test=rules.score.input.test,
        pairs=rules.score.input.pairs,
    output:
        pair_scores=[f"{RUN}/pair_scores.csv"],
        metrics=[f"{RUN}/metrics.json"],
    log:
        f"results/logs/score_adopted/{LOG}.log",
    benchmark:
        f"results/benchmarks/score_adopted/{LOG}.tsv"
    wildcard_constraints:
        variant=ADOPTED,
