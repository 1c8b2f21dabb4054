rule score:
    input:
        interpolations=rules.interpolate.output.interpolations,
        judges=judges("safetensors"),
        test=rules.fetch_data.output.test,
        pairs=rules.draw_pairs.output.pairs,
        model=rules.train.output.model,
        training=rules.train.output.training,
        code=code("score.py"),
    output:
        pair_scores=f"{RUN}/pair_scores.csv",
        metrics=f"{RUN}/metrics.json",
    log:
        "results/logs/score/latent-{latent_size}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/score/latent-{latent_size}_seed-{seed}.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        judge_seeds=config["scoring"]["judge_seeds"],
        bootstrap=config["scoring"]["bootstrap"],
        importance_samples=config["scoring"]["importance_samples"],
    script:
        "../scripts/score.py"


rule compare:
    input:
        metrics=every_run("metrics.json"),
        pair_scores=every_run("pair_scores.csv"),
        code=code("compare.py"),
    output:
        runs="results/comparison/runs.csv",
        latent_sizes="results/comparison/latent_sizes.csv",
        differences="results/comparison/differences.csv",
        judges="results/comparison/judges.csv",
    log:
        "results/logs/compare/log.log",
    benchmark:
        "results/benchmarks/compare/all.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        bootstrap=config["scoring"]["bootstrap"],
    script:
        "../scripts/compare.py"
