COMPARISON = "results/comparison"
TEMPLATES = templates("comparison_report.typ", "listing.typ", "sources.yaml")
# Figures of the comparison, in the order in which the report shows them.
FIGURES = (
    "verdict score_by_latent_size display_rows best_and_worst differences quality_parts".split()
)
FIGURES += "controls neg_elbo_and_score training_curves".split()


def benchmarks():
    """What jobs cost, if it has to be fetched; beside the results, a lost file is no reason to run."""
    if not STORAGE:
        return []
    parts = [f"stack-{k}" for k in range(len(STACKS))] or [f"seed-{seed}" for seed in SEEDS]
    jobs = [f"train/{SETTING}_{part}" for part in parts]
    jobs += [f"interpolate/{SETTING}", f"score/{SETTING}", "fetch_data/all", "compare/all"]
    jobs += [f"train_judges/seed-{seed}" for seed in JUDGE_SEEDS]
    sizes = config["sweep"]["latent_sizes"]
    paths = [f"results/benchmarks/{job}.tsv" for job in jobs]
    return list(dict.fromkeys(expand(paths, variant=VARIANTS, latent_size=sizes)))


def submitted_code(wildcards):
    """What page 3 and the pages after it show, in the order in which data flows: the code that made
    the figures, or all that they and the choice of their run depend on."""
    if config["submission"]["code"] == "none":
        return []
    if config["submission"]["code"] == "figures":
        modules = "training/model training/loop training/objectives training/draws interpolation"
        modules = f"{modules} data/pairs figures/grids figures/tiles".split()
        files = [f"workflow/scripts/vaesweep/{name}.py" for name in modules]
        files += [f"workflow/rules/{part}.smk" for part in ("data", "train", "interpolate")]
        return [workflow_file(path) for path in files]
    parts = "start common data train interpolate external score choose documents".split()
    steps = "fetch_data draw_pairs train_judges train interpolate score compare choose submission"
    files = [workflow_file(f"workflow/rules/{part}.smk") for part in parts]
    for step in steps.split():
        files += [workflow_file(path) for path in sources(f"{step}.py")]
    return list(dict.fromkeys([workflow_file("Snakefile"), *files]))


rule submission:
    input:
        chosen=rules.choose.output.chosen,
        interpolations=trained_runs("interpolations.npz"),
        pairs=rules.draw_pairs.output.pairs,
        shown=submitted_code,
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
        histories=trained_runs("history.csv"),
        interpolations=every_run("interpolations.npz"),
        templates=templates("figures.mplstyle", "columns.yaml"),
    output:
        **{
            name: in_report(
                f"{COMPARISON}/figures/{name}.svg",
                "Comparison",
                {"figure": name.replace("neg_elbo", "−ELBO").replace("_", " ")},
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
    script:
        "../scripts/plot_comparison.py"


rule comparison_report:
    input:
        runs=rules.compare.output.runs,
        settings=rules.compare.output.settings,
        chosen=rules.choose.output.chosen,
        figures=rules.plot_comparison.output,
        judges=judges("json"),
        agreement=rules.compare.output.judges,
        controls=rules.score_controls.output.controls,
        trainings=trained_runs("training.json"),
        costs=benchmarks(),
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
        config_text=config_text(),
    script:
        "../scripts/comparison_report.py"
