"""The networks of a variational autoencoder, as a stack of members.

Every parameter has a leading axis of members: independent models of the same shape that are trained
side by side, each on its own batches. A single model is a stack of one, for which a batched product
costs the same as a plain one.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from vaesweep.data.splits import PIXELS, SIDE, Images
from vaesweep.files import reading, write_whole

CHANNELS = (16, 32)
# Of the posterior. The prior's is 0 and learned ones hardly exceed 3. Without a bound, one image
# reached 31, and its KL, exponential in the log-variance, set the training back by epochs.
MAX_LOG_VARIANCE = 4.0
# Images encoded or decoded at once without gradients: enough for speed, little memory.
CHUNK = 2000


@dataclass(frozen=True)
class Architecture:
    """What determines the shape of every parameter."""

    kind: str  # one of ARCHITECTURES
    hidden: tuple[int, ...]  # widths of the encoder's dense hidden layers; the decoder mirrors them
    latent_size: int  # number of latent variables


class StackedLinear(nn.Module):
    """A linear layer for each member: (members, batch, inputs) to (members, batch, outputs)."""

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(members, inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(members, 1, outputs))
        self.fan_in = inputs

    def forward(self, x: Tensor) -> Tensor:
        """Apply each member's weights to its batch."""
        return torch.baddbmm(self.bias, x, self.weight)


class StackedConvolution(nn.Module):
    """A 4x4 convolution of stride 2 for each member, as one grouped convolution.

    Maps (members, batch, channels, side, side); halves the side, or doubles it if transposed.
    """

    def __init__(self, members: int, inputs: int, outputs: int, *, transposed: bool) -> None:
        super().__init__()
        shape = (members, inputs, outputs, 4, 4) if transposed else (members, outputs, inputs, 4, 4)
        self.weight = nn.Parameter(torch.empty(shape))
        self.bias = nn.Parameter(torch.zeros(members, outputs))
        # In a transposed convolution of stride 2, only 4 of the 16 taps reach each output pixel.
        self.fan_in = inputs * (4 if transposed else 16)
        self.transposed = transposed

    def forward(self, x: Tensor) -> Tensor:
        """Convolve each member's batch with its kernels."""
        members, batch, channels, side, _ = x.shape
        grouped = x.transpose(0, 1).reshape(batch, members * channels, side, side)
        convolve = functional.conv_transpose2d if self.transposed else functional.conv2d
        y = convolve(grouped, self.weight.flatten(0, 1), self.bias.flatten(), 2, 1, groups=members)
        return y.reshape(batch, members, -1, *y.shape[2:]).transpose(0, 1)


class VAE(nn.Module):
    """A stack of VAEs with a Gaussian posterior of diagonal covariance and Bernoulli pixels."""

    def __init__(self, architecture: Architecture, members: int = 1) -> None:
        super().__init__()
        self.architecture = architecture
        self.members = members
        hidden, latent_size = architecture.hidden, architecture.latent_size
        outer = ARCHITECTURES[architecture.kind]
        encoder = dense(members, (outer.width, *hidden, 2 * latent_size))
        decoder = dense(members, (latent_size, *reversed(hidden), outer.width))
        self.encoder = nn.Sequential(*outer.down(members), *encoder)
        self.decoder = nn.Sequential(*decoder, *outer.up(members))

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The posterior of images (members, batch, 784) with grey levels in [0, 1].

        Returns mean and log-variance, each float32 (members, batch, latent_size).
        """
        mean, log_variance = self.encoder(images).float().chunk(2, dim=-1)
        return mean, log_variance.clamp(max=MAX_LOG_VARIANCE)

    def decode(self, codes: Tensor) -> Tensor:
        """Map codes (members, batch, latent_size) to logits, float32 (members, batch, 784)."""
        return self.decoder(codes).float()

    @torch.no_grad()
    def encode_images(self, images: Images) -> NDArray[np.float32]:
        """Posterior means (..., latent_size) of images (..., 28, 28), for a stack of one."""
        pixels = torch.from_numpy(np.ascontiguousarray(images)).view(1, -1, PIXELS)
        means = [self.encode(part.float() / 255)[0][0] for part in pixels.split(CHUNK, 1)]
        return torch.cat(means).numpy().reshape(*images.shape[:-2], -1)

    @torch.no_grad()
    def decode_images(self, codes: NDArray[np.float32]) -> Images:
        """Images (..., 28, 28) decoded from codes (..., latent_size), for a stack of one."""
        flat = torch.from_numpy(np.ascontiguousarray(codes)).view(1, -1, codes.shape[-1])
        levels = [torch.sigmoid(self.decode(part)) for part in flat.split(CHUNK, 1)]
        grey = [(part * 255).round().to(torch.uint8) for part in levels]
        return torch.cat(grey, 1).numpy().reshape(*codes.shape[:-1], SIDE, SIDE)

    @torch.no_grad()
    def initialise(self, member: int, generator: torch.Generator, mean_image: Tensor) -> None:
        """Draw one member's parameters, except the last bias: the logit of the mean image (784,).

        Otherwise the first hundred steps of a training would only find the mean image.
        """
        last = initialise_layers(self, member, generator)[-1].bias[member]
        # A convolution has one bias for all pixels: the mean grey level.
        mean = mean_image if last.numel() == PIXELS else mean_image.mean()
        last.copy_(torch.logit(mean.clamp(1e-3, 1 - 1e-3)).expand_as(last))


@torch.no_grad()
def initialise_layers(
    network: nn.Module, member: int, generator: torch.Generator
) -> list[StackedLinear | StackedConvolution]:
    """Draw one member's parameters from `generator` alone; return the layers in order.

    Weights are uniform with variance 1 / fan_in (LeCun et al. 1998, Efficient BackProp). PyTorch's
    default has a third of that variance, which shrinks the signal from layer to layer: after two
    epochs on MNIST the -ELBO is 106 with the default and 103 with this.
    """
    layers = [m for m in network.modules() if isinstance(m, StackedLinear | StackedConvolution)]
    for layer in layers:
        bound = math.sqrt(3 / layer.fan_in)
        layer.weight[member].uniform_(-bound, bound, generator=generator)
        layer.bias[member].uniform_(-bound / 3, bound / 3, generator=generator)
    return layers


def dense(members: int, widths: tuple[int, ...]) -> list[nn.Module]:
    """Linear layers of these widths for each member, with SiLU between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [StackedLinear(members, inputs, outputs), nn.SiLU()]
    return layers[:-1]


