"""After a change, the jobs that depend on it are planned again, and no others."""

import re
import shutil

import pytest
from checkout import ROOT, Checkout, copy_of

from vaesweep.running.dependencies import source_files

pytestmark = pytest.mark.faults
PACKAGE = "workflow/scripts/vaesweep"

# Rules that are planned together, with the number of their jobs in the small sweep.
REFERENCES = {"draw_references": 1, "score_references": 1}
PER_SETTING = {"interpolate": 2, "score": 2, "draw_runs": 2}
CHOICE = {"choose": 1, "score_controls": 1, "explorer": 1}
COMPARISON = {"compare": 1, **CHOICE}
PAGES = {"comparison_report": 1, "report_tables": 1, "report": 1}
FIGURES = {"plot_comparison": 1, **PAGES}
DOCUMENTS = {"submission": 1, **FIGURES}
RESULTS = {**PER_SETTING, **COMPARISON, **DOCUMENTS}


def rule_graph() -> set[tuple[str, str]]:
    """Pairs of rules of which the second reads what the first writes.

    They are those of docs/architecture.md, which test_journeys.py compares with Snakemake's.
    """
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    names = dict(re.findall(r"(id\d+)\[(\w+)\]", text))
    edges = {(names[a], names[b]) for a, b in re.findall(r"(id\d+) --> (id\d+)", text)}
    pages = ("submission", "comparison_report", "explorer", "report_tables")
    return edges | {(page, "report") for page in pages}


def test_every_rule_depends_on_the_code_of_its_script():
    rules = "".join(path.read_text() for path in sorted(ROOT.glob("workflow/rules/*.smk")))
    scripts = re.findall(r'"\.\./scripts/(\w+\.py)"', rules)
    assert re.findall(r'\*code\("(\w+\.py)"\)', rules) == scripts and "score.py" in scripts


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("training/loop.py", {"train": 4, **RESULTS}),
        ("training/model.py", {"train": 4, **RESULTS}),
        ("training/objectives.py", {"train": 4, **RESULTS}),
        ("interpolation.py", {**REFERENCES, **RESULTS}),
        ("scoring/judges.py", {"train_judges": 1, "score_references": 1, "score": 2,
                               **COMPARISON, **DOCUMENTS}),
        ("scoring/smoothness.py", {"score_references": 1, "score": 2, **COMPARISON, **DOCUMENTS}),
        ("scoring/likelihood.py", {"score": 2, **COMPARISON, **DOCUMENTS}),
        ("scoring/diagnostics.py", {"score": 2, **COMPARISON, **DOCUMENTS}),
        ("comparison/tables.py", {**COMPARISON, **DOCUMENTS}),
        ("comparison/choice.py", {**CHOICE, **DOCUMENTS}),
        ("comparison/findings.py", PAGES),
        ("figures/scores.py", FIGURES),
        ("figures/grids.py", {"draw_runs": 2, "submission": 1, "report_tables": 1, "report": 1}),
        ("data/datasets.yaml", {"draw_runs": 2, "explorer": 1, **DOCUMENTS}),
        ("data/download.py", {}),
        ("running/jobs.py", {}),
        ("files.py", {}),
    ],
)  # fmt: skip
def test_what_an_edit_to_a_module_reruns(module, expected):
    """The rules whose code has the module, and all that come after them."""
    scripts = ROOT / "workflow/scripts"
    rerun = {
        script.stem
        for script in scripts.glob("*.py")
        if ROOT / PACKAGE / module in source_files(script)
    }
    rerun -= {"import_external"}  # the graph has no external model
    while later := {after for before, after in rule_graph() if before in rerun} - rerun:
        rerun |= later
    assert rerun - {"all"} == set(expected)


def edit(checkout: Checkout, module: str) -> None:
    with (checkout / PACKAGE / module).open("a") as file:
        file.write("# A comment.\n")


def change_nothing_that_counts(checkout: Checkout) -> None:
    """Sources from a new clone, all newer than the results, and edits that decide no result."""
    clone = checkout / "clone"
    shutil.copytree(checkout / "workflow", clone, copy_function=shutil.copyfile)
    shutil.rmtree(checkout / "workflow")
    clone.rename(checkout / "workflow")
    for path in checkout.folder.iterdir():
        path.touch()
    for module in ("data/download.py", "running/jobs.py", "files.py"):
        edit(checkout, module)


