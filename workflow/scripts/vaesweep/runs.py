"""The runs and settings of a sweep: read from paths and tables, named in texts."""

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
    """A variant at a latent size: what the runs of several seeds have in common."""

    variant: str  # a named change to model and training, or the name of an external model
    latent_size: int


class Run(NamedTuple):
    """A setting with a seed. The runs of an external model are numbered instead."""

    variant: str
    latent_size: int
    seed: int

    @property
    def setting(self) -> Setting:
        """The run without its seed."""
        return Setting(self.variant, self.latent_size)


SETTING_KEYS = list(Setting._fields)  # the columns that identify a setting


def run_of(path: str | Path) -> Run:
    """The run to which a file or folder of results belongs, by its path."""
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


def rows_of(table: "pd.DataFrame", *settings: Setting) -> "pd.DataFrame":
    """The rows that belong to these settings, in the order of the table."""
    wanted = set(settings)
    return table.loc[[setting in wanted for setting in settings_of(table)]]


@dataclass(frozen=True)
class Names:
    """Display names of the settings of a sweep: only the keys that vary are shown.

    >>> sizes = Names.of([Setting("vae", 8), Setting("vae", 16)])
    >>> sizes.noun, sizes.label(Setting("vae", 8)), sizes.phrase([Setting("vae", 8)])
    ('latent size', '8', 'latent size 8')
    >>> sizes.phrase([Setting("vae", 8), Setting("vae", 16)], "or")
    'latent size 8 or 16'
    >>> both = Names.of([Setting("vae", 8), Setting("conv", 8), Setting("conv", 16)])
    >>> both.noun, both.phrase([Setting("vae", 8), Setting("conv", 8), Setting("conv", 16)])
    ('setting', 'vae at latent size 8 and conv at latent sizes 8 and 16')
    >>> sizes.phrase([Setting("vae", size) for size in range(20)])[-17:]
    '14, 15 and 4 more'
    """

    variants: bool  # whether the variant is shown
    sizes: bool  # whether the latent size is shown

    @classmethod
    def of(cls, settings: Iterable[Setting]) -> "Names":
        """Find the keys that vary among the settings; the latent size is shown if none does."""
        settings = list(settings)
        several_variants = len({setting.variant for setting in settings}) > 1
        several_sizes = len({setting.latent_size for setting in settings}) > 1
        return cls(several_variants, several_sizes or not several_variants)

    @property
    def keys(self) -> list[str]:
        """The columns that are shown."""
        shown = {"variant": self.variants, "latent_size": self.sizes}
        return [key for key in shown if shown[key]]

    @property
    def noun(self) -> str:
        """The word for a setting: "setting", or the only key that is shown."""
        return "setting" if len(self.keys) == 2 else self.keys[0].replace("_", " ")

    def label(self, setting: Setting) -> str:
        """The short name of a setting, for figures and tables."""
        return " ".join(str(getattr(setting, key)) for key in self.keys)

    def phrase(self, settings: Iterable[Setting], conjunction: str = "and") -> str:
        """Settings in a sentence, grouped by variant; `conjunction` is "and" or "or"."""
        settings = list(settings)
        if len(settings) > MAX_NAMED:
            labels = ", ".join(self.label(setting) for setting in settings[:MAX_NAMED])
            return f"{self.noun}s {labels} {conjunction} {len(settings) - MAX_NAMED} more"
        groups: dict[str, list[int]] = {}
        for setting in settings:
            groups.setdefault(setting.variant, []).append(setting.latent_size)
        phrases = []
        for variant, sizes in groups.items():
            noun = "latent size" if len(sizes) == 1 or conjunction == "or" else "latent sizes"
            phrase = f"{noun} {listed(sorted(sizes), conjunction)}"
            if self.variants:
                phrase = f"{variant} at {phrase}" if self.sizes else variant
            phrases.append(phrase)
        return listed(phrases, conjunction)

    def run(self, run: Run) -> str:
        """A run in a sentence; its latent size is always shown."""
        name = f"latent size {run.latent_size}, seed {run.seed}"
        return f"{run.variant}, {name}" if self.variants else name
