import re

# Regex of external model names; matches nothing if there are none.
EXTERNAL_PATTERN = "|".join(map(re.escape, EXTERNAL)) or "(?!)"


# Models from elsewhere: their files take the place of what `interpolate` makes.
ruleorder: import_external > interpolate
ruleorder: draw_external > draw_runs
ruleorder: score_external > score


rule import_external:
    input:
        test=rules.fetch_data.output.test,
        pairs=rules.draw_pairs.output.pairs,
        frames=lambda run: local(EXTERNAL[run.variant]["frames"][int(run.seed)]),
    output:
        interpolations=f"{RUN}/interpolations.npz",
    log:
        f"results/logs/import_external/{LOG}.log",
    wildcard_constraints:
        variant=EXTERNAL_PATTERN,
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("import_external.py"),
        steps=config["interpolation"]["steps"],
    script:
        "../scripts/import_external.py"


use rule draw_runs as draw_external with:
    input:
        pairs=rules.draw_pairs.output.pairs,
        interpolations=[rules.import_external.output.interpolations],
    output:
        same=[run_figure(f"{RUN}/same_digit.png", f"same {DATASET.noun}")],
        different=[run_figure(f"{RUN}/different_digits.png", f"different {plural(DATASET.noun)}")],
    log:
        f"results/logs/draw_external/{LOG}.log",
    benchmark:
        f"results/benchmarks/draw_external/{LOG}.tsv"
    wildcard_constraints:
        variant=EXTERNAL_PATTERN,


use rule score as score_external with:
    input:
        interpolations=[rules.import_external.output.interpolations],
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
        f"results/logs/score_external/{LOG}.log",
    benchmark:
        f"results/benchmarks/score_external/{LOG}.tsv"
    wildcard_constraints:
        variant=EXTERNAL_PATTERN,
