"""Damaged results: the job that reads one names the file in one line, and says what to do."""

import pytest
from checkout import copy_of, errors_in

from vaesweep.errors import UserError
from vaesweep.scoring.judges import load_judge
from vaesweep.training.model import load_model

pytestmark = pytest.mark.faults
RUN = "runs/vae/latent-4/seed-1"


def truncate(content: bytes) -> bytes:
    return content[: 2 * len(content) // 3]


def empty(_: bytes) -> bytes:
    return b""


def remove_a_row(content: bytes) -> bytes:
    return b"\n".join(content.split(b"\n")[:-2]) + b"\n"


@pytest.mark.parametrize(
    ("name", "damage", "rule", "target", "fault"),
    [
        (f"{RUN}/model.safetensors", truncate, "interpolate", f"{RUN}/interpolations.npz", "model"),
        (f"{RUN}/interpolations.npz", truncate, "score", f"{RUN}/metrics.json", "not a readable"),
        (f"{RUN}/pair_scores.csv", remove_a_row, "compare", "comparison/runs.csv", "its rows"),
        ("chosen.json", empty, "submission", "submission/netid_HW9.pdf", "not a readable JSON"),
    ],
)
def test_a_damaged_result_is_named(finished, tmp_path, name, damage, rule, target, fault):
    checkout = copy_of(finished, tmp_path / "project")
    path = checkout / f"results/{name}"
    path.write_bytes(damage(path.read_bytes()))
    done = checkout.snakemake(
        "--cores", "1", "--force", "--allowed-rules", rule, "--", f"results/{target}", check=False
    )
    [error] = errors_in(done.stdout)
    assert done.returncode != 0 and error.startswith(f"error: results/{name}") and fault in error
    assert error.endswith("Delete it and rerun; it will be regenerated.")
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize("damage", [truncate, empty])
@pytest.mark.parametrize(
    ("read", "name"),
    [(load_model, f"{RUN}/model.safetensors"), (load_judge, "judges/seed-0.safetensors")],
)
def test_damaged_weights_are_named(finished, tmp_path, read, name, damage):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(damage((finished / f"results/{name}").read_bytes()))
    with pytest.raises(UserError, match=r"weights\.safetensors: not a readable"):
        read(path)
