import re
from pathlib import Path

import pandas as pd
import pytest
from docutils.core import publish_doctree
from docutils.nodes import raw, reference, system_message, table
from made_up_results import write_results
from made_up_sweep import choose, sweep

from vaesweep.comparison.sweep import Sweep
from vaesweep.documents import html_report
from vaesweep.documents.html_report import (
    MAX_ROWS,
    Link,
    cost_page,
    links_by_run,
    runs_page,
    settings_page,
    summary,
)
from vaesweep.runs import Run

SCORES = {(2, 0): 0.03, (2, 1): 0.04, (16, 0): 0.1, (16, 1): 0.12}
COMPARED = sweep(SCORES, diverged=((2, 1),), device="<b>cpu & co</b>")
CHOSEN = choose(COMPARED) | {"reason": "Its mean score is the highest, by 5 *points*."}
LINKS = {Run("vae", 16, 1): [Link("same", "a/same.png", "../same.png"), Link("paths", "b", "b#c")]}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    return write_results(tmp_path_factory.mktemp("results"), COMPARED, CHOSEN)


def squeezed(page: str) -> str:
    """A page without the white space between its elements."""
    return re.sub(r">\s+<", "><", page)


def summary_of(text: str):
    """The document tree of a summary, which must have no errors."""
    document = publish_doctree(text)
    assert not list(document.findall(system_message))
    return document


def test_the_settings_page_is_ordered_by_rank_and_marks_the_chosen_setting(results: Sweep) -> None:
    text = squeezed(settings_page(results, LINKS))
    assert text.index("<td>16</td>") < text.index("<td>2</td>")
    chosen = text.split('class="chosen"')[1].split("</tr>")[0]
    assert "</td><td>1</td><td>16</td>" in chosen and "<td>0.110</td>" in chosen


def test_the_links_of_a_row_are_separate(results: Sweep) -> None:
    row = settings_page(results, LINKS).split('class="chosen"')[1].split("</td>")[0]
    assert re.sub("<.*?>", "", row.split(">", 1)[1]).split() == ["same", "·", "paths"]
    assert '<a href="../same.png" data-path="a/same.png">same</a>' in row


def test_the_links_of_a_run_open_its_figures_and_its_paths(tmp_path: Path) -> None:
    compared = sweep({(2, 0): 0.1, (2, 1): 0.2, ("pca", 20, 0): 0.3}, external="pca")
    made = write_results(tmp_path, compared, choose(compared))
    runs = ["vae/latent-2/seed-0", "vae/latent-2/seed-1", "pca/latent-20/seed-0"]
    for kind in ("same", "different"):
        made.files[kind] = [f"results/runs/{run}/{kind}.png" for run in runs]
    links = links_by_run(made, Path("results/comparison/explorer.html"))
    folder = "runs/vae/latent-2/seed-1"
    assert links[Run("vae", 2, 1)] == [
        ("same", f"results/{folder}/same.png", f"../{folder}/same.png"),
        ("different", f"results/{folder}/different.png", f"../{folder}/different.png"),
        ("paths", "results/comparison/explorer.html", "explorer.html#of=vae%2F2"),
    ]
    assert len(links[Run("pca", 20, 0)]) == 2, "the explorer needs the weights of a model"


def test_the_runs_page_shows_diverged_runs_last_and_escapes_texts(results: Sweep) -> None:
    text = squeezed(runs_page(results, {}))
    assert "&lt;b&gt;cpu &amp; co&lt;/b&gt;" in text and text.count("<script") == 1
    assert "http" not in text.split("</style>")[1]
    rows = text.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]
    assert rows[0].startswith(
        '<tr class="chosen"><td class="text"></td><td>1</td><td>16</td><td>1</td>'
    )
    assert "diverged" in rows[-1] and "nan" not in text


def test_the_cost_page_has_a_row_per_rule_and_one_for_all() -> None:
    costs = pd.DataFrame({"rule": ["train", "train", "compare"], "seconds": [10, 20, 1.5]})
    text = cost_page(costs.assign(runs=[[], [], []], memory_mib=[300, 400, None]))
    for row in (["train", "2", "15.0", "30", "400"], ["all", "3", "–", "32", "400"]):
        assert "".join(f"<td>{cell}</td>" for cell in row[1:]) in squeezed(text)
    assert "nan" not in text


def test_the_summary_shows_the_choice_the_settings_and_the_pictures(
    tmp_path: Path, results: Sweep
) -> None:
    picture = tmp_path / "score.svg"
    picture.write_text("<svg/>" * 9000, encoding="utf-8")  # longer than docutils lets a line be
    links = {"submission PDF": "results/submission/x_HW9.pdf"}
    document = summary_of(summary(results, links, {"Score & size": picture}))
    words = document.astext()
    assert "Latent size 16, seed 1 is the chosen run. Its mean score" in words
    assert "by 5 *points*." in words and "0.110" in words and "1 of 4 runs diverged" in words
    assert len(list(document.findall(table))) == 1
    (shown,) = document.findall(raw)
    assert 'alt="Score &amp; size" src="data:image/svg+xml;base64,' in shown.astext()
    (opened,) = document.findall(reference)
    assert opened["refuri"].startswith("javascript:app.setView({content:'pdf'")
    assert "results['results/submission/x_HW9.pdf'].data_uri" in opened["refuri"]


def test_the_summary_shows_the_best_of_many_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_report, "MAX_ROWS", 2)
    compared = sweep({(size, 0): size / 1000 for size in (100, 101, 102, 103)})
    made = write_results(tmp_path, compared, choose(compared, latent_size=100))
    words = summary_of(summary(made, {}, {})).astext()
    assert MAX_ROWS > 2 and "The table of latent sizes has 2 more." in words
    shown = words.split("Score\n")[1].split("The table of")[0].split()
    assert "100" in shown and "103" in shown and "101" not in shown and "102" not in shown


@pytest.mark.parametrize("text", ["*a* `b` |c| d_ e__ <f> [1]_ \\g", "file_name_ http://x"])
def test_markup_in_a_text_has_no_effect(text: str, tmp_path: Path) -> None:
    made = write_results(tmp_path, COMPARED, CHOSEN | {"reason": text})
    assert f"is the chosen run. {text}" in summary_of(summary(made, {}, {})).astext()


@pytest.mark.parametrize(("end", "kind"), [("pdf", "pdf"), ("html", "html"), ("png", "img")])
def test_a_link_opens_the_right_view(end: str, kind: str, results: Sweep) -> None:
    text = summary(results, {"words": f"a/b.{end}"}, {})
    assert f"`words <javascript:app.setView({{content:'{kind}',contentPath:" in text
