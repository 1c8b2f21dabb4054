"""Results that are damaged: the job that reads one names it in one line, and what to do."""

import pytest
from checkout import copy_of

pytestmark = pytest.mark.faults
RUN = "runs/vae/latent-4/seed-1"


def cut(content: bytes) -> bytes:
    return content[: 2 * len(content) // 3]


def empty(_: bytes) -> bytes:
    return b""


def without_a_row(content: bytes) -> bytes:
    return b"\n".join(content.split(b"\n")[:-2]) + b"\n"


# What is damaged, how, what reads it, and what is said.
DAMAGE = {
    "frames cut": (f"{RUN}/interpolations.npz", cut, f"{RUN}/pair_scores.csv", "not a readable"),
    "frames empty": (f"{RUN}/interpolations.npz", empty, f"{RUN}/metrics.json", "not a readable"),
    "model cut": (f"{RUN}/model.safetensors", cut, f"{RUN}/interpolations.npz", "not a readable"),
    "model empty": (f"{RUN}/model.safetensors", empty, f"{RUN}/metrics.json", "not a readable"),
    "judge cut": ("judges/seed-0.safetensors", cut, f"{RUN}/metrics.json", "not a readable judge"),
    "scores cut": (f"{RUN}/pair_scores.csv", cut, "comparison/runs.csv", "cut short in its last"),
    "scores empty": (f"{RUN}/pair_scores.csv", empty, "comparison/runs.csv", "not a readable CSV"),
    "scores of other pairs": (
        f"{RUN}/pair_scores.csv",
        without_a_row,
        "comparison/runs.csv",
        "its rows are not those of results/pairs.csv",
    ),
    "references cut": ("references.npz", cut, f"{RUN}/metrics.json", "not a readable"),
    "scores of references cut": (
        "reference_scores.csv",
        cut,
        "comparison/controls.csv",
        "cut short in its last line",
    ),
    "metrics cut": (f"{RUN}/metrics.json", cut, "comparison/runs.csv", "not a readable JSON"),
    "metrics of nothing": (f"{RUN}/metrics.json", lambda _: b"{}", "comparison/runs.csv", "lacks"),
    "chosen cut": ("chosen.json", cut, "submission/netid_HW9.pdf", "not a readable JSON object"),
    "chosen empty": ("chosen.json", empty, "comparison/controls.csv", "not a readable JSON object"),
    "pairs cut": ("pairs.csv", cut, f"{RUN}/interpolations.npz", "cut short in its last line"),
    "pairs fewer": ("pairs.csv", without_a_row, f"{RUN}/metrics.json", "expected uint8"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_result_is_named(finished, tmp_path, name):
    damaged, change, target, said = DAMAGE[name]
    checkout = copy_of(finished, tmp_path / "project")
    path = checkout / "results" / damaged
    path.write_bytes(change(path.read_bytes()))
    # Alone, as if what comes between had been made: a damaged file may pass through several jobs.
    rule = ["--allowed-rules", RULES[target.rsplit("/")[-1]], "--", f"results/{target}"]
    done = checkout.snakemake("--cores", "1", "--force", *rule, check=False)
    assert done.returncode != 0
    errors = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    named = "results/runs" if name == "pairs fewer" else f"results/{damaged}"
    assert len(errors) == 1 and errors[0].startswith(f"error: {named}"), done.stdout[-3000:]
    assert said in errors[0] and errors[0].endswith("Delete it and rerun; it will be regenerated.")
    assert "Traceback" not in done.stdout


RULES = {
    "pair_scores.csv": "score",
    "metrics.json": "score",
    "interpolations.npz": "interpolate",
    "runs.csv": "compare",
    "netid_HW9.pdf": "submission",
    "controls.csv": "score_controls",
}
