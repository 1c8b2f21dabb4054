"""The sweep in unusual folders, for unusual users, at unusual times."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT, SNAKEMAKE, copy_of
from small_sweep import prepare, remove

from vaesweep.files import read_json

pytestmark = pytest.mark.workflow
ODD_NAME = "Prüf stand (1), it's odd"
DOCUMENTS = ("submission/netid_HW9.pdf", "comparison/comparison_report.pdf", "report.html")
# The least of everything: one run, one latent variable, one hidden unit, one step of a path.
SMALLEST = {
    "sweep": {"seeds": [0], "latent_sizes": [1]},
    "model": {"hidden": [1]},
    "interpolation": {"steps": 1},
    "scoring": {"importance_samples": 1},
}
# This user has no name, may read what Python consists of, and write only to files of its own.
NOBODY = 54321
AS_NOBODY = (
    f"setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "
    "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search --"
).split()


# What a shell may have set: none of it decides anything.
SHELL = {
    "GIT_DIR": "/nowhere",
    "HOME": "/dev/full",
    "MPLBACKEND": "module://nowhere",
    "PYTHONHOME": "/nowhere",
    "PYTHONPATH": ".",
    "PYTHONWARNINGS": "error",
    "SOURCE_DATE_EPOCH": "1",
    "TZ": "Asia/Kolkata",
}
# Without UTF-8 in Python either, unlike a POSIX locale alone.
ASCII = ("env", "LC_ALL=POSIX", "PYTHONUTF8=0", "PYTHONCOERCECLOCALE=0", "HOME=/dev/full")
UNSET = [f"--unset={name}" for name in ("HOME", "LANG", "LOGNAME", "MAKEFLAGS", "USER")]


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder that every user can enter, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="odd-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


def modes_of(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in files_in(folder)}


def test_a_path_of_500_characters_with_spaces_and_umlauts(mnist, base):
    checkout = prepare(base / "/".join([ODD_NAME] * 21), mnist)
    checkout.snakemake("--cores", "1", "results/pairs.csv")
    assert modes_of(checkout / "results") == {0o644}


def leave_behind(folder: Path, *names: str) -> None:
    """Leave what Jupyter and Emacs do in a folder, where these files may be open."""
    (folder / ".ipynb_checkpoints").mkdir()
    for name in names:
        (folder / f".#{name}").symlink_to("me@here.1:2")
        (folder / f"{name}~").write_bytes(b"\xff")


class OddPlace:
    """A read-only checkout, and the folder of a study that belongs to another user than root.

    The user has no home, a POSIX locale and a umask that hides its files from others.
    """

    def __init__(self, base: Path, mnist) -> None:
        self.checkout = prepare(base / ODD_NAME, mnist, **SMALLEST)
        (self.checkout / ".venv").symlink_to(ROOT / ".venv")
        self.study = base / "study, größer"
        self.study.mkdir()
        for name in ("config.yaml", "images"):
            (self.checkout / name).rename(self.study / name)
        leave_behind(self.checkout / "workflow/templates", "listing.typ", "columns.yaml")
        leave_behind(self.checkout / "workflow/report", "verdict.rst")
        leave_behind(self.checkout / "workflow/scripts", "score.py")
        leave_behind(self.checkout / "profiles/default", "config.yaml")
        for name in ("random", "numpy", "torch"):
            (self.checkout / f"{name}.py").write_text("raise ImportError('not Python's')")
        self.user = NOBODY if os.geteuid() == 0 else os.geteuid()
        for path in [self.study, *self.study.rglob("*")]:
            os.chown(path, self.user, -1)
        for path in [self.checkout.folder, *self.checkout.folder.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)

    def make(self, **variables: str) -> str:
        """Run `make` with these variables, and return what it prints."""
        user = AS_NOBODY if os.geteuid() == 0 else []
        given = [f"{name}={value}" for name, value in variables.items()]
        command = ["make", "CORES=2", f"STUDY={self.study}"]
        umask = os.umask(0o077)
        try:
            return self.checkout.run(*user, "env", *UNSET, "LC_ALL=POSIX", *given, *command).stdout
        finally:
            os.umask(umask)

    def take_figures(self) -> dict[Path, bytes]:
        """Remove all figures and the submission; return their content."""
        results = self.study / "results"
        paths = [*results.rglob("*.svg"), *results.rglob("*.png"), results / DOCUMENTS[0]]
        content = {path: path.read_bytes() for path in paths}
        for path in paths:
            path.unlink()
        return content

    def set_clock_back(self) -> None:
        """Give all files times in the future, as if the clock were an hour slow from now on."""
        later = time.time() + 3600
        for path in self.study.rglob("*"):
            os.utime(path, (later, later), follow_symlinks=False)


def test_the_smallest_sweep_by_make_in_an_odd_place(mnist, base):
    if not (ROOT / ".venv/folder").exists():
        pytest.skip("`make` has set up no environment here")
    place = OddPlace(base, mnist)
    before = files_in(place.checkout.folder)
    place.make()
    results = place.study / "results"
    for name in DOCUMENTS:
        assert (results / name).stat().st_size > 40_000
    report = (results / "report.html").read_text(encoding="utf-8")
    assert "How well do the codes of custom interpolate?" in report, "the text of another folder"
    assert read_json(results / "chosen.json")["candidates"] == 1
    assert modes_of(results) == {0o600}
    assert {path.stat().st_uid for path in files_in(results)} == {place.user}
    assert files_in(place.checkout.folder) == before

    # The same bytes in a hostile shell, whose study has own modules and a matplotlibrc.
    figures = place.take_figures()
    for name in ("random", "numpy", "torch"):
        shutil.copy(place.checkout / f"{name}.py", place.study)
    (place.study / "matplotlibrc").write_text("text.color: white\nsavefig.bbox: tight\n")
    place.make(**SHELL)
    assert place.take_figures() == figures

    place.set_clock_back()
    place.make()
    assert (results / DOCUMENTS[0]).exists()
    assert "Nothing to be done" in place.make()


def test_a_terminal_of_ascii_and_a_home_without_room(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    remove(checkout, "chosen.json")
    said = checkout.run(*ASCII, *SNAKEMAKE, "--cores", "1", "results/chosen.json").stdout
    assert re.search(r"^ +4 +\\u2212\d\.\d+ ", said, re.M), "the settings, with escapes"


def test_touch_says_nothing_of_the_sweep(finished, tmp_path):
    checkout = copy_of(finished, tmp_path / "project")
    made = (checkout / "results/sweep.json").read_bytes()
    said = checkout.snakemake("--cores", "1", "--touch", "--forceall", "all").stdout
    assert "steps (100%) done" in said and "jobs to run" not in said and "mean score" not in said
    assert (checkout / "results/sweep.json").read_bytes() == made
