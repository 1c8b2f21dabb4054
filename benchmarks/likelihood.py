"""The likelihood of test digits, by 5,000 importance samples per image, and published ones.

`burda`: the VAE (k = 1) of Burda et al. 2016 (arXiv:1509.00519). Images are binarised once per
epoch; 784-200-200-50 with tanh, batches of 20, Adam with epsilon 1e-4, and a learning rate of
0.001 * 10^(-i/7) for 3^i epochs, i = 0 to 7: 3,280 epochs, scaled down to --epochs.

`mathieu`: the Euclidean VAE of Mathieu et al. 2019 (arXiv:1901.06033). Grey levels are Bernoulli
means, in training and in their likelihood, which therefore is not a likelihood in the strict sense;
it is measured on binarised images as well. 784-600 with ReLU, batches of 128, 80 epochs of Adam
(AMSGrad in their code) at 5e-4.

Layers and initialisation are this project's. With --ours, so are activation, optimiser and
schedule, with the published rate as its peak, on grey levels.
"""

import argparse
import logging
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from common import load_images, report, train_seeds, trained_model
from numpy.typing import NDArray
from torch import Tensor, nn

from vaesweep.data.splits import PIXELS
from vaesweep.training.model import VAE, Architecture, StackedLinear
from vaesweep.training.objectives import CrossEntropy, negative_elbo_terms

STAGES = 8
ELBO_SAMPLES = 10


def _staged_rate(share: float) -> float:
    stage = int(math.log(1 + share * (3**STAGES - 1), 3))
    return 1e-3 * 10 ** (-min(stage, STAGES - 1) / 7)


@dataclass(frozen=True)
class Recipe:
    """How a paper trains, and the NLL that it reports by latent size.

    `learning_rate` depends on the share of the training that is done, in [0, 1); `binarised` tells
    whether it trains on binary images instead of grey levels.
    """

    hidden: tuple[int, ...]
    activation: type[nn.Module]
    epochs: int
    batch_size: int
    learning_rate: Callable[[float], float]
    adam: dict[str, float | bool]
    binarised: bool
    published: dict[int, float]


RECIPES = {
    "burda": Recipe((200, 200), nn.Tanh, 3280, 20, _staged_rate, {"eps": 1e-4}, True, {50: 86.76}),
    # Only the value for latent size 2 was checked in the paper; the others are from memory.
    "mathieu": Recipe(
        (600,), nn.ReLU, 80, 128, lambda _: 5e-4, {"amsgrad": True}, False,
        {2: 144.5, 5: 114.7, 10: 100.2, 20: 97.6},
    ),
}  # fmt: skip


def train_as_published(
    recipe: Recipe, latent_size: int, images: NDArray[np.uint8], epochs: int, seed: int, device: str
) -> VAE:
    """Train this project's layers with the paper's activation and optimiser."""
    grey = torch.from_numpy(images.reshape(-1, PIXELS)).to(device).float() / 255
    model = VAE(Architecture("mlp", recipe.hidden, latent_size))
    for part in (model.encoder, model.decoder):
        for index, layer in enumerate(part):
            if not isinstance(layer, StackedLinear):
                part[index] = recipe.activation()
    model.initialise(0, torch.Generator().manual_seed(seed), grey.mean(0).cpu())
    model.to(device)
    optimiser = torch.optim.Adam(model.parameters(), fused=True, **recipe.adam)
    steps_per_epoch = len(grey) // recipe.batch_size
    steps = epochs * steps_per_epoch
    for step in range(steps):
        epoch, batch = divmod(step, steps_per_epoch)
        if batch == 0:
            order = torch.randperm(len(grey), device=device)
            logging.info("epoch %d", epoch)
        rows = order[batch * recipe.batch_size :][: recipe.batch_size]
        x = grey.index_select(0, rows).unsqueeze(0)
        x = torch.bernoulli(x) if recipe.binarised else x
        noise = torch.randn(1, len(rows), latent_size, device=device)
        reconstruction, kl = negative_elbo_terms(model, x, noise)
        optimiser.param_groups[0]["lr"] = recipe.learning_rate(step / steps)
        optimiser.zero_grad()
        (reconstruction + kl).sum().backward()
        optimiser.step()
    return model


