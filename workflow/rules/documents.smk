COMPARISON = "results/comparison"
TEMPLATES = templates("comparison_report.typ", "listing.typ", "sources.yaml")
SENTENCES = templates("findings.txt", "cautions.txt", "columns.yaml")
# Figures of the comparison, in the order in which the report shows them.
FIGURES = (
    "verdict score_by_latent_size display_rows best_and_worst differences quality_parts".split()
)
FIGURES += "controls neg_elbo_and_score training_curves".split()
# What the sweep's jobs are, for their cost.
JOBS = {"judges": JUDGE_SEEDS, "stacks": STACKS}


rule submission:
    input:
        chosen=rules.choose.output.chosen,
        interpolations=trained_runs("interpolations.npz"),
        pairs=rules.draw_pairs.output.pairs,
        shown=submitted_code,
        templates=TEMPLATES,
    output:
        shown(
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
            name: shown(
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
        templates=[*TEMPLATES, *SENTENCES, *templates("subtitle.txt")],
    output:
        shown(f"{COMPARISON}/comparison_report.pdf", "Results", {"document": "comparison report"}),
    log:
        "results/logs/comparison_report/log.log",
    benchmark:
        "results/benchmarks/comparison_report/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("comparison_report.py"),
        jobs=JOBS,
        config_text=config_text(),
    script:
        "../scripts/comparison_report.py"
