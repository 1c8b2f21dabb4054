"""What tells the runs of a sweep apart, in paths, in tables and in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vaesweep.words import listed

if TYPE_CHECKING:
    import pandas as pd

MAX_NAMED = 16  # settings in a sentence
_RUN = re.compile(r"([^/]+)/latent-(\d+)/seed-(\d+)(?=/|$)")


class Setting(NamedTuple):
    """What the runs of several seeds share."""

    variant: str  # a named change to model and training, or the name of a model from elsewhere
    latent_size: int


class Run(NamedTuple):
    """What tells a run from the others of a sweep."""

    variant: str
    latent_size: int
    seed: int

    @property
    def setting(self) -> Setting:
        """The run without its seed."""
        return Setting(self.variant, self.latent_size)


def run_of(path: str | Path) -> Run:
    """The run that a file or folder of results belongs to, by its path."""
    variant, latent_size, seed = _RUN.findall(str(path))[-1]
    return Run(variant, int(latent_size), int(seed))


def settings_of(table: "pd.DataFrame") -> list[Setting]:
    """The setting of each row."""
    pairs = zip(table["variant"], table["latent_size"], strict=True)
    return [Setting(str(variant), int(size)) for variant, size in pairs]


def runs_of(table: "pd.DataFrame") -> list[Run]:
    """The run of each row."""
    rows = zip(settings_of(table), table["seed"], strict=True)
    return [Run(*setting, int(seed)) for setting, seed in rows]


@dataclass(frozen=True)
class Names:
    """What readers call the settings of a sweep: by that in which they differ.

    >>> sizes = Names.of([Setting("vae", 8), Setting("vae", 16)])
    >>> sizes.noun, sizes.short(Setting("vae", 8)), sizes.all([Setting("vae", 8)])
    ('latent size', '8', 'latent size 8')
    >>> both = Names.of([Setting("vae", 8), Setting("conv", 8), Setting("conv", 16)])
    >>> both.noun, both.all([Setting("vae", 8), Setting("conv", 8), Setting("conv", 16)])
    ('setting', 'vae at latent size 8 and conv at latent sizes 8 and 16')
    >>> sizes.all([Setting("vae", 2**k) for k in range(20)])[-18:]
    '32768 and 4 more'
    """

    variants: bool  # whether there are several
    sizes: bool  # likewise, or one variant alone

    @classmethod
    def of(cls, settings: Iterable[Setting]) -> "Names":
        """Look at which differ."""
        variants, sizes = (set(each) for each in zip(*settings, strict=True))
        return cls(len(variants) > 1, len(sizes) > 1 or len(variants) == 1)

    @property
    def noun(self) -> str:
        """What tells settings apart."""
        return "setting" if self.variants and self.sizes else self.keys[0].replace("_", " ")

    @property
    def keys(self) -> list[str]:
        """The columns that tell settings apart."""
        return ["variant"] * self.variants + ["latent_size"] * self.sizes

    def short(self, setting: Setting) -> str:
        """A setting where there is little room."""
        return " ".join(str(getattr(setting, key)) for key in self.keys)

    def all(self, settings: Iterable[Setting], joint: str = "and") -> str:
        """Settings in a sentence, those of a variant together, joined by "and" or "or"."""
        settings, said = list(settings), []
        if (more := len(settings) - MAX_NAMED) > 0:
            shorts = ", ".join(self.short(setting) for setting in settings[:MAX_NAMED])
            return f"{self.noun}s {shorts} {joint} {more} more"
        for variant in dict.fromkeys(setting.variant for setting in settings):
            sizes = sorted(
                setting.latent_size for setting in settings if setting.variant == variant
            )
            words = f"latent size{'s' * (len(sizes) > 1)} {listed(sizes, joint)}"
            if self.variants:
                words = f"{variant} at {words}" if self.sizes else variant
            said.append(words)
        return listed(said, joint)

    def run(self, run: Run) -> str:
        """A run in a sentence."""
        return f"{self.variants * f'{run.variant}, '}latent size {run.latent_size}, seed {run.seed}"
