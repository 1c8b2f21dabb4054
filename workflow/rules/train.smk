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


# Each stack of seeds has a rule whose job makes the files of all its runs, which `train` could make
# one by one. A job for one seed has the wildcard in place of a number.
for number, seeds in enumerate([["{seed}"], *STACKS]):
    part = f"stack-{number - 1}" if number else "seed-{seed}"
    job = f"train_stack_{number - 1}" if number else "train"
    if number:
        workflow.ruleorder(*((job, "train") if PLANS_STACKS else ("train", job)))

    rule:
        name:
            job
        input:
            # The training split alone: no test image can reach a model.
            train=TRAIN_SPLIT,
            sums=rules.fetch_data.output.sums,
        output:
            model=seeds_of_a_setting("model.safetensors", seeds),
            history=seeds_of_a_setting("history.csv", seeds),
            training=seeds_of_a_setting("training.json", seeds),
        log:
            f"results/logs/train/{SETTING}_{part}.log",
        benchmark:
            f"results/benchmarks/train/{SETTING}_{part}.tsv"
        conda:
            "../../envs/vaesweep.yaml"
        resources:
            mem_mb=training_memory(VARIANTS, len(seeds)),
        params:
            *code("train.py"),
            model=lambda run: VARIANTS[run.variant]["model"],
            training=lambda run: VARIANTS[run.variant]["training"],
        script:
            "../scripts/train.py"
