# Before anything else is read: put the package on the path, join the folder, check config.yaml.
import sys
from pathlib import Path

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
# False if this is a module of another workflow, which is then in charge of folder and report.
STANDALONE = Path(workflow.main_snakefile).resolve() in {
    (ROOT / path).resolve() for path in ("Snakefile", "workflow/Snakefile")
}
# Snakemake puts the Snakefile's folder first, where a user's random.py would hide Python's.
sys.path = [path for path in sys.path if path not in (str(ROOT), str(ROOT / "workflow"))]
sys.path.append(str(ROOT / "workflow" / "scripts"))

from snakemake.settings.types import SharedFSUsage

import vaesweep

# With two copies, jobs would run the one while Snakemake tracks edits to the other.
INSTALLED = Path(vaesweep.__file__).parent
if not INSTALLED.samefile(ROOT / "workflow" / "scripts" / "vaesweep"):
    sys.exit(
        f"error: this environment has a vaesweep in {INSTALLED}, which "
        f"hides the one of {ROOT}; run `python -m pip uninstall vaesweep`, or install the checkout "
        f"itself with `python -m pip install --no-deps --editable '{ROOT}'`"
    )

from vaesweep.errors import UserError
from vaesweep.running.config_file import check_config_file
from vaesweep.running.jobs import announce
from vaesweep.running.lock import join_folder

# Only the Snakemake that the user started: on a cluster's nodes, others may not see its lock.
if STANDALONE and workflow.is_main_process:
    FOLDER = join_folder(Path(".snakemake"), Path("results"))
shared = SharedFSUsage.INPUT_OUTPUT in workflow.storage_settings.shared_fs_usage
announce(alone=workflow.remote_exec and not shared)

# Without config.yaml, a file given by --configfile may hold everything.
if STANDALONE and (Path("config.yaml").exists() or not workflow.config_settings.configfiles):
    try:
        check_config_file(Path("config.yaml"))
    except UserError as error:
        sys.exit(f"error: {error}")
