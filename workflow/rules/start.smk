# Before anything else is read: the package on the path, the folder joined, config.yaml looked at.
import sys
from pathlib import Path

ROOT = Path(workflow.basedir)
sys.path.append(str(ROOT / "workflow" / "scripts"))

import vaesweep

# Jobs would run the one and Snakemake follow edits to the other.
INSTALLED = Path(vaesweep.__file__).parent
if not INSTALLED.samefile(ROOT / "workflow" / "scripts" / "vaesweep"):
    sys.exit(
        f"error: this environment has a vaesweep in {INSTALLED}, which "
        f"hides the one of {ROOT}; run `python -m pip uninstall vaesweep`, or install the checkout "
        f"itself with `python -m pip install --no-deps --editable '{ROOT}'`"
    )

from vaesweep.errors import UserError
from vaesweep.running.config_file import check_config_file
from vaesweep.running.jobs import announce, join_folder

# Only the Snakemake that somebody started: its helpers on a cluster's nodes may not see its lock.
FOLDER = join_folder(Path(".snakemake"), Path("results")) if workflow.is_main_process else None
announce()

# Without config.yaml, one named by --configfile may hold everything.
if Path("config.yaml").exists() or not workflow.config_settings.configfiles:
    try:
        check_config_file(Path("config.yaml"))
    except UserError as error:
        sys.exit(f"error: {error}")
