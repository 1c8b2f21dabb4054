"""A Slurm cluster of two nodes on this machine: munge, a controller and two node daemons.

Everything listens on 127.0.0.1 and lives in one folder, but for two things that Slurm insists on:
its configuration lies in /etc/slurm, since Snakemake's plugin takes SLURM_CONF out of the jobs'
environment, and munge's socket lies in /run/munge.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ETC = Path("/etc/slurm")
FILES = {"slurm.conf", "gres.conf"}
DAEMONS = ("munged", "slurmctld", "slurmd", "sbatch", "runuser")
NODES = ("n1", "n2")

SLURM_CONF = """\
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=16817
AuthType=auth/munge
AuthInfo=cred_expire=10
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={base}/state
SlurmdSpoolDir={base}/spool.%n
SlurmctldPidFile={base}/run/slurmctld.pid
SlurmdPidFile={base}/run/slurmd.%n.pid
SlurmctldLogFile={base}/log/slurmctld.log
SlurmdLogFile={base}/log/slurmd.%n.log
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
# A killed job's processes are found by their group; orphans would escape a search by parents.
ProctrackType=proctrack/pgid
TaskPlugin=task/none
# Memory is sampled every two seconds, and a job that takes more than it asked for is killed.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,sched_min_interval=0,bf_interval=2,batch_sched_delay=0
# A node that was set down stays down until it is resumed.
ReturnToService=1
SlurmdParameters=config_overrides
# squeue has to know finished jobs for longer than Snakemake takes to ask.
MinJobAge=3600
KillWait=5
SlurmdTimeout=300
GresTypes=gpu
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=17001 CPUs=2 RealMemory=6000 Gres=gpu:1
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=17002 CPUs=2 RealMemory=6000
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE DefMemPerCPU=500 State=UP
PartitionName=gpu Nodes=n1 Default=NO MaxTime=60 DefMemPerCPU=500 State=UP
"""
GRES_CONF = "NodeName=n1 Name=gpu File=/dev/null\n"


def missing() -> str:
    """Why no cluster can be started here, or nothing."""
    if os.geteuid() != 0:
        return "starting Slurm's daemons needs root"
    absent = [name for name in DAEMONS if shutil.which(name) is None]
    if absent:
        return f"Slurm is not installed here (no {', '.join(absent)})"
    if (ETC / "slurm.conf").exists():
        return f"this machine has a Slurm of its own ({ETC}/slurm.conf)"
    return ""


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout.strip()


def wait_for(what: str, ready, seconds: float = 60.0):
    """Ask until `ready` gives something true, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ready():
            return answer
        time.sleep(0.5)
    raise TimeoutError(f"waited {seconds:.0f} s for {what}")


class Cluster:
    """The daemons; a context manager that stops every one it started."""

    def __init__(self) -> None:
        # Munge, a user of its own, has to reach its files in it.
        self.base = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.base.chmod(0o755)

    def __enter__(self) -> "Cluster":
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._cancel_jobs()
        for name in ("slurmd.n1", "slurmd.n2", "slurmctld", "munged"):
            self._stop(self.base / "run" / f"{name}.pid")
        for name in FILES:
            (ETC / name).unlink(missing_ok=True)
        shutil.rmtree(self.base)

    def _start(self) -> None:
        for name in ("state", "run", "log", "spool.n1", "spool.n2"):
            (self.base / name).mkdir(parents=True)
        ETC.mkdir(exist_ok=True)
        (ETC / "slurm.conf").write_text(SLURM_CONF.format(base=self.base))
        (ETC / "gres.conf").write_text(GRES_CONF)
        self._start_munge()
        run("slurmctld")
        self.start_node("n1")
        self.start_node("n2")
        wait_for("two idle nodes", lambda: self.states("main") == ["idle", "idle"])

    def _start_munge(self) -> None:
        """Munge refuses to start where others could read its key or change its folders."""
        folder = self.base / "munge"
        folder.mkdir()
        key = folder / "munge.key"
        key.write_bytes(os.urandom(128))
        Path("/run/munge").mkdir(exist_ok=True)
        for path in (folder, key, Path("/run/munge")):
            shutil.chown(path, "munge", "munge")
        key.chmod(0o400)
        folder.chmod(0o700)
        pid = folder / "munged.pid"
        options = [f"--key-file={key}", f"--pid-file={pid}", f"--seed-file={folder / 'seed'}"]
        run("runuser", "-u", "munge", "--", "munged", "--force", *options,
            f"--log-file={folder / 'log'}")  # fmt: skip
        (self.base / "run" / "munged.pid").symlink_to(pid)

    def _cancel_jobs(self) -> None:
        """Jobs would outlive the daemons."""
        try:
            run("scancel", "--user=root")
            wait_for("the jobs' end", lambda: not run("squeue", "--noheader"), 30)
        except (AssertionError, FileNotFoundError, TimeoutError):
            pass  # the controller never came up, or a job holds out: the daemons end all the same

    def _stop(self, pid_file: Path) -> None:
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text())
        try:
            os.kill(pid, signal.SIGTERM)
            wait_for("a daemon's end", lambda: not Path(f"/proc/{pid}").exists(), 20)
        except ProcessLookupError:
            pass
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)

    def start_node(self, node: str) -> None:
        run("slurmd", "-N", node)

    def stop_node(self, node: str) -> None:
        self._stop(self.base / "run" / f"slurmd.{node}.pid")

    def states(self, partition: str) -> list[str]:
        return run("sinfo", "-h", "-N", "-p", partition, "-o", "%T").split()
