import re
from pathlib import Path

import pandas as pd
import pytest
from docutils.core import publish_doctree
from docutils.nodes import raw, reference, system_message, table

from vaesweep.comparison.costs import read_costs
from vaesweep.documents.html_report import cost_page, runs_page, settings_page, summary
from vaesweep.runs import Run

PARTS = ("transport", "ghost_free", "class_path", "quality", "score")
CHOSEN = {
    "variant": "vae",
    "latent_size": 16,
    "seed": 1,
    "pinned": [],
    "verdict": "Use latent size 16.",
    "reason": "Its mean score is the highest, by 5 *points*.",
}


SAME = "results/runs/vae/latent-16/seed-1/same_digit.png"
RESULTS = {Run("vae", 16, 1): {"same": SAME}}


def scores(score: float) -> dict[str, float | str]:
    values: dict[str, float | str] = {
        f"{part}_{kind}": 0.5 for part in PARTS for kind in ("same", "different")
    }
    return values | {
        "score": score,
        "score_low": score - 0.01,
        "score_high": score + 0.01,
        "win_probability": 0.5,
        "neg_elbo": 100.25,
        "reconstruction": 75.0,
        "kl": 25.25,
        "active_units": 14,
        "train_seconds": 51.2,
    }


@pytest.fixture
def sizes() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "variant": "vae",
                "latent_size": 2,
                "seeds": 2,
                "rank": 2,
                "best_seed": 0,
                "best_score": 0.05,
            }
            | scores(0.04),
            {
                "variant": "vae",
                "latent_size": 16,
                "seeds": 2,
                "rank": 1,
                "best_seed": 1,
                "best_score": 0.12,
            }
            | scores(0.11),
        ]
    )


@pytest.fixture
def runs() -> pd.DataFrame:
    ok = {"status": "ok", "device": "cpu", "flags": ""}
    gone = {"status": "diverged", "device": "cpu", "flags": "diverged"}
    return pd.DataFrame(
        [
            {"variant": "vae", "latent_size": 2, "seed": 0, "rank": 3} | ok | scores(0.04),
            {"variant": "vae", "latent_size": 2, "seed": 1, "rank": None}
            | scores(float("nan"))
            | gone,
            {"variant": "vae", "latent_size": 16, "seed": 0, "rank": 2} | ok | scores(0.10),
            {"variant": "vae", "latent_size": 16, "seed": 1, "rank": 1} | ok | scores(0.12),
        ]
    )


def squeezed(page: str) -> str:
    """A page without the blanks between its elements."""
    return re.sub(r">\s+<", "><", page)


def test_sizes_page_is_ordered_by_rank(sizes: pd.DataFrame) -> None:
    text = squeezed(settings_page(sizes, CHOSEN, RESULTS))
    assert text.index("<td>16</td>") < text.index("<td>2</td>")
    assert "</td><td>1</td><td>16</td>" in text.split('class="chosen"')[1].split("</tr>")[0]
    assert "0.100 to 0.120" in text
    link = f'<a href="../runs/vae/latent-16/seed-1/same_digit.png" data-path="{SAME}">same</a>'
    assert text.count("<a ") == 1 and link in text.split('class="chosen"')[1].split("</tr>")[0]


def test_runs_page_shows_diverged_runs_last(runs: pd.DataFrame) -> None:
    runs["device"] = "<b>cpu & co</b>"
    text = squeezed(runs_page(runs, CHOSEN, {}))
    assert "&lt;b&gt;cpu &amp; co&lt;/b&gt;" in text and text.count("<script") == 1
    assert "http" not in text.split("</style>")[1]
    rows = text.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]
    assert rows[0].startswith(
        '<tr class="chosen"><td class="text"></td><td>1</td><td>16</td><td>1</td>'
    )
    assert "diverged" in rows[-1] and "nan" not in text


def test_costs_of_nothing_make_a_table_all_the_same(tmp_path: Path, runs: pd.DataFrame) -> None:
    assert "Cost of the sweep" in cost_page(read_costs(tmp_path, runs))


def test_summary_reads_as_meant(sizes: pd.DataFrame, runs: pd.DataFrame, tmp_path: Path) -> None:
    picture = tmp_path / "score.svg"
    picture.write_text("<svg/>" * 9000, encoding="utf-8")  # longer than docutils lets a line be
    links = {"submission PDF": "results/submission/x_HW9.pdf"}
    text = summary(sizes, runs, CHOSEN, links, {"Score & size": picture})
    document = publish_doctree(text)
    assert not list(document.findall(system_message))
    words = document.astext()
    assert "Latent size 16, seed 1 is the run to show. Its mean score" in words
    assert "by 5 *points*." in words
    assert "0.100 to 0.120" in words
    assert "1 of 4 runs diverged" in words
    assert len(list(document.findall(table))) == 1
    (shown,) = document.findall(raw)
    assert 'alt="Score &amp; size" src="data:image/svg+xml;base64,' in shown.astext()
    (opened,) = document.findall(reference)
    assert opened["refuri"].startswith("javascript:app.setView({content:'pdf'")
    assert "results['results/submission/x_HW9.pdf'].data_uri" in opened["refuri"]


def test_summary_has_dashes_for_a_size_without_scores(
    sizes: pd.DataFrame, runs: pd.DataFrame
) -> None:
    names = ["score", "score_low", "score_high", "win_probability", "rank", "best_seed"]
    sizes.loc[0, names] = float("nan")
    words = publish_doctree(summary(sizes, runs, CHOSEN, {}, {})).astext()
    assert "–" in words and "nan" not in words


def test_the_first_page_shows_the_best_of_many_settings(
    sizes: pd.DataFrame, runs: pd.DataFrame
) -> None:
    many = pd.concat([sizes.assign(latent_size=100 + k, rank=k + 2) for k in range(10)])
    words = publish_doctree(summary(pd.concat([sizes, many]), runs, CHOSEN, {}, {})).astext()
    assert "10 more stand in the table of latent sizes." in words
    assert "100\n" in words and "109\n" not in words


@pytest.mark.parametrize("text", ["*a* `b` |c| d_ e__ <f> [1]_ \\g", "file_name_ http://x"])
def test_a_text_stays_as_it_is(text: str, sizes: pd.DataFrame, runs: pd.DataFrame) -> None:
    document = publish_doctree(summary(sizes, runs, CHOSEN | {"reason": text}, {}, {}))
    assert not list(document.findall(system_message))
    assert f"is the run to show. {text}" in document.astext()


@pytest.mark.parametrize(("end", "kind"), [("pdf", "pdf"), ("html", "html"), ("png", "img")])
def test_a_link_opens_the_right_view(
    end: str, kind: str, sizes: pd.DataFrame, runs: pd.DataFrame
) -> None:
    text = summary(sizes, runs, CHOSEN, {"words": f"a/b.{end}"}, {})
    assert f"`words <javascript:app.setView({{content:'{kind}',contentPath:" in text
