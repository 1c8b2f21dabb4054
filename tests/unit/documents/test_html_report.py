from pathlib import Path

import pandas as pd
import pytest
from docutils.core import publish_doctree
from docutils.nodes import raw, reference, system_message, table

from vaesweep.comparison.costs import by_rule, read_costs
from vaesweep.documents.html_report import cost_page, runs_page, sizes_page
from vaesweep.documents.html_tables import Column, interval, number, page
from vaesweep.documents.summary import escape, link, summary

PARTS = ("evenness", "ghost_free", "class_path", "quality", "crossfade_quality", "gain")
CHOSEN = {
    "latent_size": 16,
    "seed": 1,
    "reason": "Its mean gain is the highest, by 5 *points*.",
}


def scores(gain: float) -> dict[str, float | str]:
    values: dict[str, float | str] = {
        f"{part}_{kind}": 0.5 for part in PARTS for kind in ("same", "different")
    }
    return values | {
        "gain": gain,
        "gain_low": gain - 0.01,
        "gain_high": gain + 0.01,
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
            {"latent_size": 2, "seeds": 2, "rank": 2, "best_seed": 0, "best_gain": 0.05}
            | scores(0.04),
            {"latent_size": 16, "seeds": 2, "rank": 1, "best_seed": 1, "best_gain": 0.12}
            | scores(0.11),
        ]
    )


@pytest.fixture
def runs() -> pd.DataFrame:
    ok = {"status": "ok", "device": "cpu", "flags": float("nan")}
    gone = {"status": "diverged", "device": "cpu", "flags": "diverged"}
    return pd.DataFrame(
        [
            {"latent_size": 2, "seed": 0, "rank": 3} | ok | scores(0.04),
            {"latent_size": 2, "seed": 1, "rank": None} | scores(float("nan")) | gone,
            {"latent_size": 16, "seed": 0, "rank": 2} | ok | scores(0.10),
            {"latent_size": 16, "seed": 1, "rank": 1} | ok | scores(0.12),
        ]
    )


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.1234, 3, "0.123"),
        (-0.1234, 2, "−0.12"),
        (-0.0001, 2, "0.00"),
        (12345.6, 0, "12,346"),
        (float("nan"), 3, "–"),
        (None, 3, "–"),
        (16, None, "16"),
        ("cpu", 2, "cpu"),
    ],
)
def test_number(value: object, decimals: int | None, text: str) -> None:
    assert number(value, decimals) == text


def test_interval_needs_both_bounds() -> None:
    assert interval(-0.01, 0.02, 2) == "−0.01 to 0.02"
    assert interval(None, 0.02, 2) == "–"


def test_page_marks_the_chosen_row_and_escapes_what_it_is_given() -> None:
    frame = pd.DataFrame({"name": ["a<b", "c&d"], "value": [1.0, 2.0], "hidden": [0, 0]})
    columns = [Column("name", "name"), Column("value", "value, s", 1, "how <long>")]
    text = page("Title", "What & why", columns, frame, "td {}", chosen=1)
    assert text.count('<tr class="chosen">') == 1
    assert '<tr class="chosen"><td class="text">c&amp;d</td><td>2.0</td></tr>' in text
    assert "a&lt;b" in text and "how &lt;long&gt;" in text and "What &amp; why" in text
    assert "hidden" not in text
    assert "<script" not in text and "http" not in text


def test_sizes_page_is_ordered_by_rank(sizes: pd.DataFrame) -> None:
    text = sizes_page(sizes, CHOSEN, "")
    assert text.index("<td>16</td>") < text.index("<td>2</td>")
    assert '<tr class="chosen"><td>1</td><td>16</td>' in text
    assert "0.100 to 0.120" in text


def test_runs_page_shows_diverged_runs_last(runs: pd.DataFrame) -> None:
    text = runs_page(runs, CHOSEN, "")
    rows = text.split("<tbody>")[1].split("</tbody>")[0].strip().splitlines()
    assert rows[0].startswith('<tr class="chosen"><td>1</td><td>16</td><td>1</td>')
    assert "diverged" in rows[-1] and "nan" not in text


def write_benchmark(path: Path, seconds: float, memory: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
        f"{seconds}\t0:00:01\t{memory}\t1\t1\t1\t0\t0\t99\t1\n",
        encoding="utf-8",
    )


def test_costs_leave_out_runs_of_an_earlier_sweep(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "train/latent-16_seed-0.tsv", 10, "300")
    write_benchmark(tmp_path / "train/latent-16_seed-1.tsv", 20, "400")
    write_benchmark(tmp_path / "train/latent-99_seed-0.tsv", 1000, "1000")
    write_benchmark(tmp_path / "choose.tsv", 1, "1")  # not in a rule's folder
    write_benchmark(tmp_path / "choose/all.tsv", 0.5, "-")
    costs = read_costs(tmp_path, {(16, 0), (16, 1)})
    rules = by_rule(costs).set_index("rule")
    assert list(rules.index) == ["train", "choose", "all"]
    assert rules.loc["train", ["jobs", "seconds_each", "seconds"]].tolist() == [2, 15, 30]
    assert rules.loc["train", "memory_mib"] == 400
    assert rules.loc["all", "seconds"] == 30.5
    assert "nan" not in cost_page(costs, "")


def test_costs_of_nothing_make_a_table_all_the_same(tmp_path: Path) -> None:
    assert "Cost of the sweep" in cost_page(read_costs(tmp_path, set()), "")


def test_summary_reads_as_meant(sizes: pd.DataFrame, runs: pd.DataFrame, tmp_path: Path) -> None:
    picture = tmp_path / "gain.svg"
    picture.write_text("<svg/>" * 9000, encoding="utf-8")  # longer than docutils lets a line be
    links = {"submission PDF": "results/submission/x_HW9.pdf"}
    text = summary(sizes, runs, CHOSEN, links, {"Gain & size": picture})
    document = publish_doctree(text)
    assert not list(document.findall(system_message))
    words = document.astext()
    assert "Latent size 16, seed 1 is the run to show. Its mean gain" in words
    assert "by 5 *points*." in words
    assert "0.100 to 0.120" in words
    assert "1 of 4 runs diverged" in words
    assert len(list(document.findall(table))) == 1
    (shown,) = document.findall(raw)
    assert 'alt="Gain &amp; size" src="data:image/svg+xml;base64,' in shown.astext()
    (opened,) = document.findall(reference)
    assert opened["refuri"].startswith("javascript:app.setView({content:'pdf'")
    assert "results['results/submission/x_HW9.pdf'].data_uri" in opened["refuri"]


def test_summary_has_dashes_for_a_size_without_scores(
    sizes: pd.DataFrame, runs: pd.DataFrame
) -> None:
    names = ["gain", "gain_low", "gain_high", "win_probability", "rank", "best_seed"]
    sizes.loc[0, names] = float("nan")
    words = publish_doctree(summary(sizes, runs, CHOSEN, {}, {})).astext()
    assert "–" in words and "nan" not in words


@pytest.mark.parametrize("text", ["*a* `b` |c| d_ e__ <f> [1]_ \\g", "file_name_ http://x"])
def test_escape_leaves_the_text_as_it_is(text: str) -> None:
    document = publish_doctree("Start " + escape(text) + " end.")
    assert not list(document.findall(system_message))
    assert document.astext() == f"Start {text} end."


@pytest.mark.parametrize(
    ("path", "kind"), [("a/b.pdf", "pdf"), ("a/b.html", "html"), ("a/b.png", "img")]
)
def test_link_opens_the_right_view(path: str, kind: str) -> None:
    assert f"content:'{kind}'" in link("words", path)
