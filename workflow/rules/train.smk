from vaesweep.running.memory import training_memory

# The nodes of a cluster do not plan: they know both kinds of jobs, and get the names of theirs.
PLANS_STACKS = workflow.is_main_process and prefers_stacks(config, "gpu" in set_resources("train"))


rule train_judges:
    input:
        train=TRAIN_SPLIT,
        sums=rules.fetch_data.output.sums,
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
        train=TRAIN_SPLIT,
        sums=rules.fetch_data.output.sums,
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


# Each stack of seeds has a rule whose job makes the files of all its runs, which `train` could make
# one by one.
for number, stack in enumerate(STACKS):
    names = (f"train_stack_{number}", "train")
    workflow.ruleorder(*(names if PLANS_STACKS else reversed(names)))

    rule:
        name:
            f"train_stack_{number}"
        input:
            train=TRAIN_SPLIT,
            sums=rules.fetch_data.output.sums,
        output:
            model=seeds_of_a_setting("model.safetensors", stack),
            history=seeds_of_a_setting("history.csv", stack),
            training=seeds_of_a_setting("training.json", stack),
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
