"""A copy of the project in which a test can run sweeps as a user does."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
COPIED = ("Snakefile", "config.yaml", "envs", "profiles", "workflow", "Makefile")


@dataclass
class Checkout:
    """A copy of the project's files, without its results."""

    folder: Path

    def configure(self, **sections: Any) -> None:
        """Change sections of config.yaml; the data are shared with the real checkout."""
        path = self.folder / "config.yaml"
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name, value in ({"dataset": {"dir": str(ROOT / "data")}} | sections).items():
            config[name] = (config[name] | value) if isinstance(value, dict) else value
        path.write_text(yaml.safe_dump(config), encoding="utf-8")

    def snakemake(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run snakemake of this environment and return what it said, stderr in stdout."""
        done = subprocess.run(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=self.folder,
            env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout[-6000:]
        return done

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


def copy_checkout(folder: Path) -> Checkout:
    """Copy the project to `folder`."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    return Checkout(folder)


def copy_of(finished: Checkout, folder: Path) -> Checkout:
    """Copy a finished sweep with its times and Snakemake's memory."""
    shutil.copytree(finished.folder, folder, symlinks=True)
    return Checkout(folder)
