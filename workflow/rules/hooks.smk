# What is checked and said before the first job, and said after the last.
import time
from collections import Counter
from contextlib import suppress

from snakemake.exceptions import WorkflowError

from vaesweep.running.messages import closing, errors_since, opening
from vaesweep.files import write_json
from vaesweep.running.preflight import lacking, of_the_future
from vaesweep.running.provenance import record

PLANNED = Counter()
BEGAN = time.time()
# Whose end is worth the closing words.
VERDICTS = {"choose", "submission", "comparison_report", "explorer", "report_tables", "report"}


def requested(resource):
    """The values of a resource that jobs about to run ask for."""
    jobs = workflow.dag.needrun_jobs()
    values = (job.resources.get(resource) for job in jobs if not job.is_local)
    return {name for value in values if value for name in str(value).replace(",", " ").split()}


# A job that asks for what the machine or the cluster lacks would fail late, or wait for ever.
onstart:
    PLANNED.update(job.name for job in workflow.dag.needrun_jobs() if job.name != "all")
    executor = workflow.executor_plugin.name
    missing = lacking(
        executor,
        workflow.executor_settings,
        trains_on_cuda=config["training"]["device"] == "cuda"
        and any(name.startswith("train") for name in PLANNED),
        partitions=requested("slurm_partition"),
        accounts=requested("slurm_account"),
    )
    missing += of_the_future(path for job in workflow.dag.jobs for path in job.input)
    if missing:
        raise WorkflowError("nothing was started:\n" + "\n".join(missing))
    with suppress(UserError):  # a full disk is told by the first job
        write_json("results/sweep.json", record(ROOT, config_text()))
    print(opening(config, PLANNED, workflow.cores if executor == "local" else None), flush=True)


onsuccess:
    if VERDICTS & set(PLANNED):
        kept = workflow.storage_settings.default_storage_prefix
        said = f"Results lie in {kept}." if STORAGE else closing(config["netid"])
        print(said, flush=True)


onerror:
    print("\n".join(errors_since(BEGAN)), file=sys.stderr, flush=True)
