"""All that grows during a training, and what is left of it at the end."""

import math
import time
from dataclasses import dataclass, field
from logging import Logger
from typing import Any

import torch
from torch import Tensor, nn

from vaesweep.training.model import VAE, member_state

HISTORY_COLUMNS = ("epoch", "neg_elbo", "reconstruction", "kl", "learning_rate", "seconds")


@dataclass
class TrainedRun:
    """One member's result."""

    seed: int
    state: dict[str, Tensor]  # its parameters, without the member axis
    history: list[dict[str, float]]  # a dict an epoch, of HISTORY_COLUMNS
    facts: dict[str, Any] = field(default_factory=dict)  # status and what it ran on


class Progress:
    """What a checkpoint holds beside model and optimiser."""

    def __init__(self, model: VAE, seeds: tuple[int, ...]) -> None:
        self.seeds = seeds
        self.step = 0  # optimiser steps done
        self.seconds = 0.0  # spent in the loop, over all restarts
        # Sums of reconstruction and KL since the epoch began.
        self.totals = torch.zeros(2, len(seeds), device=next(model.parameters()).device)
        # For each member a dict an epoch, its parameters at the end of the last finite epoch, and
        # the epoch in which its loss or parameters ceased to be finite, or None.
        self.histories: list[list[dict[str, float]]] = [[] for _ in seeds]
        self.finite = [member_state(model, member) for member in range(len(seeds))]
        self.diverged: list[int | None] = [None for _ in seeds]
        self._began = time.perf_counter()

    def state(self) -> dict[str, Any]:
        """Everything for a checkpoint."""
        names = ("step", "seconds", "totals", "histories", "finite", "diverged")
        return {name: getattr(self, name) for name in names}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        device = self.totals.device
        vars(self).update(state)
        self.totals = self.totals.to(device)
        self._began = time.perf_counter() - self.seconds

    def count_step(self, reconstruction: Tensor, kl: Tensor) -> None:
        """Note a step and its two terms, each (members,); waits for no device."""
        self.totals += torch.stack([reconstruction.detach(), kl.detach()])
        self.step += 1
        self.seconds = time.perf_counter() - self._began

    def end_epoch(self, networks: nn.ModuleList, epoch: int, steps: int, rate: float) -> None:
        """Write the epoch's row for each member that is still finite, and keep its parameters.

        The first network is the model; those trained against it have to be finite too.
        """
        reconstructions, kls = (self.totals / steps).tolist()  # waits for the device
        self.seconds = time.perf_counter() - self._began
        self.totals.zero_()
        for member, terms in enumerate(zip(reconstructions, kls, strict=True)):
            if self.diverged[member] is not None:
                continue
            state, *others = [member_state(network, member) for network in networks]
            tensors = [t for part in (state, *others) for t in part.values()]
            neg_elbo = terms[0] + terms[1]
            if not (math.isfinite(neg_elbo) and all(t.isfinite().all() for t in tensors)):
                self.diverged[member] = epoch
                continue
            self.finite[member] = state
            row = zip(HISTORY_COLUMNS, (epoch, neg_elbo, *terms, rate, self.seconds), strict=True)
            self.histories[member].append(dict(row))

    def log_epoch(self, epoch: int, epochs: int, log: Logger) -> None:
        """Say how each member stands."""
        times = f"{self.seconds:.1f} s so far, {self.seconds * (epochs - epoch) / epoch:.0f} s left"
        for seed, history, diverged in zip(self.seeds, self.histories, self.diverged, strict=True):
            said = f"epoch {epoch}/{epochs}: seed {seed}"
            if diverged == epoch:
                log.info("%s diverged; its last finite weights are kept", said)
            elif diverged is None:
                elbo = "-ELBO {neg_elbo:.2f} = reconstruction {reconstruction:.2f} + KL {kl:.2f}"
                log.info("%s, %s nats, %s", said, elbo.format(**history[-1]), times)

    def results(self, images: int, facts: dict[str, Any]) -> list[TrainedRun]:
        """Each member's result; it saw so many images, counted as often as it saw them."""
        members, runs = len(self.seeds), []
        of_each = zip(self.seeds, self.finite, self.histories, self.diverged, strict=True)
        for seed, state, history, diverged in of_each:
            own = {
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
            runs.append(TrainedRun(seed, state, history, own))
        return runs
