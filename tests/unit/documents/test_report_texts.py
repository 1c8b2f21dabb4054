"""The texts of `workflow/report`, rendered as Snakemake does but with undefined names as errors."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import jinja2
import pytest
from checkout import ROOT
from docutils.core import publish_doctree
from docutils.nodes import system_message

from vaesweep.running.config import complete

TEXTS = sorted((ROOT / "workflow" / "report").glob("*.rst"))
CATEGORIES = ("Comparison", "Cost", "Method", "Results", "Runs", "Tables")


class Category(NamedTuple):
    name: str


def render(path: Path, **names: Any) -> str:
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string(path.read_text(encoding="utf-8")).render(**names)


@pytest.mark.parametrize(
    ("external", "words"),
    [
        ({}, "1 model with latent size 16 and 1 seed was trained for 1 epoch on"),
        (
            {"pca": {"latent_size": 20, "frames": ["a.npz", "b.npz"]}},
            "training images, and compared with 2 runs of pca, trained elsewhere: 3 runs in",
        ),
    ],
)
def test_the_first_page_counts_runs(external, words):
    sweep = {"latent_sizes": [16], "seeds": [0], "external": external}
    job = SimpleNamespace(config=complete({"sweep": sweep, "training": {"epochs": 1}}))
    text = render(ROOT / "workflow/report/workflow.rst", snakemake=job, categories={})
    assert words in " ".join(text.split())


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_text_renders(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    summary = tmp_path / "results" / "comparison" / "summary.rst"
    summary.parent.mkdir(parents=True)
    summary.write_text("What the sweep found.\n", encoding="utf-8")
    (tmp_path / "results" / "sweep.json").write_text('{"commit": "abc"}', encoding="utf-8")
    job = SimpleNamespace(
        config=complete({}),
        output=["results/a.pdf"],
        params=SimpleNamespace(noun="class", nouns="classes"),
    )
    categories = {Category(name): {} for name in CATEGORIES}
    links = "".join(f"\n\n.. _{name}: javascript:x" for name in CATEGORIES)
    text = render(path, snakemake=job, categories=categories, files=[]) + links
    document = publish_doctree(text, settings_overrides={"report_level": 2})
    assert not list(document.findall(system_message))
    assert not re.search(r"\b(digits?|strokes?)\b", document.astext().replace("homework", ""))
    if path.name == "workflow.rst":
        assert "What the sweep found." in document.astext()
        assert '"commit": "abc"' in document.astext()
        assert all(f"{name}:" in document.astext() for name in CATEGORIES)
