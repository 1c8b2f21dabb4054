# What is checked and printed before the first job, and printed after the last.
from collections import Counter
from contextlib import suppress

from snakemake.exceptions import WorkflowError

from vaesweep.files import write_json
from vaesweep.running.messages import opening, say
from vaesweep.running.preflight import missing_folder, problems, reset_future_times
from vaesweep.running.provenance import record
from vaesweep.running.sweep import missing_frames
from vaesweep.running.terminal import take_over

PLANNED = Counter()
# Rules after which the summary is printed.
SUMMARISED = {"choose", "submission", "comparison_report", "explorer", "report_tables", "report"}


def last_words(rules):
    """What is printed at the end, if one of the rules makes what it speaks of."""
    if not SUMMARISED & set(rules):
        return ""
    from vaesweep.documents.closing import closing  # not at every start of Snakemake

    prefix = workflow.storage_settings.default_storage_prefix
    return f"Results are in {prefix}." if STORAGE else closing(config["netid"])


# A terminal without UTF-8 shows \u2212 for a minus sign, as stderr does; a notebook's is no file.
if hasattr(sys.stdout, "reconfigure"):
    sys.stdout.reconfigure(errors="backslashreplace")

for fault in missing_frames(config) if workflow.is_main_process else ():
    print(fault, file=sys.stderr)

if workflow.is_main_process and not (
    workflow.output_settings.dryrun
    or workflow.output_settings.verbose
    or {"--touch", "-t"} & set(sys.argv)
):
    take_over(up_to_date=lambda: last_words(job.name for job in workflow.dag.jobs))


# A job that needs what the machine or the cluster lacks would fail late, or wait forever.
onstart:
    if workflow.touch:
        return
    PLANNED.update(job.name for job in workflow.dag.needrun_jobs() if job.name != "all")
    executor = workflow.executor_plugin.name
    trains = any(name.startswith("train") for name in PLANNED)
    found = problems(
        executor,
        workflow.executor_settings,
        trains_on_cuda=trains and config["training"]["device"] == "cuda",
    )
    if "fetch_data" in PLANNED and not DATASET.sources:
        found += missing_folder(DATA_FOLDER, DATASET.md5)
    found += reset_future_times(path for job in workflow.dag.jobs for path in job.input)
    if found:
        raise WorkflowError("nothing was started:\n" + "\n".join(found))
    with suppress(UserError):  # on a full disk, the first job says so
        write_json("results/sweep.json", record(ROOT, config_text()))
    say(opening(config, PLANNED, workflow.cores if executor == "local" else None))


onsuccess:
    if words := last_words(PLANNED):
        say(words)
