"""Models, good and bad, that are trained on every family of images."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from common import train_seeds
from families import Images

from vaesweep.training.model import VAE, Architecture, load_model, save_member


@dataclass(frozen=True)
class Recipe:
    """How a model is made, and whether it serves to choose a formula or only to check it."""

    latent_size: int
    beta: float = 1.0
    objective: str = "vae"
    kind: str = "mlp"
    hidden: tuple[int, ...] = (256, 256)
    epochs: int = 2
    seed: int = 0
    chooses: bool = True  # False: never looked at while a formula was chosen

    @property
    def words(self) -> str:
        """What the picture calls it."""
        if self.objective == "vae":
            return {0: "autoencoder", 1: "VAE"}.get(self.beta, "β-VAE")
        return self.objective.upper()


def recipes() -> dict[str, Recipe]:
    """The models of a family of images by name."""
    found = {}
    for size in (2, 4, 8, 16, 32, 64):
        found[f"ae-{size}"] = Recipe(size, beta=0)
        found[f"vae-{size}"] = Recipe(size)
    for size in (8, 16, 32):
        found[f"acai-{size}"] = Recipe(size, objective="acai", beta=0)
    for size in (8, 16, 64):
        found[f"beta-.25-{size}"] = Recipe(size, beta=0.25)
    for size in (8, 16):
        found[f"beta-4-{size}"] = Recipe(size, beta=4)
    found["conv-16"] = Recipe(16, kind="conv", hidden=(256,), epochs=1)
    found["conv-ae-32"] = Recipe(32, beta=0, kind="conv", hidden=(256,), epochs=1)
    found["short-vae-16"] = Recipe(16, epochs=1, seed=1)
    found["short-ae-32"] = Recipe(32, beta=0, epochs=1, seed=1)
    found["long-vae-32"] = Recipe(32, epochs=6, seed=1)
    found["long-ae-16"] = Recipe(16, beta=0, epochs=6, seed=1)
    check = {
        "wide-ae-24": Recipe(24, beta=0, hidden=(800,)),
        "wide-vae-12": Recipe(12, hidden=(800,)),
        "narrow-ae-10": Recipe(10, beta=0, hidden=(64,)),
        "deep-vae-5": Recipe(5, hidden=(200, 200, 200)),
        "beta-2-20": Recipe(20, beta=2),
        "conv-ae-10": Recipe(10, beta=0, kind="conv", hidden=(100,), epochs=1),
        "dae-12": Recipe(12, objective="dae", beta=0),
        "dae-48": Recipe(48, objective="dae", beta=0),
        "wae-8": Recipe(8, objective="wae", beta=0),
        "wae-24": Recipe(24, objective="wae", beta=0),
    }
    return found | {name: replace(recipe, chooses=False, seed=2) for name, recipe in check.items()}


def have_model(path: Path, recipe: Recipe, images: Images) -> VAE:
    """The model of this file, which is trained if it does not exist."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        logging.info("training %s", path)
        shape = Architecture(recipe.kind, recipe.hidden, recipe.latent_size)
        values = {"beta": recipe.beta, "objective": recipe.objective, "epochs": recipe.epochs}
        values |= {"batch_size": 256, "learning_rate": 8e-3}
        [run] = train_seeds(shape, values, (recipe.seed,), images, "cpu")
        save_member(run.state, shape, path)
    return load_model(path)
