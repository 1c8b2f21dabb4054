import shlex

# The arguments by which Snakemake tells a process where results are kept.
STORAGE_ARGUMENTS = []
if STORAGE:
    arguments = workflow.spawned_job_args_factory
    STORAGE_ARGUMENTS += shlex.split(arguments.get_default_storage_provider_args())
    STORAGE_ARGUMENTS += shlex.split(" ".join(arguments.get_storage_provider_args()))


# Runs `snakemake --report` on the finished workflow. It has no conda environment, since it needs
# Snakemake itself.
rule report:
    input:
        rules.submission.output,
        rules.comparison_report.output,
        rules.explorer.output,
        rules.report_tables.output,
        summary=rules.report_tables.output.summary,
        texts=sorted(map(workflow_file, ROOT.glob("workflow/report/[a-z]*.rst"))),
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
        storage=STORAGE_ARGUMENTS,
    script:
        "../scripts/report.py"
