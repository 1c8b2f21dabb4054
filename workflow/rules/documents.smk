PAPER = config["submission"]["paper"]
COMPARISON = "results/comparison"
TEMPLATES = [
    f"workflow/templates/{name}"
    for name in ("comparison_report.typ", "listing.typ", "sources.yaml")
]

# Figures of the comparison, in the order in which the report shows them.
FIGURES = [
    "gain_by_latent_size",
    "display_rows",
    "best_and_worst",
    "differences",
    "quality_parts",
    "controls",
    "neg_elbo_and_gain",
    "training_curves",
]


rule submission:
    input:
        chosen=rules.choose.output.chosen,
        interpolations=every_run("interpolations.npz"),
        pairs=rules.draw_pairs.output.pairs,
        shown=submitted_code,
        templates=TEMPLATES,
        code=code("submission.py"),
    output:
        report(
            f"results/submission/{config['netid']}_HW9.pdf",
            category="Results",
            caption="../report/submission.rst",
            labels={"document": "submission"},
        ),
    log:
        "results/logs/submission/log.log",
    benchmark:
        "results/benchmarks/submission/all.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        netid=config["netid"],
        paper=PAPER,
        include_code=config["submission"]["code"],
        config_text=config_text(),
    script:
        "../scripts/submission.py"


rule plot_comparison:
    input:
        runs=rules.compare.output.runs,
        latent_sizes=rules.compare.output.latent_sizes,
        differences=rules.compare.output.differences,
        controls=rules.score_controls.output.controls,
        chosen=rules.choose.output.chosen,
        pairs=rules.draw_pairs.output.pairs,
        pair_scores=every_run("pair_scores.csv"),
        histories=every_run("history.csv"),
        interpolations=every_run("interpolations.npz"),
        code=code("plot_comparison.py"),
    output:
        **{
            name: report(
                f"{COMPARISON}/figures/{name}.svg",
                category="Comparison",
                caption=f"../report/{name}.rst",
                labels={"figure": name.replace("neg_elbo", "−ELBO").replace("_", " ")},
            )
            for name in FIGURES
        },
    log:
        "results/logs/plot_comparison/log.log",
    benchmark:
        "results/benchmarks/plot_comparison/all.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        dataset=config["dataset"]["name"],
    script:
        "../scripts/plot_comparison.py"


rule explorer:
    input:
        latent_sizes=rules.compare.output.latent_sizes,
        chosen=rules.choose.output.chosen,
        pairs=rules.draw_pairs.output.pairs,
        test=rules.fetch_data.output.test,
        models=every_run("model.safetensors"),
        judges=judges("safetensors"),
        template="workflow/templates/explorer.html",
        code=code("explorer.py"),
    output:
        report(
            f"{COMPARISON}/explorer.html",
            category="Results",
            caption="../report/explorer.rst",
            labels={"document": "interpolation explorer"},
        ),
    log:
        "results/logs/explorer/log.log",
    benchmark:
        "results/benchmarks/explorer/all.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        dataset=config["dataset"]["name"],
    script:
        "../scripts/explorer.py"


rule comparison_report:
    input:
        runs=rules.compare.output.runs,
        latent_sizes=rules.compare.output.latent_sizes,
        chosen=rules.choose.output.chosen,
        figures=rules.plot_comparison.output,
        judges=judges("json"),
        agreement=rules.compare.output.judges,
        trainings=every_run("training.json"),
        templates=TEMPLATES,
        code=code("comparison_report.py"),
    output:
        report(
            f"{COMPARISON}/comparison_report.pdf",
            category="Results",
            caption="../report/comparison_report.rst",
            labels={"document": "comparison report"},
        ),
    log:
        "results/logs/comparison_report/log.log",
    benchmark:
        "results/benchmarks/comparison_report/all.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        benchmarks="results/benchmarks",
        config_text=config_text(),
        paper=PAPER,
    script:
        "../scripts/comparison_report.py"


rule report_tables:
    input:
        sizes=rules.compare.output.latent_sizes,
        runs=rules.compare.output.runs,
        chosen=rules.choose.output.chosen,
        figures=every_run("same_digit.png") + every_run("different_digits.png"),
        gain=rules.plot_comparison.output.gain_by_latent_size,
        style="workflow/report/table.css",
        code=code("report_tables.py"),
    output:
        sizes=report(
            f"{COMPARISON}/latent_sizes.html",
            category="Comparison",
            caption="../report/latent_sizes_table.rst",
            labels={"figure": "table of latent sizes"},
        ),
        runs=report(
            f"{COMPARISON}/runs.html",
            category="Comparison",
            caption="../report/runs_table.rst",
            labels={"figure": "table of runs"},
        ),
        cost=report(
            f"{COMPARISON}/cost.html",
            category="Cost",
            caption="../report/cost_table.rst",
            labels={"table": "time and memory"},
        ),
        summary=f"{COMPARISON}/summary.rst",
    log:
        "results/logs/report_tables/log.log",
    conda:
        "../../envs/vaesweep.yaml"
    params:
        benchmarks="results/benchmarks",
        submission=rules.submission.output[0],
        comparison_report=rules.comparison_report.output[0],
        explorer=rules.explorer.output[0],
    script:
        "../scripts/report_tables.py"


# `snakemake --report` of the finished workflow. No conda: it needs Snakemake itself.
rule report:
    input:
        rules.submission.output,
        rules.comparison_report.output,
        rules.explorer.output,
        rules.report_tables.output,
        texts=sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("workflow/report/*.rst")),
        style="workflow/report/style.css",
        code=code("report.py"),
    output:
        "results/report.html",
    log:
        "results/logs/report/log.log",
    handover: True
    params:
        snakefile=str(Path(workflow.main_snakefile).relative_to(ROOT)),
        config_text=config_text(),
    script:
        "../scripts/report.py"
