"""Check and time on one GPU, in at most 8 minutes, everything that is claimed of GPUs.

    python benchmarks/gpu_check.py --images train.npz --out gpu_check.json

Needs Python 3.11 or later, PyTorch 2.11 or later, NumPy, PyYAML, safetensors and this repository;
no network and no Snakemake. `train.npz` is results/data/MNIST/train.npz of any sweep; without it,
the images are noise, and the -ELBO means nothing. The JSON is written after each check. The exit
status is 1 if a check failed or there was no time for it.
"""

import argparse
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import replace
from pathlib import Path
from unittest import mock

# Deterministic matrix products on a GPU need this before CUDA starts.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
sys.path.insert(0, str(Path(__file__).parents[1] / "workflow" / "scripts"))

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile

from vaesweep.errors import UserError
from vaesweep.running.preflight import gpu_works
from vaesweep.running.schema import defaults, read_schema
from vaesweep.training import checkpoints, draws, loop
from vaesweep.training.hardware import Hardware, choose_hardware, explaining_out_of_memory
from vaesweep.training.loop import Settings, Stack, train
from vaesweep.training.model import ARCHITECTURES, Architecture
from vaesweep.training.objectives import OBJECTIVES

MAX_SECONDS = 470
LOG = logging.getLogger("gpu_check")
CPU = torch.device("cpu")
# Architecture, objective and beta.
MODELS = {name: ("mlp", name, 1.0) for name in OBJECTIVES} | {"beta 0": ("mlp", "vae", 0.0)}
MODELS |= {kind: (kind, "vae", 1.0) for kind in ARCHITECTURES if kind != "mlp"}
TIMED = ("vae", "acai", "conv")
WAITING = """
import logging, sys
sys.path.insert(0, sys.argv[1])
logging.basicConfig(level=logging.INFO)
from vaesweep.training.hardware import choose_hardware
choose_hardware("cuda", "auto", logging.getLogger())
"""


def difference(a, b):
    """The largest relative difference between the parameters of two runs."""
    return max(float((x - y).norm() / x.norm().clamp_min(1e-6)) for x, y in pairs([a], [b]))


def same(a, b):
    """Whether two lists of runs have the same bits."""
    return all(torch.equal(x, y) for x, y in pairs(a, b))


def pairs(a, b):
    return [(x.state[name], y.state[name]) for x, y in zip(a, b, strict=True) for name in x.state]


