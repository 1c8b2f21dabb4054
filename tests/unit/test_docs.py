"""Pages that programs write are up to date, and no link between pages is broken."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

PAGES = [
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("*/*.md"))
    if not path.is_relative_to(ROOT / "results")
]
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("name", ["configuration", "tables"])
def test_a_generated_page_is_what_its_command_writes(name, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "workflow").symlink_to(ROOT / "workflow")
    script = shutil.copy(ROOT / f"docs/{name}.py", tmp_path / "docs")
    subprocess.run([sys.executable, script], check=True)
    written = (tmp_path / f"docs/{name}.md").read_text(encoding="utf-8")
    page = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    assert page == written, f"run python docs/{name}.py and commit docs/{name}.md"


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if not link.startswith("http"):
            target = (page.parent / path) if path else page
            assert target.exists(), f"{page}: there is no {link}"
            assert not anchor or anchor in anchors(target), f"{page}: there is no heading {link}"


def words_of_the_program() -> str:
    """All texts of the Python files, and the whole Makefile and rules, each text on a line."""
    whole = [ROOT / "Makefile", *(ROOT / "workflow/rules").glob("*.smk")]
    texts = [path.read_text(encoding="utf-8") for path in whole]
    for path in (ROOT / "workflow/scripts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    return "\n".join(texts)


def test_the_messages_in_troubleshooting_are_those_of_the_program():
    page = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    of_others = {
        "LockException",
        "Directory cannot be locked",
        "PermissionError",
        "Killed",
        "No space left on device",
        "No space left",
        "No rule to produce …",
    }
    program = words_of_the_program()
    first_cells = re.findall(r"^\| (.*?) \|", page.split("## It runs, but")[0], re.MULTILINE)
    messages = {text for cell in first_cells for text in re.findall(r"`([^`]+)`", cell)}
    parts = [part.strip(" :;,") for message in messages - of_others for part in message.split("…")]
    assert [part for part in parts if part not in program] == []
    assert of_others <= messages and len(messages) > 20


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("dependabot", "dependabot.yml"),
        ("github-issue-forms", "ISSUE_TEMPLATE/*.yml"),
        ("github-workflows", "workflows/*.yml"),
    ],
)
def test_github_accepts_the_settings(schema, files):
    paths = sorted(map(str, (ROOT / ".github").glob(files)))
    command = ["check_jsonschema", "--builtin-schema", f"vendor.{schema}", *paths]
    subprocess.run([sys.executable, "-m", *command], check=True)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_a_page_of_docs_leads_to_another(page):
    assert [link for link in LINK.findall(page.read_text("utf-8")) if ".md" in link]


def test_every_page_of_docs_is_linked_from_the_readme():
    linked = set(LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} <= linked
