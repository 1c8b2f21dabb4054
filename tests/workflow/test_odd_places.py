"""The sweep in unusual folders, for unusual users, at unusual times."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from small_sweep import prepare

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
# This user may read what root's Python consists of, and write only to files of its own.
NOBODY = 65534
AS_NOBODY = (
    f"setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "
    "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search --"
).split()


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
        self.user = NOBODY if os.geteuid() == 0 else os.geteuid()
        for path in [self.study, *self.study.rglob("*")]:
            os.chown(path, self.user, -1)
        for path in [self.checkout.folder, *self.checkout.folder.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)

    def make(self) -> str:
        """Run `make`, and return what it prints."""
        unset = ["env", "--unset=HOME", "--unset=LANG", "--unset=MAKEFLAGS", "LC_ALL=POSIX"]
        command = ["make", "CORES=2", f"STUDY={self.study}"]
        user = AS_NOBODY if os.geteuid() == 0 else []
        umask = os.umask(0o077)
        try:
            return self.checkout.run(*user, *unset, *command).stdout
        finally:
            os.umask(umask)

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

    place.set_clock_back()
    (results / DOCUMENTS[0]).unlink()
    place.make()
    assert (results / DOCUMENTS[0]).exists()
    assert "Nothing to be done" in place.make()
