"""What made a document: commit, configuration, versions, command and machine."""

import hashlib
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

VERSIONED = ("torch", "numpy", "scipy", "pandas", "matplotlib", "snakemake", "typst", "pypdf")


def source_of(folder: Path, config_text: str) -> dict[str, str]:
    """The commit of the checkout in a folder and the hash of a configuration: no times, no places.

    Of a checkout that differs from its commit it says so; without Git the commit is unknown.
    """
    commit = _git(folder, "rev-parse", "--short=12", "HEAD") or "unknown"
    if commit != "unknown" and _git(folder, "status", "--porcelain", "--untracked-files=no"):
        commit += ", with changed files"
    digest = hashlib.sha256(config_text.encode()).hexdigest()[:12]
    return {"commit": commit, "configuration": f"SHA-256 {digest}"}


def versions() -> dict[str, str]:
    """Of Python and of what numbers and pages depend on."""
    found = {"Python": platform.python_version()}
    for package in VERSIONED:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def record(folder: Path, config_text: str) -> dict[str, Any]:
    """What sweep.json holds: `source_of`, and when, where and how jobs were last run."""
    when_and_where = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join(["snakemake", *sys.argv[1:]]),  # not where it lies
        "host": platform.node(),
        "versions": versions(),
    }
    return source_of(folder, config_text) | when_and_where


def _git(folder: Path, *arguments: str) -> str:
    """What Git prints; nothing where it fails or is not there."""
    try:
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
