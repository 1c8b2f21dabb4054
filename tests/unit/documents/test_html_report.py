import re
from pathlib import Path

import pandas as pd
import pytest
from docutils.core import publish_doctree
from docutils.nodes import raw, reference, system_message, table

from vaesweep.comparison.costs import by_rule, read_costs, seconds_by_run
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


def write_benchmark(path: Path, seconds: float, memory: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
        f"{seconds}\t0:00:01\t{memory}\t1\t1\t1\t0\t0\t99\t1\n",
        encoding="utf-8",
    )


OF_TWO = pd.DataFrame({"variant": "vae", "latent_size": 16, "seed": [0, 1], "device": "cpu"})


def test_costs_are_of_the_sweeps_own_jobs_and_say_what_is_missing(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "train/vae_latent-16_seed-0.tsv", 10, "300")
    write_benchmark(tmp_path / "train/vae_latent-16_seed-1.tsv", 20, "400")
    write_benchmark(tmp_path / "train/vae_latent-99_seed-0.tsv", 1000, "1000")
    write_benchmark(tmp_path / "train/vae_latent-16_stack-0.tsv", 1000, "1000")
    write_benchmark(tmp_path / "train_judges/seed-7.tsv", 1000, "1000")
    write_benchmark(tmp_path / "score/vae_latent-16.tsv", 3, "1")
    write_benchmark(tmp_path / "choose/all.tsv", 0.5, "-")
    costs = read_costs(tmp_path, OF_TWO, [0], [])
    rules = by_rule(costs).set_index("rule")
    assert rules.loc["train", ["jobs", "seconds_each", "seconds"]].tolist() == ["2", 15, 30]
    assert rules.loc["train", "memory_mib"] == 400
    assert rules.loc["score", ["jobs", "seconds"]].tolist() == ["1", 3]
    assert rules.loc["train_judges", "jobs"] == "0 of 1"
    assert rules.loc["interpolate", "jobs"] == "0 of 1"
    assert rules.loc["all", "seconds"] == 33.5
    assert seconds_by_run(costs).to_dict() == {Run("vae", 16, 0): 11.5, Run("vae", 16, 1): 21.5}
    assert "nan" not in cost_page(costs)


def test_a_stack_is_shared_by_its_seeds(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "train/vae_latent-16_stack-0.tsv", 30, "300")
    write_benchmark(tmp_path / "train/vae_latent-16_seed-0.tsv", 1000, "1000")
    costs = read_costs(tmp_path, OF_TWO, [], [[0, 1]])
    assert by_rule(costs).set_index("rule").loc["train", ["jobs", "seconds"]].tolist() == ["1", 30]
    assert seconds_by_run(costs).to_dict() == {Run("vae", 16, 0): 15, Run("vae", 16, 1): 15}


def test_costs_of_nothing_make_a_table_all_the_same(tmp_path: Path) -> None:
    assert "Cost of the sweep" in cost_page(read_costs(tmp_path, OF_TWO[:0], [], []))


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
