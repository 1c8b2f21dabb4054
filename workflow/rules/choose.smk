from vaesweep.running.sweep import made_with

# A table of the comparison, which the HTML report offers for download.
csv = lambda name: in_report(
    f"results/comparison/{name}.csv", "Tables", {"table": name, "as": "CSV"}, "csv"
)


rule compare:
    input:
        metrics=every_run("metrics.json"),
        pair_scores=every_run("pair_scores.csv"),
        pairs=rules.draw_pairs.output.pairs,
    output:
        runs=csv("runs"),
        settings=csv("settings"),
        differences=csv("differences"),
        judges=csv("judges"),
    log:
        "results/logs/compare/log.log",
    benchmark:
        "results/benchmarks/compare/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("compare.py"),
        bootstrap=config["scoring"]["bootstrap"],
        made_with=made_with(config),
    script:
        "../scripts/compare.py"


rule choose:
    input:
        runs=rules.compare.output.runs,
        settings=rules.compare.output.settings,
        pair_scores=every_run("pair_scores.csv"),
        judges=judges("json"),
        cautions=rules.fetch_data.output.cautions,
    output:
        chosen="results/chosen.json",
    log:
        "results/logs/choose/log.log",
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("choose.py"),
        pinned=config["selection"],
    script:
        "../scripts/choose.py"


# The controls include other paths through the codes of the chosen run.
rule score_controls:
    input:
        chosen=rules.choose.output.chosen,
        interpolations=trained_runs("interpolations.npz"),
        pair_scores=every_run("pair_scores.csv"),
        models=trained_runs("model.safetensors"),
        references=rules.draw_references.output.references,
        reference_scores=rules.score_references.output.scores,
        judges=judges("safetensors"),
        train=TRAIN_SPLIT,
        pairs=rules.draw_pairs.output.pairs,
    output:
        controls=csv("controls"),
    log:
        "results/logs/score_controls/log.log",
    benchmark:
        "results/benchmarks/score_controls/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("score_controls.py"),
        path=config["interpolation"]["path"],
    script:
        "../scripts/score_controls.py"
