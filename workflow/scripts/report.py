"""Write the HTML report with `snakemake --report`."""

import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, run

from vaesweep.errors import UserError
from vaesweep.files import scratch_folder, write_whole
from vaesweep.running.jobs import Snakemake, logging_to


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]) as log, scratch_folder() as folder:
        # The configuration in use, including --config and --configfile.
        config = folder / "config.yaml"
        config.write_text(snakemake.params.config_text, encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "--snakefile", snakemake.params.snakefile]
        # No lock, because the Snakemake that runs this job has it.
        command += ["--configfile", str(config), "--nolock"]
        command += [*snakemake.params.storage, "--report", snakemake.output[0]]
        command += ["--report-stylesheet", snakemake.input.style]
        # The text of the report includes this path, even if results are kept elsewhere.
        summary = Path("results/comparison/summary.rst")
        if not summary.exists() or not summary.samefile(snakemake.input.summary):
            write_whole(summary, Path(snakemake.input.summary).read_bytes())
        done = run(command, check=False, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, text=True)
        log.info("%s\n%s", " ".join(command), done.stdout)
        if done.returncode:
            raise UserError(
                f"snakemake --report failed with status {done.returncode}; "
                f"its output is in {snakemake.log[0]}"
            )


main(snakemake)  # type: ignore[name-defined]
