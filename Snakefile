# Trains VAEs over seeds and latent sizes, scores how well their codes interpolate, shows the best.
#
#   snakemake --cores 8          the submission PDF, the comparison report and everything for them
#   snakemake --cores 8 report   results/report.html as well
#
# config.yaml defines the sweep; workflow/schemas/config.schema.yaml describes its keys.

from snakemake.utils import min_version

min_version("9.13.5")


include: "workflow/rules/start.smk"


configfile: "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/interpolate.smk"
include: "workflow/rules/score.smk"
include: "workflow/rules/external.smk"
include: "workflow/rules/choose.smk"
include: "workflow/rules/documents.smk"
include: "workflow/rules/html_report.smk"


if STANDALONE:

    report: "workflow/report/workflow.rst"

    include: "workflow/rules/report.smk"
    include: "workflow/rules/hooks.smk"


rule all:
    default_target: STANDALONE
    input:
        rules.submission.output,
        rules.comparison_report.output,
        rules.explorer.output,
        rules.report_tables.output,
        rules.score_controls.output,
        # Files of every run as well, so that deleted ones are regenerated.
        every_run("same_digit.png"),
        every_run("different_digits.png"),
        every_run("metrics.json"),
