rule explorer:
    input:
        settings=rules.compare.output.settings,
        chosen=rules.choose.output.chosen,
        pairs=rules.draw_pairs.output.pairs,
        test=rules.fetch_data.output.test,
        references=rules.draw_references.output.references,
        models=trained_runs("model.safetensors"),
        pair_scores=trained_runs("pair_scores.csv"),
        judges=judges("safetensors"),
        templates=expand(TEMPLATE, name=["explorer.html", "columns.yaml"]),
        code=code("explorer.py"),
    output:
        shown(f"{COMPARISON}/explorer.html", "Results", {"document": "interpolation explorer"}),
    log:
        "results/logs/explorer/log.log",
    benchmark:
        "results/benchmarks/explorer/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        dataset=DATASET.name,
        path=config["interpolation"]["path"],
        steps=config["interpolation"]["steps"],
    script:
        "../scripts/explorer.py"


rule report_tables:
    input:
        settings=rules.compare.output.settings,
        runs=rules.compare.output.runs,
        chosen=rules.choose.output.chosen,
        same=every_run("same_digit.png"),
        different=every_run("different_digits.png"),
        score=rules.plot_comparison.output.score_by_latent_size,
        strip=rules.plot_comparison.output.verdict,
        templates=SENTENCES + expand(TEMPLATE, name=["table.html", "table.css", "summary.rst"]),
        code=code("report_tables.py"),
    output:
        settings=shown(
            f"{COMPARISON}/settings.html",
            "Tables",
            {"table": f"{NAMES.noun}s", "as": "page"},
            "settings_table",
        ),
        runs=shown(
            f"{COMPARISON}/runs.html", "Tables", {"table": "runs", "as": "page"}, "runs_table"
        ),
        cost=shown(f"{COMPARISON}/cost.html", "Cost", {"table": "time and memory"}, "cost_table"),
        summary=f"{COMPARISON}/summary.rst",
    log:
        "results/logs/report_tables/log.log",
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        dataset=DATASET.name,
        jobs=JOBS,
        documents={
            "submission PDF": str(rules.submission.output),
            "comparison report": str(rules.comparison_report.output),
            "interpolation explorer": str(rules.explorer.output),
        },
    script:
        "../scripts/report_tables.py"


# `snakemake --report` of the finished workflow. No conda: it needs Snakemake itself.
rule report:
    input:
        rules.submission.output,
        rules.comparison_report.output,
        rules.explorer.output,
        rules.report_tables.output,
        texts=sorted(map(own, ROOT.glob("workflow/report/*.rst"))),
        style=own("workflow/report/style.css"),
        code=code("report.py"),
    output:
        "results/report.html",
    log:
        "results/logs/report/log.log",
    localrule: True
    handover: True
    params:
        snakefile=own(workflow.main_snakefile),
        config_text=config_text(),
    script:
        "../scripts/report.py"
