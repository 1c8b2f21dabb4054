"""Parts of the HTML report: its opening text, and the tables of settings, runs and costs."""

import os
import re
from base64 import encodebytes
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pandas as pd

from vaesweep.comparison.columns import RECORDS, SHOWN, plain, table_texts
from vaesweep.comparison.costs import by_rule
from vaesweep.comparison.findings import cautions, evidence
from vaesweep.comparison.front import on_the_axes
from vaesweep.comparison.shortlist import settings_to_explore, settings_to_show
from vaesweep.comparison.sweep import Sweep
from vaesweep.comparison.verdict import verdict
from vaesweep.data.pairs import KINDS
from vaesweep.runs import Names, Run, runs_of, settings_of
from vaesweep.scoring.record import trained_here
from vaesweep.scoring.smoothness import PARTS
from vaesweep.statistics import ALPHA, MIN_SEEDS
from vaesweep.templates import TEMPLATES
from vaesweep.words import capital

MAX_ROWS = 12  # settings on the first page
TEMPLATES.filters["plain"] = plain
TEMPLATES.filters["without_citations"] = lambda text: re.sub(r" @\w+", "", text)
# Escape what reStructuredText would read as markup.
TEMPLATES.filters["literal"] = lambda text: re.sub(r"[\\*`|_:<>[\]]", r"\\\g<0>", text)


class Link(NamedTuple):
    """A link in the row of a run."""

    words: str
    path: str  # in the report
    address: str  # relative to the page


Links = Mapping[Run, Sequence[Link]]


def settings_page(sweep: Sweep, links: Links) -> str:
    """Write settings.csv as an HTML page, best setting first, the chosen one marked.

    A setting has the links of its best run.
    """
    ranked = sweep.settings.sort_values("rank")
    best_runs = runs_of(ranked.assign(seed=ranked["best_seed"].fillna(-1)))  # -1 has no links
    rows = [links.get(run, ()) for run in best_runs]
    return _page("settings", ranked, sweep.chosen, rows, Names.of(settings_of(ranked)).noun)


def runs_page(sweep: Sweep, links: Links) -> str:
    """Write runs.csv as an HTML page, best run first, the chosen one marked."""
    ranked = sweep.runs.sort_values("rank")
    return _page("runs", ranked, sweep.chosen, [links.get(run, ()) for run in runs_of(ranked)])


def cost_page(costs: pd.DataFrame) -> str:
    """Write the total costs of the jobs of each rule as an HTML page."""
    return _page("cost", by_rule(costs))


def links_by_run(sweep: Sweep, explorer: Path) -> dict[Run, list[Link]]:
    """Return the links of each run: to its two figures, and to its paths if the explorer has them.

    `explorer` is the path of the explorer, which is in the folder of the pages.
    """
    trained = settings_of(sweep.runs[trained_here(sweep.runs)])
    explored = settings_to_explore(sweep.settings, sweep.chosen_run, trained)
    links: dict[Run, list[Link]] = {}
    for kind in KINDS:
        for run, path in sweep.by_run(kind).items():
            address = os.path.relpath(path, explorer.parent)
            links.setdefault(run, []).append(Link(kind, path, address))
    for run in links:
        if run.setting in explored:
            part = urlencode({"of": f"{run.variant}/{run.latent_size}"})
            links[run].append(Link("paths", str(explorer), f"{explorer.name}#{part}"))
    return links


def _page(
    name: str,
    table: pd.DataFrame,
    chosen: Mapping[str, Any] | None = None,
    links: Sequence[Sequence[Link]] = (),
    noun: str = "",
) -> str:
    texts = table_texts(table, SHOWN[name], chosen)
    return TEMPLATES.get_template("table.html").render(name=name, noun=noun, links=links, **texts)


def summary(
    sweep: Sweep,
    links: Mapping[str, str],
    pictures: Mapping[str, str | Path],
    strip: Path | None = None,
) -> str:
    """Write the opening text as reStructuredText.

    `links` maps words to a file of the report, `pictures` maps titles to a PNG or SVG file, and
    `strip` is the picture under the verdict.
    """
    runs, settings, chosen = sweep.runs, sweep.settings, sweep.chosen
    names = Names.of(settings_of(settings))
    shown = settings_to_show(settings, sweep.chosen_run, MAX_ROWS)
    is_shown = [setting in shown or len(settings) <= MAX_ROWS for setting in settings_of(settings)]
    rows = settings[is_shown].sort_values("rank")
    texts = table_texts(rows, (*names.keys, *SHOWN["first page"]), chosen)
    for place in texts["marked"]:
        texts["rows"][place][0] = f"**{texts['rows'][place][0]}**"
    headings = [plain(column["heading"]) for column in texts["columns"]]
    return TEMPLATES.get_template("summary.rst").render(
        verdict=verdict(runs, settings, sweep.controls),
        about_data=chosen["cautions"],
        reason=chosen["reason"],
        strip=strip and _data_uri(strip),
        run=capital(names.run(sweep.chosen_run)),
        noun=names.noun,
        more=len(settings) - len(rows),
        links=links,
        settings=[[heading[0].upper() + heading[1:] for heading in headings], *texts["rows"]],
        findings=[*on_the_axes(settings), *evidence(runs), *cautions(runs, settings)],
        pictures={words: _data_uri(Path(path)) for words, path in pictures.items()},
        parts=["*{title}* ({meaning})".format(**RECORDS["parts"][part.name]) for part in PARTS],
        alpha=ALPHA,
        min_seeds=MIN_SEEDS,
    )


def _data_uri(picture: Path) -> str:
    """Return a picture as a data URI, in short lines because docutils refuses long ones."""
    kind = {".svg": "image/svg+xml", ".png": "image/png"}[picture.suffix]
    data = indent(encodebytes(picture.read_bytes()).decode("ascii"), "   ").strip()
    return f"data:{kind};base64,{data}"
