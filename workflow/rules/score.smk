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
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        importance_samples=config["scoring"]["importance_samples"],
    script:
        "../scripts/score.py"
