rule choose:
    input:
        runs=rules.compare.output.runs,
        latent_sizes=rules.compare.output.latent_sizes,
        code=code("choose.py"),
    output:
        chosen="results/chosen.json",
    log:
        "results/logs/choose/log.log",
    conda:
        "../../envs/vaesweep.yaml"
    params:
        latent_size=config["selection"]["latent_size"],
        seed=config["selection"]["seed"],
    script:
        "../scripts/choose.py"


# After the choice, since one control is drawn along the chosen run's paths.
rule score_controls:
    input:
        chosen=rules.choose.output.chosen,
        interpolations=every_run("interpolations.npz"),
        judges=judges("safetensors"),
        train=rules.fetch_data.output.train,
        pairs=rules.draw_pairs.output.pairs,
        code=code("score_controls.py"),
    output:
        controls="results/comparison/controls.csv",
    log:
        "results/logs/score_controls/log.log",
    benchmark:
        "results/benchmarks/score_controls/all.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        judge_seeds=config["scoring"]["judge_seeds"],
        bootstrap=config["scoring"]["bootstrap"],
    script:
        "../scripts/score_controls.py"
