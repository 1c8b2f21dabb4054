"""Trainings request enough memory, and not many times what they need."""

from types import SimpleNamespace

import pytest

from vaesweep.running.memory import training_megabytes, training_memory

AROUND_MB = 400  # Snakemake's processes around a training


def sections(architecture="mlp", hidden=(400, 400), batch_size=256):
    model = {"architecture": architecture, "hidden": list(hidden)}
    return {"model": model, "training": {"batch_size": batch_size}}


@pytest.mark.parametrize(
    ("variant", "latent_size", "seeds", "measured"),
    [
        (sections(), 64, 1, 592),
        (sections(), 1024, 1, 843),
        (sections(hidden=(2048, 2048)), 64, 2, 1091),
        (sections(batch_size=30_000), 32, 1, 2031),
        (sections("conv", (400,), 4096), 32, 1, 1628),
    ],
)
def test_the_estimate_covers_what_was_measured(variant, latent_size, seeds, measured):
    """Peak MB of two steps on 60,000 images, PyTorch 2.14 on a CPU; of acai for large batches."""
    needed = measured + AROUND_MB
    assert needed < training_megabytes(variant, latent_size, seeds) < 3 * needed


def test_a_training_that_is_tried_again_requests_more():
    memory = training_memory({"vae": sections()}, seeds=1)
    run = SimpleNamespace(variant="vae", latent_size="64")
    assert memory(run, attempt=1) == training_megabytes(sections(), 64, 1)
    assert memory(run, attempt=3) == 3 * memory(run, attempt=1)
