import shlex


def storage_arguments():
    """What tells a Snakemake of one's own where results are kept."""
    if not STORAGE:
        return []
    to_jobs = workflow.spawned_job_args_factory
    words = [to_jobs.get_default_storage_provider_args(), *to_jobs.get_storage_provider_args()]
    return shlex.split(" ".join(words))


# `snakemake --report` of the finished workflow. No conda: it needs Snakemake itself.
rule report:
    input:
        rules.submission.output,
        rules.comparison_report.output,
        rules.explorer.output,
        rules.report_tables.output,
        summary=rules.report_tables.output.summary,
        texts=sorted(map(workflow_file, ROOT.glob("workflow/report/*.rst"))),
        style=workflow_file("workflow/report/style.css"),
    output:
        "results/report.html",
    log:
        "results/logs/report/log.log",
    localrule: True
    handover: True
    params:
        *code("report.py"),
        snakefile=workflow_file(workflow.main_snakefile),
        config_text=config_text(),
        storage=storage_arguments(),
    script:
        "../scripts/report.py"
