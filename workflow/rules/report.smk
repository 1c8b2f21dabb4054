# `snakemake --report` of the finished workflow. No conda: it needs Snakemake itself.
rule report:
    input:
        rules.submission.output,
        rules.comparison_report.output,
        rules.explorer.output,
        rules.report_tables.output,
        summary=rules.report_tables.output.summary,
        texts=sorted(map(own, ROOT.glob("workflow/report/*.rst"))),
        style=own("workflow/report/style.css"),
    output:
        "results/report.html",
    log:
        "results/logs/report/log.log",
    localrule: True
    handover: True
    params:
        *code("report.py"),
        snakefile=own(workflow.main_snakefile),
        config_text=config_text(),
        storage=storage_arguments(),
    script:
        "../scripts/report.py"
