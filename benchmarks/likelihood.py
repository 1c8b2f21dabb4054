"""The likelihood of test digits against print: the VAE (k = 1) of Burda et al. 2016, NLL 86.76.

Their set-up (arXiv:1509.00519): images binarised anew each time they are seen, 784-200-200-50
with tanh, batches of 20, Adam with epsilon 1e-4, and a learning rate of 0.001 * 10^(-i/7) for 3^i
epochs, i = 0 to 7: 3,280 epochs. Here the eight stages are scaled to what --epochs allows. The NLL
is the bound of 5,000 importance samples an image.
"""

import argparse
import math
import sys
import time

import torch
from common import load_images, report
from torch import Tensor, nn

from vaesweep.data.splits import PIXELS
from vaesweep.training.model import VAE, Architecture, StackedLinear, negative_elbo_terms

STAGES = 8
ARCHITECTURE = Architecture("mlp", (200, 200), 50)


def learning_rate_at(share: float) -> float:
    """The learning rate when `share` of the training, in [0, 1), is done."""
    stage = int(math.log(1 + share * (3**STAGES - 1), 3))
    return 1e-3 * 10 ** (-min(stage, STAGES - 1) / 7)


def tanh_model(mean_image: Tensor, seed: int) -> VAE:
    """Their network, with this project's layers and initialisation."""
    model = VAE(ARCHITECTURE)
    for part in (model.encoder, model.decoder):
        for index, layer in enumerate(part):
            if not isinstance(layer, StackedLinear):
                part[index] = nn.Tanh()
    model.initialise(0, torch.Generator().manual_seed(seed), mean_image)
    return model


@torch.no_grad()
def negative_log_likelihood(model: VAE, images: Tensor, samples: int) -> float:
    """Burda et al.'s bound with `samples` samples, nats per image; images (N, 784) of 0 and 1."""
    total, chunk = 0.0, 500
    for image in images:
        x = image.expand(1, 1, PIXELS)
        mean, log_variance = model.encode(x)
        weights = []
        for first in range(0, samples, chunk):
            count = min(chunk, samples - first)
            noise = torch.randn(1, count, ARCHITECTURE.latent_size, device=x.device)
            code = mean + noise * torch.exp(0.5 * log_variance)
            logits = model.decode(code)
            likelihood = (x * logits - nn.functional.softplus(logits)).sum(-1)
            # log p(z) - log q(z|x); the normalising constants are the same and drop out.
            ratio = 0.5 * (noise.square() + log_variance - code.square()).sum(-1)
            weights.append((likelihood + ratio).flatten())
        total -= (torch.cat(weights).logsumexp(0) - math.log(samples)).item()
    return total / len(images)


def main() -> None:
    """Train for the budget given and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=3280)
    parser.add_argument("--batch-size", type=int, default=20)
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--test-images", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    if device.type == "cpu":
        torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)

    images, test_images = load_images()
    grey = torch.from_numpy(images.reshape(-1, PIXELS)).to(device).float() / 255
    model = tanh_model(grey.mean(0).cpu(), arguments.seed).to(device)
    optimiser = torch.optim.Adam(model.parameters(), eps=1e-4, fused=True)
    steps_per_epoch = len(grey) // arguments.batch_size
    steps = arguments.epochs * steps_per_epoch
    started = time.perf_counter()
    for step in range(steps):
        epoch, batch = divmod(step, steps_per_epoch)
        if batch == 0:
            order = torch.randperm(len(grey), device=device)
            print(f"epoch {epoch}, {time.perf_counter() - started:.0f} s", file=sys.stderr)
        rows = order[batch * arguments.batch_size :][: arguments.batch_size]
        x = torch.bernoulli(grey.index_select(0, rows)).unsqueeze(0)
        noise = torch.randn(1, len(rows), ARCHITECTURE.latent_size, device=device)
        reconstruction, kl = negative_elbo_terms(model, x, noise)
        optimiser.param_groups[0]["lr"] = learning_rate_at(step / steps)
        optimiser.zero_grad()
        (reconstruction + kl).sum().backward()
        optimiser.step()
    seconds = time.perf_counter() - started

    # One binarisation of the test set for all evaluations.
    test = torch.from_numpy(test_images.reshape(-1, PIXELS)).float() / 255
    test = torch.bernoulli(test, generator=torch.Generator().manual_seed(0))
    test = test[: arguments.test_images].to(device)
    with torch.no_grad():
        noise = torch.randn(1, len(test), ARCHITECTURE.latent_size, device=device)
        terms = negative_elbo_terms(model, test.unsqueeze(0), noise)
    report(
        "likelihood",
        **vars(arguments),
        train_seconds=seconds,
        neg_elbo=sum(term.item() for term in terms),
        negative_log_likelihood=negative_log_likelihood(model, test, arguments.samples),
        in_print=86.76,
    )


if __name__ == "__main__":
    main()
