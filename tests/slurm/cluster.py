"""A Slurm cluster of two nodes on this machine: munge, a controller and two node daemons.

Everything listens on 127.0.0.1 and keeps its files in one folder, with two exceptions. The
configuration is in /etc/slurm, because Snakemake's plugin removes SLURM_CONF from the environment
of jobs, and munge's socket is in /run/munge.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from checkout import wait_for

ETC = Path("/etc/slurm")
FILES = {"slurm.conf", "gres.conf"}
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "runuser")
NODES = ("n1", "n2")

SLURM_CONF = """\
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=16817
AuthType=auth/munge
# A requeued job starts after 10 s, not after 120 s.
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
# The processes of a killed job are found by their group. A search by parents would miss orphans.
ProctrackType=proctrack/pgid
TaskPlugin=task/none
# Memory is measured every two seconds. A job that takes more than it requested is killed.
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
# squeue has to remember finished jobs until Snakemake asks.
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


def why_not() -> str:
    """The reason why no cluster can be started here, or an empty text."""
    if os.geteuid() != 0:
        return "starting Slurm's daemons needs root"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"Slurm is not installed here (no {', '.join(absent)})"
    if (ETC / "slurm.conf").exists():
        return f"this machine has its own Slurm ({ETC}/slurm.conf)"
    return ""


def run(*command: str) -> str:
    """Run a command, and return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout.strip()


@dataclass
class Job:
    """A job with the fields that Slurm shows of it."""

    fields: dict[str, str]

    @property
    def name(self) -> str:
        return self.fields["JobId"]

    @property
    def rule(self) -> str:
        return self.fields["Comment"].removeprefix("rule_").split("_wildcards")[0]


def jobs() -> list[Job]:
    """Every job since the cluster was started; squeue would leave out finished ones."""
    lines = run("scontrol", "--oneliner", "show", "job").splitlines()
    fields = [dict(re.findall(r"([\w:/]+)=(\S*)", line)) for line in lines]
    return [Job(found) for found in fields if "JobId" in found]


class Cluster:
    """The daemons, as a context manager that stops each one that it started."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.base.chmod(0o755)  # munge runs as another user

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
            (self.base / name).mkdir()
        ETC.mkdir(exist_ok=True)
        (ETC / "slurm.conf").write_text(SLURM_CONF.format(base=self.base))
        (ETC / "gres.conf").write_text(GRES_CONF)
        self._start_munge()
        run("slurmctld")
        for node in NODES:
            run("slurmd", "-N", node)
        wait_for(self._all_nodes_are_idle)

    def _all_nodes_are_idle(self) -> bool:
        return run("sinfo", "-h", "-N", "-p", "main", "-o", "%T").split() == ["idle", "idle"]

    def _start_munge(self) -> None:
        """Munge does not start where others could read its key or change its folders."""
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
        (self.base / "run/munged.pid").symlink_to(pid)

    def _cancel_jobs(self) -> None:
        """Cancel all jobs, which would outlive the daemons."""
        try:
            run("scancel", "--user=root")
            wait_for(lambda: not run("squeue", "--noheader"), 30)
        except (AssertionError, FileNotFoundError, TimeoutError):
            pass  # the controller never started, or a job does not end: stop the daemons anyway

    def _stop(self, pid_file: Path) -> None:
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text())
        try:
            os.kill(pid, signal.SIGTERM)
            wait_for(lambda: not Path(f"/proc/{pid}").exists(), 20)
        except ProcessLookupError:
            pass
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