@torch.no_grad()
def bounds(model: VAE, images: Tensor, samples: int) -> tuple[float, float]:
    """Burda et al.'s bound on the NLL, and the -ELBO from the same samples, in nats per image."""
    nll, neg_elbo, chunk = 0.0, 0.0, 500
    for image in images:
        x = image.expand(1, 1, PIXELS)
        mean, log_variance = model.encode(x)
        weights = []
        for first in range(0, samples, chunk):
            noise = torch.randn(1, min(chunk, samples - first), mean.shape[-1], device=x.device)
            code = mean + noise * torch.exp(0.5 * log_variance)
            likelihood = -CrossEntropy.apply(model.decode(code), x)
            # log p(z) - log q(z|x); the normalising constants cancel.
            ratio = 0.5 * (noise.square() + log_variance - code.square()).sum(-1)
            weights.append((likelihood + ratio).flatten())
        drawn = torch.cat(weights)
        nll -= (drawn.logsumexp(0) - math.log(samples)).item()
        neg_elbo -= drawn.mean().item()
    return nll / len(images), neg_elbo / len(images)


def measure(model: VAE, images: Tensor, count: int, samples: int) -> dict[str, float]:
    """-ELBO and NLL of all images.

    The NLL is that of the first `count` images, corrected by the difference in -ELBO.
    """
    _, neg_elbo = bounds(model, images, ELBO_SAMPLES)
    nll, neg_elbo_of_first = bounds(model, images[:count], samples)
    correction = neg_elbo - neg_elbo_of_first if count < len(images) else 0.0
    return {
        "neg_elbo": neg_elbo,
        "negative_log_likelihood": nll + correction,
        "corrected_by": correction,
    }


def main() -> None:
    """Train for the budget given and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", nargs="?", choices=RECIPES, default="burda")
    parser.add_argument("--ours", action="store_true", help="this project's trainer throughout")
    parser.add_argument("--latent-sizes", type=int, nargs="+", help="default: as published")
    parser.add_argument("--epochs", type=int, help="default: as published")
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--test-images", type=int, default=10_000, help="for the NLL")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    if arguments.device == "cpu":
        torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    recipe = RECIPES[arguments.recipe]
    epochs = arguments.epochs or recipe.epochs
    images, test_images = load_images()
    test = {"grey": torch.from_numpy(test_images.reshape(-1, PIXELS)).float() / 255}
    # One binarisation of the test set for all evaluations.
    test["binarised"] = torch.bernoulli(test["grey"], generator=torch.Generator().manual_seed(0))

    results = []
    for latent_size in arguments.latent_sizes or recipe.published:
        started = time.process_time()
        precision = "float32"
        if arguments.ours:
            shape = Architecture("mlp", recipe.hidden, latent_size)
            values = {"epochs": epochs, "batch_size": recipe.batch_size}
            values |= {"beta": 1, "learning_rate": recipe.learning_rate(0)}
            [run] = train_seeds(shape, values, (arguments.seed,), images, arguments.device)
            model, precision = trained_model(run, shape), run.facts["precision"]
        else:
            model = train_as_published(
                recipe, latent_size, images, epochs, arguments.seed, arguments.device
            )
        result = {"latent_size": latent_size, "published": recipe.published.get(latent_size)}
        result |= {"precision": precision, "train_cpu_seconds": time.process_time() - started}
        for kind in ("binarised",) if recipe.binarised else ("grey", "binarised"):
            model, test_images = model.to(arguments.device), test[kind].to(arguments.device)
            result[kind] = measure(model, test_images, arguments.test_images, arguments.samples)
        result["cpu_seconds"] = time.process_time() - started
        logging.info("%s", result)
        results.append(result)
    report("likelihood", **vars(arguments) | {"epochs": epochs}, results=results)


if __name__ == "__main__":
    main()
