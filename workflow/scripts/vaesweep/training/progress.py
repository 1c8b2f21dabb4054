"""How far a training is, and what remains of it at the end."""

import time
from dataclasses import dataclass, field
from logging import Logger
from typing import Any

import torch
from torch import Tensor, nn

from vaesweep.training.model import VAE, member_of

HISTORY_COLUMNS = ("epoch", "neg_elbo", "reconstruction", "kl", "learning_rate", "seconds")
SAVED = ("step", "seconds", "totals", "histories", "finite", "diverged")


@dataclass
class TrainedRun:
    """The result of one member of a stack."""

    seed: int
    state: dict[str, Tensor]  # its parameters, without the member axis
    history: list[dict[str, float]]  # a row of HISTORY_COLUMNS for each epoch
    facts: dict[str, Any] = field(default_factory=dict)  # the content of training.json


class Progress:
    """What a checkpoint holds beside the networks and the optimiser."""

    def __init__(self, model: VAE, seeds: tuple[int, ...]) -> None:
        self.seeds = seeds
        self.step = 0  # optimiser steps done
        self.seconds = 0.0  # spent in the loop, restarts included
        # Sums of reconstruction and KL since the epoch began.
        self.totals = torch.zeros(2, len(seeds), device=next(model.parameters()).device)
        # Parameters of all members, each after its last finite epoch, on the device of the models.
        self.finite = {name: t.clone() for name, t in model.state_dict().items()}
        # For each member: its rows of history, and the epoch in which its loss or its parameters
        # ceased to be finite, or None.
        self.histories: list[list[dict[str, float]]] = [[] for _ in seeds]
        self.diverged: list[int | None] = [None for _ in seeds]
        self._began = time.perf_counter()

    def state(self) -> dict[str, Any]:
        """Everything for a checkpoint."""
        return {name: getattr(self, name) for name in SAVED}

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        device = self.totals.device
        vars(self).update(state)
        self.totals = self.totals.to(device)
        self.finite = {name: tensor.to(device) for name, tensor in self.finite.items()}
        self._began = time.perf_counter() - self.seconds

    def count_step(self, reconstruction: Tensor, kl: Tensor) -> None:
        """Count a step and add up its terms, (members,) each, without waiting for the device."""
        self.totals += torch.stack([reconstruction.detach(), kl.detach()])
        self.step += 1
        self.seconds = time.perf_counter() - self._began

    def end_epoch(self, networks: nn.ModuleList, epoch: int, steps: int, rate: float) -> None:
        """Add a row of history for each member that is still finite, and keep its parameters.

        `networks` are the models and the networks trained against them, which must be finite too.
        """
        means = self.totals / steps
        is_running = torch.tensor([end is None for end in self.diverged], device=means.device)
        is_running &= means.sum(0).isfinite()
        for tensor in networks.state_dict().values():
            is_running &= tensor.isfinite().flatten(1).all(1)
        for name, tensor in networks[0].state_dict().items():
            chosen = is_running.view(-1, *[1] * (tensor.dim() - 1))
            self.finite[name] = torch.where(chosen, tensor, self.finite[name])
        # The only time in an epoch that the host waits for the device.
        rows = torch.cat([means, is_running[None]]).T.tolist()
        self.seconds = time.perf_counter() - self._began
        self.totals.zero_()
        for member, (reconstruction, kl, is_finite) in enumerate(rows):
            if is_finite:
                row = (epoch, reconstruction + kl, reconstruction, kl, rate, self.seconds)
                self.histories[member].append(dict(zip(HISTORY_COLUMNS, row, strict=True)))
            elif self.diverged[member] is None:
                self.diverged[member] = epoch

    def log_epoch(self, epoch: int, epochs: int, log: Logger) -> None:
        """Log a line for each member that was finite before this epoch."""
        seconds_left = self.seconds * (epochs - epoch) / epoch
        for seed, history, diverged in zip(self.seeds, self.histories, self.diverged, strict=True):
            if diverged == epoch:
                log.info(
                    "epoch %d/%d: seed %d diverged; its last finite weights are kept",
                    epoch, epochs, seed,
                )  # fmt: skip
            elif diverged is None:
                terms = "-ELBO {neg_elbo:.2f} = reconstruction {reconstruction:.2f} + KL {kl:.2f}"
                log.info(
                    "epoch %d/%d: seed %d, %s nats, %.1f s so far, %.0f s left",
                    epoch, epochs, seed, terms.format(**history[-1]), self.seconds, seconds_left,
                )  # fmt: skip

    def results(self, images: int, facts: dict[str, Any]) -> list[TrainedRun]:
        """The result of each member; `images` counts training images seen, with repetition."""
        members = len(self.seeds)
        finite = {name: tensor.cpu() for name, tensor in self.finite.items()}
        runs = []
        for member, seed in enumerate(self.seeds):
            state, diverged = member_of(finite, member), self.diverged[member]
            run_facts = {
                "seed": seed,
                "status": "ok" if diverged is None else "diverged",
                "diverged_in_epoch": diverged,
                **facts,
                "stacked_seeds": members,
                "parameters": sum(tensor.numel() for tensor in state.values()),
                # A stack shares its seconds: this is the run's share of them.
                "train_seconds": self.seconds / members,
                "images_per_second": images * members / self.seconds,
            }
            runs.append(TrainedRun(seed, state, self.histories[member], run_facts))
        return runs