def remove_a_run(checkout: Checkout) -> None:
    shutil.rmtree(checkout / "results/runs/vae/latent-4/seed-1")


def edit_the_training(checkout: Checkout) -> None:
    edit(checkout, "training/loop.py")


def move_the_images(checkout: Checkout) -> None:
    (checkout / "images").rename(checkout / "moved")
    checkout.configure(
        dataset={"dir": "moved"}, submission={"paper": "a4"}, training={"checkpoint_seconds": 60}
    )


def touch_all_results(checkout: Checkout) -> None:
    """Every file gets another time: what jobs read is newer than what they write."""
    made_last_first = sorted(
        (checkout / "results").rglob("*.*"), key=lambda path: -path.stat().st_mtime
    )
    for path in made_last_first:
        path.touch()


def copy_without_times(checkout: Checkout) -> None:
    copied = checkout / "copied"
    shutil.copytree(checkout / "results", copied, copy_function=shutil.copyfile)
    shutil.rmtree(checkout / "results")
    copied.rename(checkout / "results")


def lose_the_data_and_add_a_seed(checkout: Checkout) -> None:
    shutil.rmtree(checkout / "results/data")
    checkout.configure(sweep={"seeds": [0, 1, 2]})


def change_an_image(checkout: Checkout) -> None:
    path = checkout / "images/train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\1")


def configure(**sections):
    return lambda checkout: checkout.configure(**sections)


CHANGES = {
    "nothing that counts": (change_nothing_that_counts, {}),
    "other times": (touch_all_results, {}),
    "a copy without times": (copy_without_times, {}),
    "the data lost and one seed more": (
        lose_the_data_and_add_a_seed,
        {"train": 2, **RESULTS},
    ),
    "an image": (
        change_an_image,
        {"fetch_data": 1, "draw_pairs": 1, "train_judges": 1, "train": 4, **REFERENCES, **RESULTS},
    ),
    "an edit of the training": (edit_the_training, {"train": 4, **RESULTS}),
    "epochs": (configure(training={"epochs": 2}), {"train": 4, **RESULTS}),
    "one seed fewer": (configure(sweep={"seeds": [0]}), RESULTS),
    "one latent size more": (
        configure(sweep={"latent_sizes": [2, 4, 8]}),
        {"train": 2, "interpolate": 1, "score": 1, "draw_runs": 1, **COMPARISON, **DOCUMENTS},
    ),
    "pairs": (
        configure(scoring={"pairs_per_kind": 20}),
        {"draw_pairs": 1, **REFERENCES, **RESULTS},
    ),
    "steps of a path": (configure(interpolation={"steps": 5}), {**REFERENCES, **RESULTS}),
    "kind of path": (configure(interpolation={"path": "spherical"}), RESULTS),
    "one judge more": (
        configure(scoring={"judge_seeds": [0, 1]}),
        {"train_judges": 1, "score_references": 1, "score": 2, **COMPARISON, **DOCUMENTS},
    ),
    "a pinned run": (
        configure(selection={"latent_size": 4, "seed": 1}),
        {**CHOICE, **DOCUMENTS},
    ),
    "netid": (configure(netid="other"), {"submission": 1, **PAGES}),
    "paper, checkpoints and the folder of the images": (
        move_the_images,
        {"submission": 1, "comparison_report": 1, "report": 1},
    ),
    "a run removed": (
        remove_a_run,
        {"train": 1, "interpolate": 1, "score": 1, "draw_runs": 1, **COMPARISON, **DOCUMENTS},
    ),
}


def planned(checkout: Checkout) -> dict[str, int]:
    """The number of jobs of each rule in a dry run."""
    output = checkout.snakemake("all", "report", "-n", "--quiet", "host").stdout
    if "Nothing to be done" in output:
        return {}
    table = output.split("Job stats:")[1].split("total")[0]
    jobs = re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)
    return {rule: int(count) for rule, count in jobs if rule not in ("all", "job")}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_planned_after_a_change(finished, tmp_path, name):
    change, expected = CHANGES[name]
    checkout = copy_of(finished, tmp_path / "project")
    change(checkout)
    assert planned(checkout) == expected
