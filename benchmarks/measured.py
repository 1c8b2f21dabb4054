"""Measurements of models and of controls on the pairs of a family, kept in files."""

import logging
from pathlib import Path

import numpy as np
from families import (
    BANK,
    JUDGE_SEEDS,
    STEPS,
    TRUTH_SEED,
    Array,
    Images,
    Pairs,
    draw_lines,
    have_judge,
    have_model,
    have_optimal,
    load_family,
    variants,
)
from scipy.ndimage import gaussian_filter

from vaesweep.interpolation import cross_fade, straight
from vaesweep.scoring.controls import control_paths
from vaesweep.scoring.judges import Judge
from vaesweep.scoring.transport import step_lengths, wasserstein_distance
from vaesweep.training.draws import initialise
from vaesweep.training.model import VAE

Arrays = dict[str, Array]


def decoded(model: VAE, pairs: Pairs) -> tuple[Images, Images]:
    """A model's interpolates (N, STEPS, side, side) and reconstructions (N, 2, side, side)."""
    codes = model.encode_images(pairs.ends)
    line = straight(codes[:, 0], codes[:, 1], STEPS)
    return model.decode_images(line), model.decode_images(codes)


def measure_family(name: str, folder: Path) -> tuple[dict[str, Arrays], dict[str, Arrays]]:
    """The results of `measure` and `truths` for the models of a family and for the controls.

    By the name of the model and then of the array, after "known.", "score." or "truth.".
    """
    home = folder / "measured" / name
    models = variants(name)
    files = {key: home / f"{key}.npz" for key in models}
    of_controls = home / "controls.npz"
    wanted = [*files.values(), *([] if name == "lines" else [of_controls])]
    if not all(file.exists() for file in wanted):
        home.mkdir(parents=True, exist_ok=True)
        train, pairs = load_family(name)
        optimal = have_optimal(home / "optimal-transport.npz", pairs)
        *judges, other = (
            have_judge(folder / f"judges/{name}-{seed}.safetensors", seed, name, train)
            for seed in (*JUDGE_SEEDS, TRUTH_SEED)
        )
        for key in (key for key, file in files.items() if not file.exists()):
            path = folder / f"models/{name}/{key}.safetensors"
            model = have_model(path, models[key], train[0])
            arrays: Arrays = {}
            for kind, family_pairs in pairs.items():
                inner, ends = decoded(model, family_pairs)
                found = measure(inner, ends, family_pairs, optimal[kind], judges)
                arrays |= {f"{kind}.{array}": values for array, values in found.items()}
                if family_pairs.true is not None:
                    found = truths(inner, family_pairs, other)
                    arrays |= {f"truth.{array}": values for array, values in found.items()}
            _save(files[key], arrays)
            logging.info("measured %s", path)
        if of_controls in wanted and not of_controls.exists():
            scored, transport = pairs["score"], optimal["score"]
            made = control_decodings(folder / f"models/{name}", scored, transport, train[0])
            arrays = {}
            for control, paths in made.items():
                found = measure(*paths, scored, transport, judges)
                arrays |= {f"{control}.{array}": values for array, values in found.items()}
            _save(of_controls, arrays)
    controls: dict[str, Arrays] = {}
    if of_controls in wanted:
        for key, values in np.load(of_controls).items():
            control, array = key.split(".")
            controls.setdefault(control, {})[array] = values
    return {key: dict(np.load(file)) for key, file in files.items()}, controls


def _save(file: Path, arrays: Arrays) -> None:
    np.savez_compressed(file, **{key: np.asarray(v, np.float32) for key, v in arrays.items()})


def control_decodings(
    folder: Path, pairs: Pairs, optimal: Images, train: Images
) -> dict[str, tuple[Images, Images]]:
    """Paths that no good VAE makes, and those of the default sweep's first seeds."""
    defaults = {k: v for k, v in variants("MNIST").items() if k.endswith("-0")}
    models = {
        f"vae_{variant.architecture.latent_size}": have_model(
            folder / f"{key}.safetensors", variant, train
        )
        for key, variant in defaults.items()
    }
    made = {key: decoded(model, pairs) for key, model in models.items()}
    inner, ends = made["vae_32"]
    frames = np.concatenate([pairs.ends[:, :1], inner, pairs.ends[:, 1:]], axis=1)
    fade = cross_fade(pairs.ends[:, 0], pairs.ends[:, 1], STEPS)
    drawn = control_paths(frames, {"transport": optimal, "cross_fade": fade}, train)
    for key, path in drawn.items():
        made[key] = path, (ends if key == "nearest_training_image" else pairs.ends)
    model = models["vae_16"]
    codes = model.encode_images(pairs.ends)
    line = straight(codes[:, 0], codes[:, 1], STEPS)
    made["collapsed"] = model.decode_images(0 * line), model.decode_images(0 * codes)
    order = np.random.default_rng(0).permutation(len(codes))
    made["shuffled"] = model.decode_images(line[order]), model.decode_images(codes[order])
    shape = defaults["default-16-0"].architecture
    made["untrained"] = decoded(initialise(shape, (0,), train), pairs)
    return made


