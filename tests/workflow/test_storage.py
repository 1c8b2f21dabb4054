"""Sweeps whose results are kept elsewhere: in another folder, and on an S3 server."""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from checkout import ROOT, Checkout, copy_checkout
from small_sweep import EXACT, lay_out

pytestmark = pytest.mark.workflow
PORT = 5017
ADDRESS = f"http://127.0.0.1:{PORT}"
# A scheduler whose jobs begin in an empty folder: they share nothing but the storage.
SUBMIT = """#!/bin/bash
node=$(mktemp -d {nodes}/XXXXXX)
cp "${{@: -1}}" $node/job.sh
cd $node
bash job.sh > out.log 2>&1 < /dev/null
echo $? > ended
echo $node
"""
STATUS = "#!/bin/bash\n[ $(cat $1/ended) = 0 ] && echo success || echo failed\n"
DOCUMENTS = ("submission/netid_HW9.pdf", "comparison/explorer.html", "report.html")


@pytest.fixture(scope="module")
def extras(tmp_path_factory) -> Path:
    """The packages of envs/storage.txt, in a folder of their own."""
    folder = tmp_path_factory.mktemp("storage") / "packages"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    pip += ["--target", str(folder), "--requirement", str(ROOT / "envs/storage.txt")]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"envs/storage.txt cannot be installed here: {done.stderr[-300:]}")
    return folder


@pytest.fixture(scope="module")
def elsewhere(extras):
    """Snakemake sees the plugins, and an S3 server on loopback."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(extras))
        patch.setenv("SNAKEMAKE_STORAGE_S3_ENDPOINT_URL", ADDRESS)
        patch.setenv("SNAKEMAKE_STORAGE_S3_ACCESS_KEY", "any")
        patch.setenv("SNAKEMAKE_STORAGE_S3_SECRET_KEY", "any")
        server = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(PORT)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(server, **quiet) as running:
            for _ in range(60):
                try:
                    urlopen(ADDRESS).close()
                    break
                except URLError:
                    time.sleep(1)
            yield
            running.terminate()


def prepare(folder: Path, mnist) -> Checkout:
    """A sweep of 2 latent sizes and 2 seeds on few images."""
    checkout = copy_checkout(folder)
    lay_out(folder / "own", mnist, classes=3)
    checkout.configure(
        dataset={"name": "custom", "dir": "own"},
        sweep={"seeds": [0, 1], "latent_sizes": [2, 4]},
        model={"hidden": [16]},
        training={"epochs": 1, "batch_size": 60, "device": "cpu"},
        scoring={"pairs_per_kind": 10, "judge_seeds": [0], "bootstrap": 100},
    )
    return checkout


@pytest.fixture(scope="module")
def at_home(tmp_path_factory, mnist) -> Checkout:
    """The sweep whose results lie in its folder."""
    checkout = prepare(tmp_path_factory.mktemp("home") / "project", mnist)
    checkout.snakemake("--cores", "2", "all")
    return checkout


def fetched(provider: str, prefix: str, folder: Path) -> Path:
    """What a storage keeps, as a folder."""
    if provider == "s3":
        copy = (
            "import boto3, pathlib, sys\n"
            "bucket = boto3.resource('s3', endpoint_url=sys.argv[1], region_name='us-east-1',"
            " aws_access_key_id='any', aws_secret_access_key='any').Bucket('sweeps')\n"
            "for kept in bucket.objects.all():\n"
            "    path = pathlib.Path(sys.argv[2], kept.key)\n"
            "    path.parent.mkdir(parents=True, exist_ok=True)\n"
            "    bucket.download_file(kept.key, path)\n"
        )
        subprocess.run([sys.executable, "-c", copy, ADDRESS, str(folder)], check=True)
        return folder / "one/results"
    return Path(prefix) / "results"


@pytest.mark.parametrize("provider", ["fs", "s3"])
def test_a_storage_holds_what_one_folder_holds(provider, elsewhere, at_home, mnist, tmp_path):
    if provider == "fs" and not shutil.which("rsync"):
        pytest.skip("snakemake-storage-plugin-fs copies with rsync, which is not installed here")
    project = prepare(tmp_path / "project", mnist)
    prefix = {"fs": str(tmp_path / "kept"), "s3": "s3://sweeps/one"}[provider]
    kept_there = ("--default-storage-provider", provider, "--default-storage-prefix", prefix)
    said = project.snakemake("--cores", "2", *kept_there, "--", "all", "report").stdout
    assert f"Results are in {prefix}." in said
    results, home = fetched(provider, prefix, tmp_path / "fetched"), at_home / "results"
    exact = [path for path in home.rglob("*") if path.name in (*EXACT, "differences.csv")]
    assert len(exact) == 4 * 3 + 3
    for path in [*exact, home / "submission/netid_HW9.pdf"]:
        assert path.read_bytes() == (results / path.relative_to(home)).read_bytes(), path
    for name in DOCUMENTS:
        assert (results / name).stat().st_size > 20_000
    cost = (results / "comparison/cost.html").read_text(encoding="utf-8")
    assert " of " not in cost.split("<tbody>")[1].split("</tbody>")[0]  # no job is missed
    report = (results / "report.html").read_text(encoding="utf-8")
    for part in ("is the run to show", "SHA-256", "same_digit.png"):
        assert part in report
    assert "Nothing to be done" in project.snakemake("-n", *kept_there, "--", "all").stdout
    left = [path for path in (project / "results").rglob("*") if path.is_file()]
    assert {path.name for path in left} == {"summary.rst", "sweep.json"}


def test_a_job_in_a_folder_of_its_own_trains_what_the_storage_keeps(
    elsewhere, at_home, mnist, tmp_path
):
    project = prepare(tmp_path / "project", mnist)
    for command in ("init -q", "add -A", "-c user.email=a@b -c user.name=a commit -qm all"):
        subprocess.run(["git", *command.split()], cwd=project.folder, check=True)
    (tmp_path / "nodes").mkdir()
    for name, text in (("submit", SUBMIT.format(nodes=tmp_path / "nodes")), ("status", STATUS)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    model = "results/runs/vae/latent-2/seed-0/model.safetensors"
    project.snakemake(
        "--executor", "cluster-generic", "--jobs", "1", "--local-cores", "1",
        "--cluster-generic-submit-cmd", str(tmp_path / "submit"),
        "--cluster-generic-status-cmd", str(tmp_path / "status"),
        "--seconds-between-status-checks", "1",
        "--shared-fs-usage", "none", "--job-deploy-sources",
        "--default-storage-provider", "s3", "--default-storage-prefix", "s3://sweeps/two",
        "--", model,
    )  # fmt: skip
    [node] = (tmp_path / "nodes").iterdir()
    assert (node / "workflow/scripts/train.py").exists()
    kept = fetched("s3", "", tmp_path / "fetched").parents[1] / "two"
    assert (kept / model).read_bytes() == (at_home / model).read_bytes()
    [log] = (kept / "results/logs/train").iterdir()
    assert "if it is killed, its training starts anew" in log.read_text()
