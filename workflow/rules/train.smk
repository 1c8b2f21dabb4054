from math import ceil


rule train_judges:
    input:
        train=rules.fetch_data.output.train,
        code=code("train_judges.py"),
    output:
        judge="results/judges/seed-{judge_seed}.safetensors",
        facts="results/judges/seed-{judge_seed}.json",
    log:
        "results/logs/train_judges/seed-{judge_seed}.log",
    benchmark:
        "results/benchmarks/train_judges/seed-{judge_seed}.tsv"
    # Every score waits for the judges.
    priority: 10
    conda:
        "../../envs/vaesweep.yaml"
    script:
        "../scripts/train_judges.py"


SEEDS = config["sweep"]["seeds"]
TOGETHER = config["training"]["seeds_per_job"]
if TOGETHER == "all":
    TOGETHER = len(SEEDS)

TRAINING = {key: config["model"][key] for key in ["architecture", "hidden", "beta"]} | {
    key: value
    for key, value in config["training"].items()
    if key not in ("seeds_per_job", "checkpoint_seconds")
}


rule train:
    input:
        # The training split alone: no test image can reach a model.
        train=rules.fetch_data.output.train,
        code=code("train.py"),
    output:
        model=f"{RUN}/model.safetensors",
        history=f"{RUN}/history.csv",
        training=f"{RUN}/training.json",
    log:
        "results/logs/train/latent-{latent_size}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/train/latent-{latent_size}_seed-{seed}.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        **TRAINING,
        seeds=lambda wildcards: [int(wildcards.seed)],
    script:
        "../scripts/train.py"


# With training.seeds_per_job above 1, each stack of seeds has a rule that makes the files of all
# its runs in one job. It is taken before `train`, which could make them one by one.
for number in range(ceil(len(SEEDS) / TOGETHER) if TOGETHER > 1 else 0):
    stack = SEEDS[number * TOGETHER : (number + 1) * TOGETHER]
    workflow.ruleorder(f"train_stack_{number}", "train")

    rule:
        name:
            f"train_stack_{number}"
        input:
            train=rules.train.input.train,
            code=rules.train.input.code,
        output:
            model=expand(f"{RUN}/model.safetensors", seed=stack, allow_missing=True),
            history=expand(f"{RUN}/history.csv", seed=stack, allow_missing=True),
            training=expand(f"{RUN}/training.json", seed=stack, allow_missing=True),
        log:
            f"results/logs/train/latent-{{latent_size}}_stack-{number}.log",
        benchmark:
            f"results/benchmarks/train/latent-{{latent_size}}_stack-{number}.tsv"
        conda:
            "../../envs/vaesweep.yaml"
        params:
            **TRAINING,
            seeds=stack,
        script:
            "../scripts/train.py"
