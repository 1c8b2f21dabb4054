"""What the sweep found, as the opening text of the HTML report (reStructuredText)."""

import html
import re
from base64 import encodebytes
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

import pandas as pd

from vaesweep.documents.html_tables import interval, number, percent

_SPECIAL = re.compile(r"([\\*`|_:<>\[\]])")


def escape(text: str) -> str:
    """Quote the characters that reStructuredText would read as markup."""
    return _SPECIAL.sub(r"\\\1", text)


def summary(
    sizes: pd.DataFrame,
    runs: pd.DataFrame,
    chosen: Mapping[str, Any],
    links: Mapping[str, str],
    pictures: Mapping[str, str | Path],
) -> str:
    """Write the opening text.

    Args:
        sizes: latent_sizes.csv.
        runs: runs.csv.
        chosen: chosen.json.
        links: what to open, as words to show -> path of a file in the report.
        pictures: which images to show, as what they show -> file (PNG or SVG).

    Returns:
        reStructuredText; every number in it comes from the arguments.
    """
    parts = [
        _answer(chosen),
        _open(links),
        _sizes_table(sizes, chosen["latent_size"]),
        _cautions(runs),
        *(_picture(words, Path(path)) for words, path in pictures.items()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def link(words: str, path: str) -> str:
    """Link words to a result: its picture or page beside its caption.

    The address calls the report's own page script; it is how Snakemake's captions link too.
    """
    kind = {"pdf": "pdf", "html": "html"}.get(path.rsplit(".", 1)[-1], "img")
    view = (
        f"{{content:'{kind}',contentPath:results['{path}'].data_uri,"
        f"resultPath:'{path}',navbarMode:'resultinfo'}}"
    )
    return f"`{words} <javascript:app.setView({view})>`__"


def _answer(chosen: Mapping[str, Any]) -> str:
    run = f"Latent size {chosen['latent_size']}, seed {chosen['seed']}"
    return f".. class:: answer\n\n**{run}** is the run to show. {escape(chosen['reason'])}"


def _open(links: Mapping[str, str]) -> str:
    items = " · ".join(link(words, path) for words, path in links.items())
    return f".. class:: links\n\nOpen: {items}"


def _sizes_table(sizes: pd.DataFrame, chosen_size: int) -> str:
    rows = [
        [
            f"**{row.latent_size}**" if row.latent_size == chosen_size else f"{row.latent_size}",
            number(row.gain, 3),
            interval(row.gain_low, row.gain_high, 3),
            percent(row.win_probability),
            number(row.neg_elbo, 2),
            number(row.active_units, 1),
            number(row.best_seed, 0),
            number(row.train_seconds, 0),
        ]
        for row in sizes.sort_values("rank").itertuples()
    ]
    headings = [
        "Latent size",
        "Mean gain",
        "95 % interval",
        "Comes first",
        "−ELBO, nats",
        "Active units",
        "Best seed",
        "Training, s",
    ]
    return _csv_table(headings, rows)


def _csv_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "   " + ", ".join(f'"{cell}"' for cell in cells)

    lines = [".. csv-table::", "   :header-rows: 1", "   :class: sizes", "", line(headings)]
    return "\n".join(lines + [line(row) for row in rows])


def _cautions(runs: pd.DataFrame) -> str:
    notes = []
    diverged = runs[runs["status"] != "ok"]
    if len(diverged):
        notes.append(f"{len(diverged)} of {len(runs)} runs diverged and take part in no ranking.")
    flagged = runs[runs["flags"].fillna("") != ""]
    for flags, group in flagged.groupby("flags"):
        names = ", ".join(f"{row.latent_size}/{row.seed}" for row in group.itertuples())
        notes.append(f"Flagged {escape(str(flags))} (latent size/seed): {names}.")
    return "\n".join(f"* {note}" for note in notes)


def _picture(words: str, path: Path) -> str:
    # Snakemake's own `embeddedfigure` and docutils' `:loading: embed` both leave a bare file name.
    kind = {".svg": "image/svg+xml", ".png": "image/png"}[path.suffix]
    # In short lines, which browsers put together: docutils refuses long ones.
    data = indent(encodebytes(path.read_bytes()).decode("ascii"), "   ").strip()
    words = html.escape(words)
    return (
        ".. raw:: html\n\n"
        f"   <figure><figcaption>{words}</figcaption>"
        f'<img alt="{words}" src="data:{kind};base64,{data}"></figure>'
    )
