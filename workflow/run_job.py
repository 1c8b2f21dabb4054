"""Run one job of a sweep in this process, so that breakpoints and an IDE's debugger work.

    python workflow/run_job.py score variant=vae latent_size=16
    python -m pdb workflow/run_job.py train variant=vae latent_size=2 seed=0

Run it in the sweep's folder. The rule's script gets the real `snakemake` object, reads the job's
inputs, which must exist, and writes its outputs and its log. Snakemake does not record the job: its
next run may plan again what depends on those outputs.
"""

import argparse
import runpy
import sys
from pathlib import Path

from snakemake.api import SnakemakeApi, WorkflowApi
from snakemake.jobs import Job
from snakemake.script import Snakemake
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    OutputSettings,
    Quietness,
    ResourceSettings,
)

WORKFLOW = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description="Run one job of a sweep outside Snakemake.")
    parser.add_argument("rule", help="name of the rule, such as score")
    parser.add_argument("wildcards", nargs="*", help="such as variant=vae latent_size=16")
    parser.add_argument("--configfile", nargs="+", type=Path, default=[], help="as for snakemake")
    arguments = parser.parse_args()
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow_api = api.workflow(
            ResourceSettings(cores=1),
            ConfigSettings(configfiles=arguments.configfile),
            snakefile=WORKFLOW.parent / "Snakefile",
        )
        workflow_api.dag(DAGSettings(targets={"all", "report"}))
        job = find_job(jobs_of(workflow_api), arguments.rule, set(arguments.wildcards))
        script = WORKFLOW / "scripts" / Path(job.rule.script).name
        runpy.run_path(str(script), {"snakemake": snakemake_object(job)}, run_name="__main__")


def jobs_of(workflow_api: WorkflowApi) -> list[Job]:
    """All jobs of the sweep, done or not. Snakemake has no public way to them."""
    workflow = workflow_api._workflow
    workflow._prepare_dag(forceall=False, ignore_incomplete=True, lock_warn_only=True)
    workflow._build_dag()
    return [job for job in workflow.dag.jobs if job.is_script]


def find_job(jobs: list[Job], rule: str, wildcards: set[str]) -> Job:
    """The job of a rule with these wildcards. Exits with one line if it cannot be run."""
    of_rule = [job for job in jobs if job.rule.name == rule]
    if not of_rule:
        names = sorted({job.rule.name for job in jobs})
        sys.exit(f"error: there is no rule {rule} in this sweep; there are: {', '.join(names)}")
    for job in of_rule:
        if wildcards_of(job) == wildcards:
            return job
    example = " ".join(sorted(wildcards_of(of_rule[0]))) or "none"
    sys.exit(f"error: rule {rule} has no job with these wildcards; one that it has: {example}")


def wildcards_of(job: Job) -> set[str]:
    """The wildcards of a job as they are given on the command line."""
    return {f"{name}={value}" for name, value in job.wildcards_dict.items()}


def snakemake_object(job: Job) -> Snakemake:
    """What Snakemake gives to the script of a job."""
    return Snakemake(
        job.input,
        job.output,
        job.params,
        job.wildcards,
        job.threads,
        job.resources,
        job.log,
        job.rule.workflow.config,
        job.rule.name,
        bench_iteration=None,
    )


if __name__ == "__main__":
    main()
