"""Sweeps that keep their results in another folder, or on an S3 server."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from checkout import ROOT, Checkout, copy_results, wait_for
from small_sweep import EXACT, JUDGED, PDF, job_counts, prepare

pytestmark = pytest.mark.workflow
PORT = 5017
ADDRESS = f"http://127.0.0.1:{PORT}"
# A scheduler whose jobs start in an empty folder: they share nothing but the storage.
SUBMIT = """#!/bin/bash
node=$(mktemp -d {nodes}/XXXXXX)
cp "${{@: -1}}" $node/job.sh
cd $node
bash job.sh > out.log 2>&1 < /dev/null
echo $? > ended
echo $node
"""
STATUS = "#!/bin/bash\n[ $(cat $1/ended) = 0 ] && echo success || echo failed\n"
# Copies a folder to the bucket, or the bucket to a folder.
COPY = """
import boto3, pathlib, sys
address, direction, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
bucket = boto3.resource("s3", endpoint_url=address, **keys).create_bucket(Bucket="sweeps")
if direction == "upload":
    for path in sorted(folder.rglob("*.*")):
        bucket.upload_file(path, str(path.relative_to(folder)))
else:
    for object in bucket.objects.all():
        path = folder / object.key
        path.parent.mkdir(parents=True, exist_ok=True)
        bucket.download_file(object.key, path)
"""


@pytest.fixture(scope="module")
def plugins(tmp_path_factory) -> Path:
    """The packages of envs/storage.txt, in a folder of their own."""
    folder = tmp_path_factory.mktemp("storage") / "packages"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    pip += ["--target", str(folder), "--requirement", str(ROOT / "envs/storage.txt")]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"envs/storage.txt cannot be installed here: {done.stderr[-300:]}")
    return folder


@pytest.fixture(scope="module")
def storage(plugins):
    """Snakemake finds the plugins, and an S3 server runs on this machine."""

    def answers() -> bool:
        try:
            urlopen(ADDRESS).close()
        except URLError:
            return False
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(plugins))
        patch.setenv("SNAKEMAKE_STORAGE_S3_ENDPOINT_URL", ADDRESS)
        patch.setenv("SNAKEMAKE_STORAGE_S3_ACCESS_KEY", "any")
        patch.setenv("SNAKEMAKE_STORAGE_S3_SECRET_KEY", "any")
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(PORT)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **quiet) as server:
            try:
                wait_for(answers)
                yield
            finally:
                server.terminate()


def copy_bucket(direction: str, folder: Path) -> None:
    """Copy the bucket of the S3 server: "upload" from or "download" to a folder."""
    subprocess.run([sys.executable, "-c", COPY, ADDRESS, direction, str(folder)], check=True)


@pytest.mark.parametrize("provider", ["fs", "s3"])
def test_a_storage_has_the_results_that_a_folder_has(provider, storage, finished, mnist, tmp_path):
    if provider == "fs" and not shutil.which("rsync"):
        pytest.skip("snakemake-storage-plugin-fs copies with rsync, which is not installed here")
    checkout = prepare(tmp_path / "project", mnist)
    place = tmp_path / "storage/one"
    copy_results(finished, Checkout(place), *JUDGED)
    prefix = str(place)
    if provider == "s3":
        prefix = "s3://sweeps/one"
        copy_bucket("upload", tmp_path / "storage")
    options = ("--default-storage-provider", provider, "--default-storage-prefix", prefix)
    output = checkout.snakemake("--cores", "2", *options, "--", "all", "report").stdout
    assert f"in {prefix}." in output
    if provider == "s3":
        copy_bucket("download", tmp_path / "storage")
    results = place / "results"

    exact = [path for path in (finished / "results").rglob("*") if path.name in EXACT]
    assert len(exact) == 4 * 3 + 2
    for path in [*exact, finished / PDF, finished / "results/comparison/differences.csv"]:
        assert path.read_bytes() == (place / path.relative_to(finished.folder)).read_bytes(), path
    for name in ("comparison/explorer.html", "comparison/comparison_report.pdf", "report.html"):
        assert (results / name).stat().st_size > 20_000
    assert job_counts(results) == job_counts(finished / "results")
    report = (results / "report.html").read_text(encoding="utf-8")
    for part in ("is the chosen run", "SHA-256", r"same_digit\.png"):
        assert re.search(part, report)
    assert "Nothing to be done" in checkout.snakemake("-n", *options, "--", "all").stdout
    left = {path.name for path in (checkout / "results").rglob("*") if path.is_file()}
    assert left == {"summary.rst", "sweep.json"}


def test_a_job_that_shares_no_folder_trains_the_same_model(storage, finished, mnist, tmp_path):
    checkout = prepare(tmp_path / "project", mnist)
    checkout.run("git", "init", "-q")
    checkout.run("git", "add", "-A")
    author = ("-c", "user.email=a@b", "-c", "user.name=a")
    checkout.run("git", *author, "commit", "-qm", "all")
    (tmp_path / "nodes").mkdir()
    for name, text in (("submit", SUBMIT.format(nodes=tmp_path / "nodes")), ("status", STATUS)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    model = "results/runs/vae/latent-2/seed-0/model.safetensors"
    checkout.snakemake(
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
    copy_bucket("download", tmp_path / "storage")
    stored = tmp_path / "storage/two"
    assert (stored / model).read_bytes() == (finished / model).read_bytes()
    [log] = (stored / "results/logs/train").iterdir()
    assert "no disk is shared with this job" in log.read_text()
