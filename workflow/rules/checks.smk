from snakemake.exceptions import WorkflowError

from vaesweep.running.preflight import has_nvidia_gpu, lacking_for_slurm


# Seconds of work each: on a cluster they run where Snakemake runs, unless a profile groups them. That
# is also where the data are fetched, since compute nodes often have no network.
localrules:
    fetch_data,
    draw_pairs,
    interpolate,
    score,
    compare,
    choose,
    score_controls,
    submission,
    plot_comparison,
    comparison_report,
    report_tables,
    explorer,
    report,


def requested(resource):
    """The values of a resource that jobs about to run ask for."""
    jobs = workflow.dag.needrun_jobs()
    values = (job.resources.get(resource) for job in jobs if not job.is_local)
    return {name for value in values if value for name in str(value).replace(",", " ").split()}


# A job that asks for what the machine or the cluster lacks would fail late, or wait for ever.
onstart:
    trains = any(job.name.startswith("train") for job in workflow.dag.needrun_jobs())
    cuda = config["training"]["device"] == "cuda"
    if workflow.executor_plugin.name == "local" and cuda and trains and not has_nvidia_gpu():
        raise WorkflowError(
            "training.device is cuda, but this machine has no NVIDIA GPU or no driver for it; "
            "set it to auto or cpu, or run where `nvidia-smi` lists a GPU"
        )
    if workflow.executor_plugin.name == "slurm":
        settings = workflow.executor_settings
        lacking = lacking_for_slurm(
            partitions=requested("slurm_partition"),
            accounts=requested("slurm_account"),
            status_command=settings.status_command,
            poll_seconds=settings.init_seconds_before_status_checks,
        )
        if lacking:
            raise WorkflowError("nothing was submitted to Slurm:\n" + "\n".join(lacking))
