"""The HTML report's own parts: its opening text, and the tables of settings, runs and cost."""

import os
import re
from base64 import encodebytes
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

import pandas as pd

from vaesweep.comparison.chosen import chosen_run
from vaesweep.comparison.columns import RECORDS, SHOWN, plain, table_texts
from vaesweep.comparison.costs import by_rule
from vaesweep.comparison.findings import cautions, evidence
from vaesweep.comparison.shortlist import settings_to_show
from vaesweep.runs import Names, Run, runs_of, settings_of
from vaesweep.scoring.smoothness import PARTS
from vaesweep.statistics import ALPHA, MIN_SEEDS
from vaesweep.templates import TEMPLATES
from vaesweep.words import capital

FOLDER = "results/comparison"
MAX_ROWS = 12  # settings on the first page
TEMPLATES.filters["plain"] = plain
TEMPLATES.filters["without_citations"] = lambda text: re.sub(r" @\w+", "", text)
# A backslash before what reStructuredText would read as markup.
TEMPLATES.filters["literal"] = lambda text: re.sub(r"[\\*`|_:<>[\]]", r"\\\g<0>", text)


def settings_page(
    settings: pd.DataFrame,
    chosen: Mapping[str, Any],
    results: Mapping[Run, Mapping[str, str]],
    folder: str | Path = FOLDER,
) -> str:
    """Write settings.csv as a page, best setting first, the chosen one marked.

    `results` has, by run, words -> path of what a row opens; of a setting that of its best run;
    `folder` is the page's own.
    """
    ranked = settings.sort_values("rank")
    best = ranked.assign(seed=ranked["best_seed"].fillna(-1))  # without a run that counts, no link
    opened = [results.get(run, {}) for run in runs_of(best)]
    return _page("settings", ranked, chosen, opened, Names.of(settings_of(settings)).noun, folder)


def runs_page(
    runs: pd.DataFrame,
    chosen: Mapping[str, Any],
    results: Mapping[Run, Mapping[str, str]],
    folder: str | Path = FOLDER,
) -> str:
    """Write runs.csv as a page, best run first, the chosen run marked; see `settings_page`."""
    ranked = runs.sort_values("rank")
    opened = [results.get(run, {}) for run in runs_of(ranked)]
    return _page("runs", ranked, chosen, opened, folder=folder)


def cost_page(costs: pd.DataFrame) -> str:
    """Write what each rule's jobs took, in sum."""
    return _page("cost", by_rule(costs))


def _page(
    name: str,
    table: pd.DataFrame,
    chosen: Mapping[str, Any] | None = None,
    opened: Sequence[Mapping[str, str]] = (),
    noun: str = "",
    folder: str | Path = FOLDER,
) -> str:
    """A table with, for each row, links to results: where they lie beside the page's folder."""
    links = [
        [(words, path, os.path.relpath(path, folder)) for words, path in own.items()]
        for own in opened
    ]
    texts = table_texts(table, SHOWN[name], chosen)
    return TEMPLATES.get_template("table.html").render(name=name, noun=noun, links=links, **texts)


def summary(
    settings: pd.DataFrame,
    runs: pd.DataFrame,
    chosen: Mapping[str, Any],
    links: Mapping[str, str],
    pictures: Mapping[str, str | Path],
    strip: Path | None = None,
) -> str:
    """Write the opening text, as reStructuredText; every number in it comes from the arguments.

    `links` has words to show -> path of a file in the report; `pictures` what they show -> file
    (PNG or SVG); `strip` is the picture under the verdict.
    """
    names = Names.of(settings_of(settings))
    shown = settings_to_show(settings, chosen, MAX_ROWS)
    known = [setting in shown or len(settings) <= MAX_ROWS for setting in settings_of(settings)]
    rows = settings[known].sort_values("rank")
    texts = table_texts(rows, (*names.keys, *SHOWN["first page"]), chosen)
    for place in texts["marked"]:
        texts["rows"][place][0] = f"**{texts['rows'][place][0]}**"
    headings = [column["heading"].replace("\n", " ") for column in texts["columns"]]
    return TEMPLATES.get_template("summary.rst").render(
        verdict=chosen["verdict"],
        reason=chosen["reason"],
        strip=strip and _data(strip),
        run=capital(names.run(chosen_run(chosen))),
        noun=names.noun,
        more=len(settings) - len(rows),
        links=links,
        settings=[[words[0].upper() + words[1:] for words in headings], *texts["rows"]],
        cautions=[*evidence(runs), *cautions(runs, settings)],
        pictures={words: _data(Path(path)) for words, path in pictures.items()},
        parts=["*{title}* ({meaning})".format(**RECORDS["parts"][part.name]) for part in PARTS],
        alpha=ALPHA,
        min_seeds=MIN_SEEDS,
    )


def _data(picture: Path) -> str:
    """A picture as the address of an image."""
    kind = {".svg": "image/svg+xml", ".png": "image/png"}[picture.suffix]
    # In short lines, which browsers put together: docutils refuses long ones.
    data = indent(encodebytes(picture.read_bytes()).decode("ascii"), "   ").strip()
    return f"data:{kind};base64,{data}"
