"""How much memory a training asks for, and errors for lack of it."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

# How PyTorch, CUDA's libraries and the system say that memory ran out, in lower case.
OUT_OF_MEMORY = (
    "out of memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "can't allocate memory",
    "cannot allocate memory",
)
PIXELS, IMAGES = 784, 60_000
BYTES_PER_NUMBER = 4
PROCESSES_MB = 1100  # Python with PyTorch and the images, and the Snakemake processes around it
COPIES_OF_PARAMETERS = 6  # with gradients, Adam's moments and temporary copies
CONVOLUTION_UNITS = 24_000  # numbers that the convolutional layers make of an image


def lacks_memory(error: BaseException) -> bool:
    """Whether an error means that memory ran out, on the GPU or the CPU."""
    message = str(error).lower()
    return isinstance(error, MemoryError) or any(words in message for words in OUT_OF_MEMORY)


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its type if it has none."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def training_megabytes(sections: Mapping[str, Any], latent_size: int, seeds: int) -> int:
    """A generous estimate of the memory for a training of so many seeds.

    `sections` are the variant's `model` and `training`. The estimate covers the objective that
    needs the most; a job that needs more is tried again, and then requests twice as much.
    """
    model = sections["model"]
    widths = [PIXELS, *model["hidden"], 2 * latent_size]
    parameters = 2 * sum(first * second for first, second in pairwise(widths))
    units_per_image = 15 * PIXELS + 6 * sum(model["hidden"]) + 8 * latent_size
    if model["architecture"] != "mlp":
        units_per_image += 3 * CONVOLUTION_UNITS
    step = sections["training"]["batch_size"] * units_per_image
    masks_of_an_epoch = IMAGES * PIXELS // BYTES_PER_NUMBER  # of dae, a byte for each pixel
    noise_of_an_epoch = 2 * IMAGES * latent_size + masks_of_an_epoch
    numbers = COPIES_OF_PARAMETERS * parameters + step + noise_of_an_epoch
    return PROCESSES_MB + seeds * BYTES_PER_NUMBER * numbers // 10**6


def training_memory(variants: Mapping[str, Any], seeds: int) -> Callable[[Any, int], int]:
    """The resource `mem_mb` of a training: its estimate, and more each time it is tried again."""

    def megabytes(wildcards: Any, attempt: int) -> int:
        latent_size = int(wildcards.latent_size)
        return attempt * training_megabytes(variants[wildcards.variant], latent_size, seeds)

    return megabytes
