rule interpolate:
    input:
        test=rules.fetch_data.output.test,
        pairs=rules.draw_pairs.output.pairs,
        model=rules.train.output.model,
        code=code("interpolate.py"),
    output:
        interpolations=f"{RUN}/interpolations.npz",
        same=report(
            f"{RUN}/same_digit.png",
            category="Runs",
            caption="../report/same_digit.rst",
            labels=run_labels("same digit"),
        ),
        different=report(
            f"{RUN}/different_digits.png",
            category="Runs",
            caption="../report/different_digits.rst",
            labels=run_labels("different digits"),
        ),
    log:
        "results/logs/interpolate/latent-{latent_size}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/interpolate/latent-{latent_size}_seed-{seed}.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        dataset=config["dataset"]["name"],
        steps=config["interpolation"]["steps"],
    script:
        "../scripts/interpolate.py"
