"""A copy of the project in which a test runs sweeps as a user does."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

ROOT = Path(__file__).parents[1]
COPIED = ("Snakefile", "config.yaml", "envs", "profiles", "workflow", "Makefile")
SNAKEMAKE = (sys.executable, "-m", "snakemake")
# For programs whose stderr is read together with their stdout.
OUTPUT = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
T = TypeVar("T")


@dataclass
class Checkout:
    """A copy of the project's files."""

    folder: Path

    def configure(self, **sections: Any) -> None:
        """Change sections of config.yaml; the other keys of a section stay as they are."""
        path = self.folder / "config.yaml"
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name, value in sections.items():
            config[name] = (config[name] | value) if isinstance(value, dict) else value
        path.write_text(yaml.safe_dump(config), encoding="utf-8")

    def snakemake(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Snakemake in a fork of a process that has imported it (forked_python.py)."""
        return self.run(os.environ["FORKED_PYTHON"], "-m", "snakemake", *arguments, check=check)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; its stdout has its stderr as well."""
        done = subprocess.run(
            command, cwd=self.folder, env=environment(), text=True, check=False, **OUTPUT
        )
        assert not check or done.returncode == 0, done.stdout[-6000:]
        return done

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, as a terminal does."""
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment(),
            text=True,
            start_new_session=True,
            **OUTPUT,
        )

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


def environment() -> dict[str, str]:
    """The environment variables, with this Python's commands first on PATH."""
    return os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def copy_checkout(folder: Path) -> Checkout:
    """Copy the project without its results to `folder`; it reads the same data."""
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    checkout = Checkout(folder)
    checkout.configure(dataset={"dir": str(ROOT / "data")})
    return checkout


def copy_of(finished: Checkout, folder: Path) -> Checkout:
    """Copy a sweep with its results, their times and Snakemake's records."""
    shutil.copytree(finished.folder, folder, symlinks=True)
    return Checkout(folder)


def copy_results(finished: Checkout, checkout: Checkout, *names: str) -> None:
    """Copy files and folders of results/ with their times, so that they count as made."""
    for name in names:
        source, target = finished / f"results/{name}", checkout / f"results/{name}"
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def errors_in(output: str) -> list[str]:
    """The errors of jobs in what Snakemake prints, where the end of a failed job's log is shown."""
    return re.findall(r"^ *(?:\d\d:\d\d:\d\d )?(error: .*)$", output, re.MULTILINE)


def wait_for(condition: Callable[[], T], seconds: float = 120) -> T:
    """Return the first value of `condition` that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise TimeoutError(f"waited {seconds:.0f} s")
