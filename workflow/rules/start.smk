# Before anything else is read: the package on the path, the folder joined, config.yaml looked at.
import sys
from pathlib import Path

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
# Else another workflow has this one as a module: folder, hooks and report are its own.
STANDALONE = Path(workflow.main_snakefile).resolve() in {
    (ROOT / path).resolve() for path in ("Snakefile", "workflow/Snakefile")
}
sys.path.append(str(ROOT / "workflow" / "scripts"))

from snakemake.settings.types import SharedFSUsage

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
if STANDALONE and workflow.is_main_process:
    FOLDER = join_folder(Path(".snakemake"), Path("results"))
shared = SharedFSUsage.INPUT_OUTPUT in workflow.storage_settings.shared_fs_usage
announce(alone=workflow.remote_exec and not shared)

# Without config.yaml, one named by --configfile may hold everything.
if STANDALONE and (Path("config.yaml").exists() or not workflow.config_settings.configfiles):
    try:
        check_config_file(Path("config.yaml"))
    except UserError as error:
        sys.exit(f"error: {error}")