def _convolve_down(members: int) -> list[nn.Module]:
    first, second = CHANNELS
    return [
        nn.Unflatten(-1, (1, SIDE, SIDE)),
        StackedConvolution(members, 1, first, transposed=False),
        nn.SiLU(),
        StackedConvolution(members, first, second, transposed=False),
        nn.SiLU(),
        nn.Flatten(2),
    ]


def _convolve_up(members: int) -> list[nn.Module]:
    first, second = CHANNELS
    return [
        nn.SiLU(),
        nn.Unflatten(-1, (second, SIDE // 4, SIDE // 4)),
        StackedConvolution(members, second, first, transposed=True),
        nn.SiLU(),
        StackedConvolution(members, first, 1, transposed=True),
        nn.Flatten(2),
    ]


@dataclass(frozen=True)
class OuterLayers:
    """The layers of an architecture between the pixels and the dense layers."""

    words: str  # what reports call its networks
    width: int  # values per image between the outer and the dense layers
    # For a number of members: modules (members, batch, 784) to (members, batch, width), and back.
    down: Callable[[int], list[nn.Module]]
    up: Callable[[int], list[nn.Module]]


# By the name in config.yaml. A new one is a record here and its name in config.schema.yaml.
ARCHITECTURES = {
    "mlp": OuterLayers("fully connected networks", PIXELS, lambda _: [], lambda _: []),
    "conv": OuterLayers(
        "convolutional networks", CHANNELS[-1] * (SIDE // 4) ** 2, _convolve_down, _convolve_up
    ),
}


def member_of(state: Mapping[str, Tensor], member: int) -> dict[str, Tensor]:
    """A copy of one member's parameters, without the leading axis."""
    return {name: tensor[member].contiguous().clone() for name, tensor in state.items()}


def save_member(state: dict[str, Tensor], architecture: Architecture, path: str | Path) -> None:
    """Write one member's parameters as safetensors, with its architecture as metadata."""
    # One entry: safetensors writes several in an order that changes from process to process.
    metadata = {"architecture": json.dumps(asdict(architecture))}
    write_whole(path, save(state, metadata))


def load_model(path: str | Path) -> VAE:
    """Read a model as a stack of one, on the CPU. Raises UserError if it is missing or damaged."""
    with reading(path, "model"):
        with safe_open(str(path), framework="pt") as file:
            described = json.loads(file.metadata()["architecture"])
            state = {name: file.get_tensor(name).unsqueeze(0) for name in file.keys()}  # noqa: SIM118
        architecture = Architecture(**described | {"hidden": tuple(described["hidden"])})
        model = VAE(architecture)
        model.load_state_dict(state)
    return model
