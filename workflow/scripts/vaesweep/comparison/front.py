"""The settings on the two axes: what is lost at the ends of paths, and what between them."""

from collections.abc import Iterator

import pandas as pd

from vaesweep.runs import Names, Setting, settings_of
from vaesweep.scoring.record import AXES
from vaesweep.words import capital, number

PLACES = dict(zip(AXES, ("at the ends", "between them"), strict=True))


def front(settings: pd.DataFrame) -> list[Setting]:
    """The settings of settings.csv that no other beats on both axes, by what is lost at the ends.

    Settings whose runs all collapsed have no place on the axes and are left out.
    """
    known = settings.dropna(subset=AXES).sort_values([*AXES], kind="stable")
    between = known["lost_between"]
    return settings_of(known[~(between >= between.cummin().shift())])


def on_the_axes(settings: pd.DataFrame) -> Iterator[str]:
    """Yield which settings of settings.csv lose least where, the front, and why the first leads."""
    known = settings.dropna(subset=AXES).sort_values("score", ascending=False, kind="stable")
    if len(known) < 2:
        return
    names, best = Names.of(settings_of(settings)), front(known)
    least = {axis: known.loc[known[axis].idxmin()] for axis in AXES}
    ends, between = (names.phrase(settings_of(row.to_frame().T)) for row in least.values())
    at_ends, on_way = (number(row[axis], 3) for axis, row in least.items())
    if len(best) == 1:
        yield f"{capital(ends)} loses least at the ends ({at_ends}) and between them ({on_way})."
    else:
        yield (
            f"{capital(ends)} loses least at the ends ({at_ends}), {between} between them "
            f"({on_way}). No {names.noun} is better on both axes than any of {names.phrase(best)}."
        )
    yield _lead(known[:1], known[1:2], names)


def _lead(first: pd.DataFrame, second: pd.DataFrame, names: Names) -> str:
    """Say by which axis the first of the settings leads the second, each a row of settings.csv."""
    gains = {place: second[axis].item() - first[axis].item() for axis, place in PLACES.items()}
    phrases = [
        f"{number(abs(gain), 3)} {'less' if gain > 0 else 'more'} {place}"
        for place, gain in gains.items()
    ]
    less = [place for place, gain in gains.items() if gain > 0]
    why = f"it leads by what it loses less {less[0]}" if len(less) == 1 else "it leads on both axes"
    return (
        f"{capital(names.phrase(settings_of(first)))}, the first by score, loses "
        f"{' and '.join(phrases)} than {names.phrase(settings_of(second))}, the second: "
        f"{why if less else 'neither axis explains its lead'}."
    )
