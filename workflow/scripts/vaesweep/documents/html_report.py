"""The HTML report's own parts: its opening text, and the tables of settings, runs and cost."""

import html
import os
import re
from base64 import encodebytes
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from vaesweep.comparison.choice import capital, chosen_run, settings_to_show
from vaesweep.comparison.columns import COSTS, RUNS, SETTINGS
from vaesweep.comparison.costs import by_rule
from vaesweep.comparison.findings import cautions, evidence
from vaesweep.documents.texts import plain, table_texts
from vaesweep.runs import Names, Run, runs_of, settings_of
from vaesweep.scoring.smoothness import PARTS
from vaesweep.statistics import ALPHA, LEAST_SEEDS
from vaesweep.words import counted, listed

SUMMARY_COLUMNS = (
    *("score", "interval", "first", "neg_elbo", "active_units", "best_seed", "train_seconds"),
)
FOLDER = "results/comparison"
MOST_ROWS = 12  # settings on the first page
# What reStructuredText would read as markup.
_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\*`|_:<>[]"})
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[3] / "templates"),
    autoescape=select_autoescape(),  # HTML, not reStructuredText
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["plain"] = plain
_TEMPLATES.filters["without_citations"] = lambda text: re.sub(r" @\w+", "", text)


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
    noun = Names.of(settings_of(settings)).noun
    introduction = f"Means over the seeds of each {noun}; intervals are over seeds and pairs."
    best = ranked["best_seed"].fillna(-1)  # without a run that counts, nothing to open
    opened = [results.get(run, {}) for run in runs_of(ranked.assign(seed=best))]
    table = table_texts(ranked, SETTINGS, chosen)
    return _page(f"{noun}s".capitalize(), introduction, table, opened, folder)


def runs_page(
    runs: pd.DataFrame,
    chosen: Mapping[str, Any],
    results: Mapping[Run, Mapping[str, str]],
    folder: str | Path = FOLDER,
) -> str:
    """Write runs.csv as a page, best run first, the chosen run marked; see `settings_page`."""
    ranked = runs.sort_values("rank")
    opened = [results.get(run, {}) for run in runs_of(ranked)]
    introduction = "Every run of the sweep, scored on the same pairs of test images."
    return _page("Runs", introduction, table_texts(ranked, RUNS, chosen), opened, folder)


def cost_page(costs: pd.DataFrame) -> str:
    """Write what each rule's jobs took, in sum."""
    introduction = "Time and memory of the sweep's jobs, by rule, as Snakemake measured them."
    return _page("Cost of the sweep", introduction, table_texts(by_rule(costs), COSTS), [])


def _page(
    title: str,
    introduction: str,
    table: Mapping[str, Any],
    opened: list[Mapping[str, str]],
    folder: str | Path = FOLDER,
) -> str:
    """A table with, for each row, links to results: where they lie beside the page's folder."""
    links = [
        [
            {
                "words": words,
                "path": path.split("#")[0],
                "address": os.path.relpath(path, folder),
            }
            for words, path in results.items()
        ]
        for results in opened
    ]
    template = _TEMPLATES.get_template("table.html")
    return template.render(title=title, introduction=introduction, links=links, **table)


def summary(
    settings: pd.DataFrame,
    runs: pd.DataFrame,
    chosen: Mapping[str, Any],
    links: Mapping[str, str],
    pictures: Mapping[str, str | Path],
    strip: Path | None = None,
) -> str:
    """Write the opening text, as reStructuredText; every number in it comes from the arguments.

    Args:
        settings: settings.csv.
        runs: runs.csv.
        chosen: chosen.json.
        links: words to show -> path of a file in the report.
        pictures: what they show -> file (PNG or SVG).
        strip: the picture under the verdict.
    """
    names, run = Names.of(settings_of(settings)), chosen_run(chosen)
    shown = settings_to_show(settings, chosen, MOST_ROWS)
    known = [setting in shown or len(settings) <= MOST_ROWS for setting in settings_of(settings)]
    rows = settings[known].sort_values("rank")
    texts = table_texts(rows, (*names.keys, *SUMMARY_COLUMNS), chosen)
    for place in texts["marked"]:
        texts["rows"][place][0] = f"**{texts['rows'][place][0]}**"
    headings = [column["heading"].replace("\n", " ") for column in texts["columns"]]
    return _TEMPLATES.get_template("summary.rst").render(
        verdict=escape(chosen["verdict"]),
        strip=_picture("", strip) if strip else "",
        run=escape(capital(names.run(run))),
        noun=names.noun,
        more=len(settings) - len(rows),
        reason=escape(chosen["reason"]),
        links=" · ".join(link(words, path) for words, path in links.items()),
        settings=[[words[0].upper() + words[1:] for words in headings], *texts["rows"]],
        cautions=[escape(note) for note in (*evidence(runs), *cautions(runs, settings))],
        pictures=[_picture(words, Path(path)) for words, path in pictures.items()],
        parts=[f"*{part.title}* ({part.meaning})" for part in PARTS],
        listed=listed,
        count=counted(len(PARTS), "part"),
        alpha=ALPHA,
        least_seeds=LEAST_SEEDS,
    )


def escape(text: str) -> str:
    """Quote the characters that reStructuredText would read as markup."""
    return text.translate(_SPECIAL)


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


# The pages of tables ask the report, by a message, for what their links name.
LISTENER = (
    "window.opensResults||=window.addEventListener('message',({data})=>{"
    "const own=results[data.result],page=data.result.endsWith('.html');"
    "if(own)app.setView({content:page?'html':'img',contentPath:own.data_uri+(data.part||''),"
    "resultPath:data.result,navbarMode:'resultinfo'})})||true"
)


def _picture(words: str, path: Path) -> str:
    # Snakemake's own `embeddedfigure` and docutils' `:loading: embed` both leave a bare file name.
    kind = {".svg": "image/svg+xml", ".png": "image/png"}[path.suffix]
    # In short lines, which browsers put together: docutils refuses long ones.
    data = indent(encodebytes(path.read_bytes()).decode("ascii"), "   ").strip()
    words = html.escape(words)
    return (
        f"<figure><figcaption>{words}</figcaption>"
        f'<img alt="{words}" src="data:{kind};base64,{data}" onload="{LISTENER}"></figure>'
    )