class Checks:
    """Each check returns whether all is as claimed, and what it found."""

    def __init__(self, given):
        self.small = given.small
        if given.images:
            self.images = np.load(given.images)["images"]
        else:
            self.images = np.random.default_rng(0).integers(0, 256, (60_000, 28, 28), np.uint8)
        self.images = self.images[: 1024 if given.small else None]
        self.few = self.images[: 40 * 256]
        self.hardware = choose_hardware(given.device, "auto", LOG)
        self.device = self.hardware.device
        self.is_cuda = self.device.type == "cuda"
        self.widest = 5 if given.small else 64

    def recipe(self, model, latent_size=20, **changes):
        kind, objective, beta = MODELS[model]
        values = defaults(read_schema())
        values = values["model"] | values["training"]
        settings = Settings(**{name: values[name] for name in Settings.__dataclass_fields__})
        hidden = (32,) if self.small else tuple(values["hidden"])
        settings = replace(settings, objective=objective, beta=beta, **changes)
        return Architecture(kind, hidden, latent_size), settings

    def train(self, model, seeds, images=None, epochs=1, folder=None, pause=1e9, **changes):
        hardware = changes.pop("hardware", self.hardware)
        recipe = self.recipe(model, epochs=epochs, **changes)
        images = self.few if images is None else images
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(folder or scratch, "checkpoint.pt")
            return train(images, *recipe, hardware, tuple(seeds), path, pause, LOG)

    def stack(self, model, members):
        """A stack that has done some steps, and a function that does a number of further ones."""
        architecture, settings = self.recipe(model, latent_size=64)
        seeds = tuple(range(members))
        stack = Stack(self.images, architecture, settings, self.hardware, seeds)
        order, noise = self.draw(stack, seeds, steps=4)

        def steps(count):
            for step in range(count):
                stack.step(order[:, step % 4], noise[:, step % 4], 1e-3)

        steps(4)
        return stack, steps

    def draw(self, stack, seeds, steps):
        objective = stack.objective
        shape, images = (steps, 256, objective.noise_width), len(self.images)
        drawn = (seeds, 0, images, shape, self.device, objective.draw, objective.noise_type)
        return draws.draw_epoch(*drawn)

    def seconds(self, call, *arguments):
        for wait in (True, False):
            if self.is_cuda:
                torch.cuda.synchronize()
            if wait:
                began = time.perf_counter()
                call(*arguments)
        return time.perf_counter() - began

    def facts(self):
        found = {"device": self.hardware.name, "precision": str(self.hardware.precision)}
        found |= {"torch": torch.__version__, "python": sys.version.split()[0]}
        found["cores"] = os.cpu_count()
        if self.is_cuda:
            properties = torch.cuda.get_device_properties(self.device)
            found["memory_gib"] = properties.total_memory / 2**30
            found |= {"cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
            query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
            with contextlib.suppress(OSError):
                found["driver"] = subprocess.run(query, capture_output=True, text=True).stdout
        return True, found

    def auto_finds_the_gpu(self):
        """What a sweep asks before it plans, and how long that takes."""
        began = time.perf_counter()
        works = gpu_works()
        return works or not self.is_cuda, {"asking_seconds": time.perf_counter() - began}

    def cpu_and_gpu_agree(self):
        """In float32 and with the same random numbers, after 20 steps."""

        def draw_on_cpu(seeds, epoch, images, shape, device, *rest):
            drawn = draws.draw_epoch(seeds, epoch, images, shape, CPU, *rest)
            return tuple(tensor.to(device) for tensor in drawn)

        found, agree = {}, True
        for model in MODELS:
            with mock.patch.object(loop, "draw_epoch", draw_on_cpu):
                [on_cpu], [on_gpu] = (
                    self.train(model, (0,), self.few[: 20 * 256], hardware=hardware)
                    for hardware in (
                        Hardware(CPU, torch.float32, ""),
                        Hardware(self.device, torch.float32, ""),
                    )
                )
            away = difference(on_cpu, on_gpu)
            elbos = [run.history[-1]["neg_elbo"] for run in (on_cpu, on_gpu)]
            found[model] = {"relative_difference": away, "neg_elbo": elbos}
            agree &= away < 0.02 and abs(elbos[0] - elbos[1]) < 0.3
        return agree, found

    def same_bits_twice(self):
        found = {}
        for model in MODELS:
            for members in (1, 5):
                twice = [self.train(model, range(members)) for _ in range(2)]
                found[f"{model}, {members}"] = same(*twice)
        return all(found.values()), found

    def no_step_waits(self):
        """By CUDA's debug mode, which raises where the host would wait."""
        for model in MODELS if self.is_cuda else ():
            _, steps = self.stack(model, 3)
            torch.cuda.set_sync_debug_mode("error")
            try:
                steps(8)
            finally:
                torch.cuda.set_sync_debug_mode("default")
        return True, {"models": list(MODELS) if self.is_cuda else "no GPU"}

    def companions(self):
        """A seed alone and in a stack, and beside a member whose first weights are not numbers."""

        def poison(*arguments):
            network = draws.initialise(*arguments)
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter[0] = float("nan")
            return network

        found, well = {}, True
        for model in MODELS:
            [alone] = self.train(model, (7,))
            stacked = self.train(model, (0, 7, 3))[1]
            with mock.patch.object(loop, "initialise", poison):
                sick, beside, _ = self.train(model, (0, 7, 3))
            elbos = [run.history[-1]["neg_elbo"] for run in (alone, stacked)]
            found[model] = {
                "relative_difference": difference(alone, stacked),
                "neg_elbo": elbos,
                "same_bits_beside_a_sick_one": same([stacked], [beside]),
                "status_of_the_sick_one": sick.facts["status"],
            }
            well &= sick.facts["status"] == "diverged" and abs(elbos[0] - elbos[1]) < 0.5
            well &= same([stacked], [beside])
        return well, found

    def resumes(self):
        """Killed after a save within an epoch, a training ends with the same bits."""

        class Dying(checkpoints.Checkpoint):
            def save(self, state):
                super().save(state)
                if state["step"] == at:
                    raise KeyboardInterrupt

        found, at = {}, 3 if self.small else 45
        for model in MODELS:
            whole = self.train(model, (0, 1), epochs=2)
            with tempfile.TemporaryDirectory() as folder:
                with (
                    mock.patch.object(loop, "Checkpoint", Dying),
                    mock.patch.object(checkpoints, "MAX_SHARE", float("inf")),
                    contextlib.suppress(KeyboardInterrupt),
                ):
                    self.train(model, (0, 1), epochs=2, folder=folder, pause=0)
                found[model] = same(whole, self.train(model, (0, 1), epochs=2, folder=folder))
        return all(found.values()), found

    def default_trainings(self):
        """One seed, and the five of a setting of the default sweep: how long, and to which -ELBO.

        `stack_seconds` is what benchmarks/many_cores.py asks for.
        """
        found = {}
        for name, members in (("one", 1), ("stack", 5)):
            began, epochs = time.perf_counter(), 1 if self.small else self.recipe("vae")[1].epochs
            runs = self.train("vae", range(members), self.images, epochs, latent_size=32)
            found[f"{name}_seconds"] = time.perf_counter() - began
            found[f"{name}_neg_elbo"] = [run.history[-1]["neg_elbo"] for run in runs]
        return bool(np.isfinite(found["stack_neg_elbo"]).all()), found

    def times(self):
        """By seeds in a stack: a step, what comes once an epoch, a save, memory, throughput."""
        found = {}
        for model in TIMED:
            for members in (1, 5) if self.small else (1, 5, 16, 64):
                if self.is_cuda:
                    torch.cuda.empty_cache()
                    torch.cuda.reset_peak_memory_stats()
                stack, steps = self.stack(model, members)
                count, per_epoch = 4 if self.small else 40, len(self.images) // 256
                step = self.seconds(steps, count) / count
                seeds = tuple(range(members))
                draw = self.seconds(self.draw, stack, seeds, per_epoch)
                end = self.seconds(stack.progress.end_epoch, stack.networks, 1, count, 1e-3)
                with tempfile.TemporaryDirectory() as folder:
                    saved = checkpoints.Checkpoint(Path(folder, "checkpoint.pt"), 0, "")
                    save = self.seconds(saved.save, stack.state())
                    megabytes = saved.path.stat().st_size / 1e6
                epoch = step * per_epoch + draw + end
                found[f"{model}, {members}"] = {
                    "ms_a_step": 1e3 * step,
                    "draw_s": draw,
                    "end_epoch_s": end,
                    "save_s": save,
                    "checkpoint_mb": megabytes,
                    "seed_epochs_a_second": members / epoch,
                    "peak_mib": torch.cuda.max_memory_allocated() / 2**20 if self.is_cuda else None,
                }
        return True, found

    def kernels(self):
        """Kernels of a step, how long the GPU works on them, and the ones that take longest."""
        found, count = {}, 2 if self.small else 8
        activities = [ProfilerActivity.CPU, *[ProfilerActivity.CUDA] * self.is_cuda]
        for model, members in (("vae", 1), ("vae", self.widest), ("conv", self.widest)):
            _, steps = self.stack(model, members)
            with profile(activities=activities) as profiled:
                seconds = self.seconds(steps, count)
            kernels = [
                event
                for event in profiled.events()
                if event.device_type == torch.autograd.DeviceType.CUDA
            ]
            longest = {}
            for kernel in kernels:
                name = kernel.name[:80]
                longest[name] = longest.get(name, 0) + kernel.device_time / count
            found[f"{model}, {members}"] = {
                "kernels_a_step": len(kernels) / count,
                "profiled_ms_a_step": 1e3 * seconds / count,
                "busy_ms_a_step": sum(longest.values()) / 1e3,
                "longest_us": dict(sorted(longest.items(), key=lambda item: -item[1])[:10]),
            }
        return True, found

    def too_little_memory(self):
        """One line with advice, and the memory is free again."""
        if not self.is_cuda:
            return True, {"skipped": "no GPU"}
        torch.cuda.empty_cache()
        total = torch.cuda.get_device_properties(self.device).total_memory
        limit = torch.cuda.memory_allocated() + 300 * 2**20
        torch.cuda.set_per_process_memory_fraction(limit / total)
        try:
            with explaining_out_of_memory(self.hardware):
                self.train("vae", range(64))
            message = "it fitted"
        except UserError as error:
            message = str(error)
        fits = self.train("vae", (0,))[0].facts["status"]
        torch.cuda.set_per_process_memory_fraction(1.0)
        return "lower training.seeds_per_job" in message and fits == "ok", {"message": message}

    def take_turns(self):
        """A second training waits for the GPU that this process holds."""
        if not self.is_cuda:
            return True, {"skipped": "no GPU"}
        command = [sys.executable, "-c", WAITING, sys.path[0]]
        other = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        timer = time.perf_counter() + 60
        said = ""
        while "waiting" not in said and other.poll() is None and time.perf_counter() < timer:
            said = other.stderr.readline()
        query = ["nvidia-smi", "--query-compute-apps=pid,used_memory", "--format=csv,noheader"]
        used = subprocess.run(query, capture_output=True, text=True).stdout.splitlines()
        waits = other.poll() is None
        other.kill()
        return waits and "waiting" in said, {"said": said, "memory_by_process": used}


ORDER = (
    Checks.facts, Checks.auto_finds_the_gpu, Checks.cpu_and_gpu_agree, Checks.same_bits_twice,
    Checks.no_step_waits, Checks.companions, Checks.resumes, Checks.default_trainings, Checks.times,
    Checks.kernels, Checks.too_little_memory, Checks.take_turns,
)  # fmt: skip


def main() -> None:
    """Run all checks in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("gpu_check.json"))
    parser.add_argument("--images", type=Path, help="a train.npz")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="tiny sizes, to try this on a CPU")
    given = parser.parse_args()
    torch.set_num_threads(1)

    def stop(*_):
        raise TimeoutError(f"no time left of {MAX_SECONDS} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(MAX_SECONDS)
    started = time.perf_counter()
    try:
        checks, results = Checks(given), {}
    except UserError as error:
        sys.exit(f"error: {error}")
    for check in ORDER:
        began = time.perf_counter()
        try:
            if began - started > MAX_SECONDS:
                stop()
            ok, found = check(checks)
        except Exception:
            ok, found = False, {"error": traceback.format_exc()}
        seconds = time.perf_counter() - began
        results[check.__name__] = {"ok": ok, "seconds": seconds, **found}
        given.out.write_text(json.dumps(results, indent=1))
        print(f"{'ok    ' if ok else 'FAILED'} {seconds:6.1f} s  {check.__name__}", flush=True)
    signal.alarm(0)
    sys.exit(not all(result["ok"] for result in results.values()))


if __name__ == "__main__":
    main()
