# External models, whose frames take the place of those that `interpolate` makes. They have a job for
# each run, since a rule's outputs are fixed and models may have different numbers of runs.
import re

# Regex of their names, in paths of runs that they have; matches nothing if there are none.
EXTERNAL_PATTERN = "(?!)"
for model in EXTERNAL:
    for path in external_runs(model, ""):
        EXTERNAL_PATTERN += f"|{re.escape(model)}(?=/{path.split('/', 3)[3]})"


rule import_external:
    input:
        test=TEST_SPLIT,
        pairs=rules.draw_pairs.output.pairs,
        frames=lambda run: local(expanded(EXTERNAL[run.variant]["frames"][int(run.seed)])),
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
    output:
        same=[run_figure("same_digit")],
        different=[run_figure("different_digits")],
    log:
        f"results/logs/draw_external/{LOG}.log",
    benchmark:
        f"results/benchmarks/draw_external/{LOG}.tsv"
    wildcard_constraints:
        variant=EXTERNAL_PATTERN,


use rule score as score_external with:
    output:
        pair_scores=[f"{RUN}/pair_scores.csv"],
        metrics=[f"{RUN}/metrics.json"],
    log:
        f"results/logs/score_external/{LOG}.log",
    benchmark:
        f"results/benchmarks/score_external/{LOG}.tsv"
    wildcard_constraints:
        variant=EXTERNAL_PATTERN,
