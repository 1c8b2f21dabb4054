"""Trainings on a GPU that is not there: fake tensors, with a device and a type but no values.

They raise where a GPU would for tensors of two devices or of unfit types. pytest does not collect
this file: test_gpu_path.py runs it in a process of its own, because fake tensors change some
of PyTorch's state for good.
"""

import contextlib
import logging
import signal
import traceback
from unittest import mock

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from vaesweep.training import checkpoints, draws, loop
from vaesweep.training.hardware import Hardware
from vaesweep.training.loop import Settings, train
from vaesweep.training.model import ARCHITECTURES, Architecture
from vaesweep.training.objectives import OBJECTIVES

GPU = Hardware(torch.device("cuda", 0), torch.bfloat16, "no card")
IMAGES = np.zeros((60, 28, 28), np.uint8)
MODELS = [("mlp", name, 1.0) for name in OBJECTIVES]
MODELS += [(kind, "vae", 1.0) for kind in ARCHITECTURES if kind != "mlp"]
MODELS += [("mlp", "vae", 0.0)]
PRODUCTS = ("aten::bmm", "aten::baddbmm", "aten::convolution")
# Functions that copy between the devices, at the start, at the end of an epoch, and at the end.
COPYING = {"__init__", "end_epoch", "results"}


class Spy(TorchDispatchMode):
    """Notes which function of the package copies between devices, and the types of products."""

    def __init__(self):
        super().__init__()
        self.copying = set()
        self.precisions = set()

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        is_read = operation is torch.ops.aten._local_scalar_dense.default
        result = 1.0 if is_read else operation(*args, **kwargs)
        given = [x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
        devices = {x.device.type for x in given}
        results = {x.device.type for x in tree_leaves(result) if isinstance(x, torch.Tensor)}
        reads = is_read and "cuda" in devices
        # Only a copy has a result on another device than its input, or, in place, tensors of both.
        if reads or (devices and results - devices) or self.copies_in_place(operation, given):
            names = [f.name for f in traceback.extract_stack() if "vaesweep" in f.filename]
            self.copying.add(next(name for name in reversed(names) if not name.startswith("<")))
        for generator in tree_leaves((args, kwargs)):
            if isinstance(generator, torch.Generator):
                assert results == {"cpu"}, "a generator of the CPU draws on the GPU"
        if "fused_adam" in operation.name():  # CPU tensors of no dimension go unnoticed here
            assert devices == {"cuda"}, "Adam's state is not on the GPU"
        if operation.name() in PRODUCTS:
            self.precisions |= {x.dtype for x in given}
        return result

    @staticmethod
    def copies_in_place(operation, given):
        return operation.name() == "aten::copy_" and len({x.device.type for x in given}) > 1


def move(module, to, recurse=True):
    """nn.Module._apply with new parameters, since fake ones cannot be swapped."""
    for part in module.modules():
        for name, parameter in part._parameters.items():
            new = torch.nn.Parameter(to(parameter.detach()), parameter.requires_grad)
            part._parameters[name] = new
    return module


def backward(loss):
    """Tensor.backward without autograd's engine, which would ask a driver for its streams."""
    gradients, waiting, stack = {}, {}, [loss.grad_fn]
    while stack:
        node = stack.pop()
        if node not in gradients:
            gradients[node] = [None] * len(node._input_metadata)
            followers = [after for after, _ in node.next_functions if after is not None]
            for after in followers:
                waiting[after] = waiting.get(after, 0) + 1
            stack += followers
    gradients[loss.grad_fn], ready = [torch.ones_like(loss)], [loss.grad_fn]
    while ready:
        node = ready.pop()
        given = []
        for gradient, described in zip(gradients[node], node._input_metadata, strict=True):
            if gradient is not None:
                gradient = gradient.sum_to_size(described.shape).to(described.dtype)
                assert gradient.device == described.device, node
            given.append(gradient)
        if hasattr(node, "variable"):
            node.variable.grad = given[0]
            continue
        with torch.no_grad():
            found = getattr(node, "apply", node)(*given)
        found = found if isinstance(found, tuple) else (found,)
        for (after, place), gradient in zip(node.next_functions, found, strict=False):
            if after is None:
                continue
            if gradient is not None:
                sofar = gradients[after][place]
                gradients[after][place] = gradient if sofar is None else sofar + gradient
            waiting[after] -= 1
            if not waiting[after]:
                ready.append(after)


@pytest.fixture
def spy():
    """A spy in a process that seems to have a GPU."""
    generator_of, saved = draws.generator_of, []

    def load(path, map_location, weights_only):
        return tree_map(lambda x: x.cpu() if isinstance(x, torch.Tensor) else x, saved[-1])

    stand_ins = [
        (torch.cuda.amp.common, "amp_definitely_not_available", lambda: False),
        (torch.cuda, "is_bf16_supported", lambda *_: True),
        (loop, "reset_peak_memory", lambda device: None),
        (loop, "peak_memory_mib", lambda device: 0),
        (draws, "generator_of", lambda d, *s: None if d.type == "cuda" else generator_of(d, *s)),
        (torch.nn.Module, "_apply", move),
        (torch.Tensor, "backward", backward),
        (checkpoints.torch, "save", lambda state, file: saved.append(state)),
        (checkpoints.torch, "load", load),
    ]
    with contextlib.ExitStack() as stack:
        for owner, name, stand_in in stand_ins:
            stack.enter_context(mock.patch.object(owner, name, stand_in))
        stack.enter_context(FakeTensorMode(allow_non_fake_inputs=True))
        yield stack.enter_context(Spy())


def run(folder, kind, objective, beta, seeds):
    settings, path = Settings(beta, 2, 20, 1e-3, objective), folder / "checkpoint.pt"
    architecture, log = Architecture(kind, (8,), 3), logging.getLogger("test")
    return train(IMAGES, architecture, settings, GPU, seeds, path, 1e9, log)


def check(runs, seeds):
    assert [run.seed for run in runs] == list(seeds)
    for trained in runs:
        assert trained.facts["status"] == "ok" and len(trained.history) == 2
        assert {x.device.type for x in trained.state.values()} == {"cpu"}


@pytest.mark.parametrize("seeds", [(0,), (3, 1, 2)])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model[0]}-{model[1]}-{model[2]:g}")
def test_a_training_stays_on_the_gpu_and_no_step_waits(spy, tmp_path, model, seeds):
    check(run(tmp_path, *model, seeds), seeds)
    assert spy.copying == COPYING
    assert spy.precisions == {torch.bfloat16}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_resumed_training_is_on_the_gpu_again(spy, tmp_path, caplog, objective):
    def interrupt(number, *rest):
        if number == 4:  # the fifth of six steps, three an epoch
            signal.raise_signal(signal.SIGTERM)
        return one_cycle(number, *rest)

    one_cycle = loop.one_cycle
    with mock.patch.object(loop, "one_cycle", interrupt), pytest.raises(SystemExit):
        run(tmp_path, "mlp", objective, 1.0, (0, 1))
    caplog.set_level(logging.INFO)
    check(run(tmp_path, "mlp", objective, 1.0, (0, 1)), (0, 1))
    assert "resumed from step 5" in caplog.text
    assert spy.copying == COPYING | {"load", "load_state"}
