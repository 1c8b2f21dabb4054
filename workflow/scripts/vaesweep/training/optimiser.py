"""Adam without PyTorch's optimiser class, and the schedule of its learning rate.

The first use of an optimiser class imports PyTorch's compiler, which takes as long as importing
PyTorch itself and is not used here. The function behind the class does not import it.
"""

import math

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

WARM_UP = 0.2  # share of the steps


class Adam:
    """Adam (Kingma and Ba 2015, arXiv:1412.6980) with decoupled weight decay, in fused kernels.

    Weights decay, biases do not (Loshchilov and Hutter 2019, arXiv:1711.05101).
    """

    def __init__(
        self, model: nn.Module, betas: tuple[float, float], weight_decay: float = 0.0
    ) -> None:
        self.learning_rate = 0.0  # of the next step
        self.betas = betas
        self.weight_decay = weight_decay
        parameters = dict(model.named_parameters())
        weights = [p for name, p in parameters.items() if name.endswith("weight")]
        biases = [p for name, p in parameters.items() if not name.endswith("weight")]
        self._parameters: list[Tensor] = [*weights, *biases]
        self._weights = len(weights)
        self._means = [torch.zeros_like(p) for p in self._parameters]
        self._squares = [torch.zeros_like(p) for p in self._parameters]
        self._steps = [torch.zeros((), device=p.device) for p in self._parameters]

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter along its gradient, and clear the gradients."""
        self._step(slice(self._weights), self.weight_decay)
        self._step(slice(self._weights, None), 0.0)
        for parameter in self._parameters:
            parameter.grad = None

    def _step(self, part: slice, weight_decay: float) -> None:
        parameters = self._parameters[part]
        gradients = [p.grad for p in parameters if p.grad is not None]
        beta1, beta2 = self.betas
        adam(
            parameters, gradients, self._means[part], self._squares[part], [], self._steps[part],
            lr=self.learning_rate, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=1e-8,
            fused=True, decoupled_weight_decay=True, amsgrad=False, maximize=False,
        )  # fmt: skip

    def state(self) -> dict[str, list[Tensor]]:
        """Everything that the next step depends on, except the parameters and the learning rate."""
        return {"means": self._means, "squares": self._squares, "steps": self._steps}

    def load_state(self, state: dict[str, list[Tensor]]) -> None:
        """Continue from what `state` returned, on whichever device it is stored."""
        for name, tensors in self.state().items():
            for tensor, saved in zip(tensors, state[name], strict=True):
                tensor.copy_(saved)


def one_cycle(step: int, steps: int, peak: float) -> float:
    """The learning rate of one cycle (Smith 2018, arXiv:1803.09820).

    It rises to `peak` for the first fifth of the steps and falls to 0 after, each as a cosine.
    """
    progress = step / steps
    if progress < WARM_UP:
        share = 0.04 + 0.96 * (1 - math.cos(math.pi * progress / WARM_UP)) / 2
    else:
        share = (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2
    return peak * share
