from vaesweep.running.memory import training_memory

SEEDS_PER_JOB = config["training"]["seeds_per_job"]
SEEDS_PER_JOB = len(SEEDS) if SEEDS_PER_JOB == "all" else SEEDS_PER_JOB
# Seeds that a job trains side by side; empty if each job trains one.
STACKS = [SEEDS[start : start + SEEDS_PER_JOB] for start in range(0, len(SEEDS), SEEDS_PER_JOB)]
STACKS = STACKS if SEEDS_PER_JOB > 1 else []


rule train_judges:
    input:
        train=rules.fetch_data.output.train,
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
    params:
        *code("train_judges.py"),
    script:
        "../scripts/train_judges.py"


rule train:
    input:
        # The training split alone: no test image can reach a model.
        train=rules.fetch_data.output.train,
    output:
        # Lists, because the script also writes the files of a stack.
        model=[f"{RUN}/model.safetensors"],
        history=[f"{RUN}/history.csv"],
        training=[f"{RUN}/training.json"],
    log:
        f"results/logs/train/{LOG}.log",
    benchmark:
        f"results/benchmarks/train/{LOG}.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    resources:
        mem_mb=training_memory(VARIANTS, 1),
    params:
        *code("train.py"),
        model=lambda run: VARIANTS[run.variant]["model"],
        training=lambda run: VARIANTS[run.variant]["training"],
    script:
        "../scripts/train.py"


# With training.seeds_per_job above 1, each stack of seeds has a rule whose job makes the files of all
# its runs. It is preferred to `train`, which could make them one by one.
for number, stack in enumerate(STACKS):
    workflow.ruleorder(f"train_stack_{number}", "train")

    rule:
        name:
            f"train_stack_{number}"
        input:
            train=rules.train.input.train,
        output:
            model=expand(rules.train.output.model, seed=stack, allow_missing=True),
            history=expand(rules.train.output.history, seed=stack, allow_missing=True),
            training=expand(rules.train.output.training, seed=stack, allow_missing=True),
        log:
            f"results/logs/train/{{variant}}_latent-{{latent_size}}_stack-{number}.log",
        benchmark:
            f"results/benchmarks/train/{{variant}}_latent-{{latent_size}}_stack-{number}.tsv"
        conda:
            "../../envs/vaesweep.yaml"
        resources:
            mem_mb=training_memory(VARIANTS, len(stack)),
        params:
            *code("train.py"),
            model=lambda run: VARIANTS[run.variant]["model"],
            training=lambda run: VARIANTS[run.variant]["training"],
        script:
            "../scripts/train.py"