def measure(
    inner: Images, decoded: Images, pairs: Pairs, optimal: Images, judges: list[Judge]
) -> Arrays:
    """Measure what the candidate formulas need.

    Args:
        inner: (N, K, side, side), a model's frames between the real images.
        decoded: (N, 2, side, side), its reconstructions of the real images.
        pairs: the N pairs.
        optimal: (N, K, side, side), their optimal-transport paths.
        judges: the J judges.

    Returns:
        The pairs' classes; in Wasserstein distance: deviation (N, K) from the optimal path, steps
        (N, K + 1) and separation (N,) of the ends, also between the decoded ends and for their
        cross-fade; feature_deviation (N, K); pixel_steps (N, K + 1) and pixel_separation; ghosts
        (J, N, K) and classes (J, N, K, classes), also for the cross-fade.
    """
    first, last = pairs.ends[:, :1], pairs.ends[:, 1:]
    faded = cross_fade(decoded[:, 0], decoded[:, 1], inner.shape[1])
    real = np.concatenate([first, inner, last], axis=1)
    between = np.concatenate([decoded[:, :1], inner, decoded[:, 1:]], axis=1)
    fade = np.concatenate([first, faded, last], axis=1)
    pixels = between.reshape(*between.shape[:2], -1) / 255
    features = [judge.features(np.stack([inner, optimal])) for judge in judges]
    verdicts = [judge.assess(inner) for judge in judges]
    fade_verdicts = [judge.assess(faded) for judge in judges]
    return {
        "class_a": pairs.class_a,
        "class_b": pairs.class_b,
        "deviation": wasserstein_distance(inner, optimal),
        "separation": wasserstein_distance(pairs.ends[:, 0], pairs.ends[:, 1]),
        "steps": step_lengths(real),
        "decoded_steps": step_lengths(between),
        "decoded_separation": wasserstein_distance(decoded[:, 0], decoded[:, 1]),
        "fade_steps": step_lengths(fade),
        "feature_deviation": np.mean([np.linalg.norm(a - b, axis=-1) for a, b in features], axis=0),
        "pixel_steps": np.linalg.norm(np.diff(pixels, axis=1), axis=-1),
        "pixel_separation": np.linalg.norm(pixels[:, -1] - pixels[:, 0], axis=-1),
        "ghosts": np.stack([verdict.ghost for verdict in verdicts]),
        "classes": np.stack([verdict.classes for verdict in verdicts]),
        "fade_ghosts": np.stack([verdict.ghost for verdict in fade_verdicts]),
        "fade_classes": np.stack([verdict.classes for verdict in fade_verdicts]),
    }


def truths(inner: Images, pairs: Pairs, judge: Judge) -> Arrays:
    """How close frames (N, K, side, side) are to the known path, in several ways; more is better.

    `judge` is used by no candidate. Returns nearness, likeness, likeness_cosine, and ssim or, for
    lines, realism and smoothness: (N,) each.
    """
    true = pairs.true[:, 1:-1]
    found_features, true_features = judge.features(np.stack([inner, true]))
    lengths = np.linalg.norm(found_features, axis=-1) * np.linalg.norm(true_features, axis=-1)
    found = {
        "nearness": -wasserstein_distance(inner, true).mean(axis=1),
        "likeness": -np.linalg.norm(found_features - true_features, axis=-1).mean(axis=1),
        "likeness_cosine": ((found_features * true_features).sum(axis=-1) / lengths - 1).mean(
            axis=1
        ),
    }
    if pairs.angles is None:
        return found | {"ssim": _similarity(inner, true).mean(axis=1)}
    around = np.linspace(0, 2 * np.pi, BANK, endpoint=False)
    bank, frames = (x.reshape(*x.shape[:-2], -1).astype(float) for x in (draw_lines(around), inner))
    bank /= np.linalg.norm(bank, axis=-1, keepdims=True)
    frames /= np.maximum(np.linalg.norm(frames, axis=-1, keepdims=True), 1e-9)
    cosines = frames @ bank.T
    path = np.insert(pairs.angles, [1], around[cosines.argmax(axis=-1)], axis=1)
    steps = np.abs((np.diff(path, axis=1) + np.pi) % (2 * np.pi) - np.pi)
    share = steps.max(axis=1) / np.abs(np.diff(pairs.angles, axis=1)[:, 0])
    smoothness = 1 / steps.shape[1] - share
    return found | {"realism": cosines.max(axis=-1).mean(axis=1) - 1, "smoothness": smoothness}


def _similarity(a: Images, b: Images) -> Array:
    """Structural similarity (...) of images (..., side, side) (Wang et al. 2004)."""

    def blur(x: Array) -> Array:
        return gaussian_filter(x, (0,) * (x.ndim - 2) + (1.5, 1.5))

    x, y = a / 255, b / 255
    mean_x, mean_y = blur(x), blur(y)
    variances = blur(x * x) - mean_x**2 + blur(y * y) - mean_y**2
    covariance = blur(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + 1e-4) / (mean_x**2 + mean_y**2 + 1e-4)
    return (luminance * (2 * covariance + 9e-4) / (variances + 9e-4)).mean(axis=(-1, -2))
