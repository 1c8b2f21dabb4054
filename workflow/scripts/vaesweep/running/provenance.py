"""What made a document: commit, configuration, versions, command and machine."""

import hashlib
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "numpy", "scipy", "pandas", "matplotlib", "snakemake", "typst", "pypdf")


def source_of(folder: Path, config_text: str) -> dict[str, str]:
    """The commit of the checkout in a folder and the hash of a configuration; no times or paths.

    A checkout with uncommitted changes is marked as such. The commit is unknown without Git, and in
    a folder that is no checkout, even if another repository surrounds it.
    """
    commit = _git(folder, "rev-parse", "--short=12", "HEAD") or "unknown"
    if commit != "unknown" and _git(folder, "status", "--porcelain", "--untracked-files=no"):
        commit += ", with changed files"
    digest = hashlib.sha256(config_text.encode()).hexdigest()[:12]
    return {"commit": commit, "configuration": f"SHA-256 {digest}"}


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that numbers and pages depend on."""
    found = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def record(folder: Path, config_text: str) -> dict[str, Any]:
    """The content of sweep.json: `source_of`, and when, where and how jobs were last run."""
    when_and_where = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join(["snakemake", *sys.argv[1:]]),  # without the program's path
        "host": platform.node(),
        "versions": versions(),
    }
    return source_of(folder, config_text) | when_and_where


def _git(folder: Path, *arguments: str) -> str:
    """The output of Git on the repository of this folder; empty if there is none, or no Git."""
    # In a hook, GIT_DIR and others are set for another repository.
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    environment["GIT_CEILING_DIRECTORIES"] = str(folder.resolve().parent)
    command = ["git", "-C", str(folder.resolve()), *arguments]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
