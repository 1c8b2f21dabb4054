COMPARISON = "results/comparison"
TEMPLATES = templates("comparison_report.typ", "listing.typ", "sources.yaml")
# Figures of the comparison, in the order of the report.
FIGURES = "verdict map score_scale score_by_latent_size best_and_worst differences".split()
FIGURES += "display_rows training_curves controls".split()
# Benchmark files are inputs only with remote storage, where a job has to fetch them. Otherwise they
# are optional, so that a missing one reruns nothing.
BENCHMARKS = []
if STORAGE:
    parts = [f"seed-{seed}" for seed in SEEDS]
    if PLANS_STACKS:
        parts = [f"stack-{number}" for number in range(len(STACKS))]
    jobs = [f"train/{SETTING}_{part}" for part in parts]
    jobs += [f"train_judges/seed-{seed}" for seed in JUDGE_SEEDS]
    for number in range(len(PARTS)):
        part = f"_part-{number}" if number else ""
        jobs += [f"interpolate/{SETTING}{part}", f"score/{SETTING}{part}"]
    jobs += ["fetch_data/all", "compare/all"]
    BENCHMARKS = expand(
        [f"results/benchmarks/{job}.tsv" for job in jobs],
        variant=VARIANTS,
        latent_size=config["sweep"]["latent_sizes"],
    )
# The code in the submission, in the order in which data flows through it.
SUBMITTED_CODE = []
if config["submission"]["code"] == "figures":
    modules = "training/model training/loop training/objectives training/draws interpolation"
    modules = f"{modules} data/pairs figures/grids figures/tiles".split()
    SUBMITTED_CODE += [f"workflow/scripts/vaesweep/{name}.py" for name in modules]
    SUBMITTED_CODE += [f"workflow/rules/{name}.smk" for name in ("data", "train", "interpolate")]


rule submission:
    input:
        chosen=rules.choose.output.chosen,
        interpolations=trained_runs("interpolations.npz"),
        pairs=rules.draw_pairs.output.pairs,
        code=[workflow_file(path) for path in SUBMITTED_CODE],
        templates=TEMPLATES,
    output:
        in_report(
            f"results/submission/{config['netid']}_HW9.pdf",
            "Results",
            {"document": "submission"},
            caption="submission",
        ),
    log:
        "results/logs/submission/log.log",
    benchmark:
        "results/benchmarks/submission/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("submission.py"),
        config_text=config_text(),
        variants=NAMES.variants,
    script:
        "../scripts/submission.py"


rule plot_comparison:
    input:
        runs=rules.compare.output.runs,
        settings=rules.compare.output.settings,
        differences=rules.compare.output.differences,
        controls=rules.score_controls.output.controls,
        chosen=rules.choose.output.chosen,
        pairs=rules.draw_pairs.output.pairs,
        pair_scores=every_run("pair_scores.csv"),
        references=rules.draw_references.output.references,
        histories=trained_runs("history.csv"),
        interpolations=every_run("interpolations.npz"),
        templates=templates("figures.mplstyle", "columns.yaml"),
    output:
        **{
            name: in_report(
                f"{COMPARISON}/figures/{name}.svg",
                "Comparison",
                {"figure": name.replace("_", " ")},
            )
            for name in FIGURES
        },
    log:
        "results/logs/plot_comparison/log.log",
    benchmark:
        "results/benchmarks/plot_comparison/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("plot_comparison.py"),
        dataset=DATASET.name,
        noun=NAMES.noun,  # for the captions
    script:
        "../scripts/plot_comparison.py"


rule comparison_report:
    input:
        runs=rules.compare.output.runs,
        settings=rules.compare.output.settings,
        chosen=rules.choose.output.chosen,
        figures=rules.plot_comparison.output,
        captions=[workflow_file(f"workflow/report/{name}.rst") for name in FIGURES],
        judges=judges("json"),
        agreement=rules.compare.output.judges,
        controls=rules.score_controls.output.controls,
        trainings=trained_runs("training.json"),
        costs=BENCHMARKS,
        templates=[*TEMPLATES, *templates("columns.yaml")],
    output:
        in_report(
            f"{COMPARISON}/comparison_report.pdf", "Results", {"document": "comparison report"}
        ),
    log:
        "results/logs/comparison_report/log.log",
    benchmark:
        "results/benchmarks/comparison_report/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("comparison_report.py"),
        dataset=DATASET.name,
        config_text=config_text(),
    script:
        "../scripts/comparison_report.py"
