"""What a run prints after its last job: what was found, and where the documents are."""

import textwrap
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from vaesweep.comparison.chosen import chosen_run, read_chosen
from vaesweep.comparison.reading import read_comparison
from vaesweep.comparison.verdict import verdict
from vaesweep.running.messages import from_here
from vaesweep.running.schema import read_schema
from vaesweep.runs import Names, rows_of, settings_of
from vaesweep.templates import TEMPLATES

COMPARISON = Path("results/comparison")
MAX_LINES = 5  # of settings.csv, the best settings first
LINE = 79  # characters
SUBMISSIONS = Path("results/submission")
DOCUMENTS = {
    "comparison report": COMPARISON / "comparison_report.pdf",
    "HTML report": Path("results/report.html"),
    "explorer": COMPARISON / "explorer.html",
}


def closing(netid: str) -> str:
    """Show the best settings, the verdict, the chosen run, and where the documents are."""
    chosen = read_chosen("results/chosen.json")
    run = chosen_run(chosen)
    runs = read_comparison(COMPARISON / "runs.csv", "score", "lost_at_ends", "lost_between")
    table = read_comparison(COMPARISON / "settings.csv", "rank", "score", "lost_at_ends")
    controls = None
    if (COMPARISON / "controls.csv").exists():
        controls = read_comparison(COMPARISON / "controls.csv", "control", "score", "difference")
    ranked = table.sort_values("rank", kind="stable")
    names = Names.of(settings_of(ranked))
    of_setting = rows_of(runs, run.setting)
    documents = {"submission": SUBMISSIONS / f"{netid}_HW9.pdf", **DOCUMENTS}
    text = TEMPLATES.get_template("closing.txt").render(
        names=names,
        width=max(11, *(len(names.label(setting)) for setting in settings_of(ranked))),
        rows=list(zip(settings_of(ranked), ranked.to_dict("records"), strict=True)),
        max_lines=MAX_LINES,
        table=from_here(str(COMPARISON / "settings.csv")),
        chosen_setting=run.setting,
        lost=of_setting.set_index("seed").loc[run.seed],
        reason=chosen["reason"],
        verdict=verdict(runs, table, controls),
        cautions=chosen["cautions"],
        wrapped=partial(textwrap.fill, width=LINE),
        documents={name: from_here(str(path)) for name, path in documents.items() if path.exists()},
        notes=list(_notes_on_netid(netid, documents["submission"])),
    )
    return text.rstrip("\n")


def _notes_on_netid(netid: str, submission: Path) -> Iterator[str]:
    """What to know of the submission's name before it is handed in."""
    others = sorted(set(map(str, SUBMISSIONS.glob("*_HW9.pdf"))) - {str(submission)})
    if netid == read_schema()["properties"]["netid"]["default"]:
        yield (
            f"netid is still {netid}, the example: set yours in config.yaml and run again, which "
            "takes seconds."
        )
    if others:
        yield f"Of another netid, and older: {', '.join(map(from_here, others))}."
