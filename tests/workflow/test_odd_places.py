"""The sweep in odd places, for odd users, at odd times: one oddity alone, then all at once."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from checkout import ROOT, copy_checkout

from vaesweep.data.idx import FILES, idx_bytes

pytestmark = pytest.mark.workflow
NOBODY = 65534
# Nobody may read what root's Python lies in, and write nothing but its own.
AS_NOBODY = (
    f"setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "
    "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search --"
).split()
OTHER_FOLDER = "other folder, größer"


@dataclass(frozen=True)
class Odd:
    """What is unusual about a place, a user and a time."""

    folder: str = "project"  # the name of the checkout
    user: bool = False  # not root
    read_only: bool = False  # the checkout, with --directory elsewhere
    environment: dict[str, str | None] = field(default_factory=dict)
    umask: int = 0o022
    ahead: float = 0  # seconds that the clock jumped back after the data were fetched


ODD = {
    "a folder with spaces and umlauts": Odd(folder="Prüf stand (1), it's odd"),
    "a path of 500 characters": Odd(folder="/".join(["a folder in a long path"] * 21)),
    "a user that is not root": Odd(user=True),
    "a read-only checkout": Odd(user=True, read_only=True),
    "LC_ALL=POSIX": Odd(environment={"LC_ALL": "POSIX", "LANG": None}),
    "HOME unset": Odd(environment={"HOME": None}),
    "umask 077": Odd(umask=0o077),
    "a clock that jumped back": Odd(ahead=3600),
}
ALL = Odd(
    "Prüf stand (1), it's odd", True, True, {"LC_ALL": "POSIX", "HOME": None}, 0o077, ahead=3600
)


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


def write_images(folder: Path, mnist) -> None:
    """The first images of MNIST as a data set of one's own, which is quickly read."""
    folder.mkdir()
    for split, count in (("train", 600), ("test", 400)):
        for name, values in zip(FILES[split], mnist[split], strict=True):
            (folder / name).write_bytes(idx_bytes(values[:count]))


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder that any user can reach, as pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="odd-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


class Place:
    """A checkout and the folder in which its sweep runs, as odd as asked for."""

    def __init__(self, odd: Odd, base: Path, mnist) -> None:
        self.odd = odd
        self.home = base / "home"
        self.home.mkdir()
        self.checkout = copy_checkout(base / odd.folder)
        self.checkout.configure(
            dataset={"name": "custom", "dir": "bilder"},
            sweep={"seeds": [0], "latent_sizes": [2]},
            model={"hidden": [16]},
            training={"epochs": 1, "batch_size": 60, "device": "cpu"},
            scoring={
                "pairs_per_kind": 10,
                "judge_seeds": [0],
                "bootstrap": 100,
                "importance_samples": 1,
            },
        )
        self.folder = self.checkout.folder
        if odd.read_only:
            self.folder = base / OTHER_FOLDER
            self.folder.mkdir()
            (self.checkout / "config.yaml").rename(self.folder / "config.yaml")
        write_images(self.folder / "bilder", mnist)
        if odd.user and os.geteuid() == 0:
            for path in [self.home, self.folder, *self.folder.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
        if odd.read_only:
            for path in [self.checkout.folder, *self.checkout.folder.rglob("*")]:
                path.chmod(path.stat().st_mode & ~0o222)

    def run(self, *command: str) -> str:
        """Run a command in the checkout and return what it said."""
        own = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "MAKEFLAGS": "",
        }
        environment = os.environ | own | self.odd.environment
        done = subprocess.run(
            [*(AS_NOBODY if self.odd.user and os.geteuid() == 0 else []), *command],
            cwd=self.checkout.folder,
            env={name: value for name, value in environment.items() if value is not None},
            umask=self.odd.umask,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def snakemake(self, *arguments: str) -> str:
        where = ["--directory", str(self.folder)] if self.odd.read_only else []
        return self.run("snakemake", "--cores", "2", *where, "--", *arguments)

    def jump_back(self) -> None:
        """What was made so far becomes of the future."""
        then = time.time() + self.odd.ahead
        for path in self.folder.rglob("*"):
            os.utime(path, (then, then), follow_symlinks=False)


def check(place: Place, before: Iterable[Path]) -> None:
    """The results are the user's own, as private as asked for, and nothing else was written."""
    made = files_below(place.folder / "results")
    assert {path.stat().st_mode & 0o777 for path in made} == {0o666 & ~place.odd.umask}
    owner = NOBODY if place.odd.user and os.geteuid() == 0 else os.geteuid()
    assert {path.stat().st_uid for path in made} == {owner}
    if place.odd.read_only:
        assert files_below(place.checkout.folder) == set(before)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_first_result_with_one_oddity(odd, mnist, base):
    place = Place(odd, base, mnist)
    before = files_below(place.checkout.folder)
    if odd.ahead:
        place.snakemake("results/data/custom/test.npz")
        place.jump_back()
    place.snakemake("results/pairs.csv")
    check(place, before)
    if odd.ahead:
        assert "Nothing to be done" in place.snakemake("results/pairs.csv")


def test_every_document_with_all_oddities_at_once(mnist, base):
    """By `make`, in an environment that is ready."""
    if not (ROOT / ".venv/folder").exists():
        pytest.skip("`make` has set up no environment here")
    place = Place(ALL, base, mnist)
    place.checkout.folder.chmod(0o755)
    (place.checkout / ".venv").symlink_to(ROOT / ".venv")
    place.checkout.folder.chmod(0o555)
    before = files_below(place.checkout.folder)
    place.run("make", "CORES=2", f"STUDY={place.folder}")
    documents = "submission/netid_HW9.pdf", "comparison/comparison_report.pdf", "report.html"
    for name in documents:
        assert (place.folder / "results" / name).stat().st_size > 50_000
    # Made from another folder, the report has its text and the texts of its pictures.
    report = (place.folder / "results/report.html").read_text(encoding="utf-8")
    assert "How well do the codes of custom interpolate?" in report
    check(place, before)
    place.jump_back()
    (place.folder / "results" / documents[0]).unlink()
    place.run("make", "CORES=2", f"STUDY={place.folder}")
    assert (place.folder / "results" / documents[0]).exists()
    assert "Nothing to be done" in place.run("make", "CORES=2", f"STUDY={place.folder}")
