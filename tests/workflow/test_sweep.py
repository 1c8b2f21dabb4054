"""A sweep as a user runs it: its files are as documented, and agree with one another."""

import base64
import json
from itertools import combinations

import matplotlib.image
import numpy as np
import pandas as pd
import pymupdf
import pytest
from checkout import copy_of
from listing_text import read_listing, shown
from main_sweep import JUDGE_SEEDS, LATENT_SIZES, SEEDS
from safetensors.numpy import load_file

from vaesweep.words import number

pytestmark = pytest.mark.workflow
RUNS = [(latent_size, seed) for latent_size in LATENT_SIZES for seed in SEEDS]
KINDS = ("same", "different")
DIAGNOSTICS = [
    "known_path_error", "known_path_reconstruction", "known_path_interpolation",
    "frechet", "nll_is",
]  # fmt: skip
RUNS_CSV = [
    "variant", "latent_size", "seed", "status", "neg_elbo", "reconstruction", "kl", "active_units",
    "train_seconds", "device", "transport_same", "ghost_free_same", "class_path_same",
    "quality_same", "score_same", "transport_different", "ghost_free_different",
    "class_path_different", "quality_different", "score_different", "score", "score_low",
    "score_high", "rank", "win_probability", "flags", "lost_at_ends", "lost_at_ends_low",
    "lost_at_ends_high", "lost_between", "lost_between_low", "lost_between_high", *DIAGNOSTICS,
]  # fmt: skip
DISPLAY = {"same": slice(0, 10), "different": slice(10, 20)}
FIGURES = {"same": "same_digit.png", "different": "different_digits.png"}
PDF = "results/submission/ab-12_HW9.pdf"


def folder_of(sweep, latent_size, seed):
    return sweep / f"results/runs/vae/latent-{latent_size}/seed-{seed}"


@pytest.fixture(scope="module")
def pairs(sweep):
    return pd.read_csv(sweep / "results/pairs.csv")


@pytest.fixture(scope="module")
def test_images(sweep):
    return np.load(sweep / "results/data/MNIST/test.npz")["images"]


@pytest.fixture(scope="module")
def chosen(sweep):
    return json.loads((sweep / "results/chosen.json").read_text())


def test_the_splits_are_those_of_mnist(sweep):
    for split, count in (("train", 60000), ("test", 10000)):
        arrays = np.load(sweep / f"results/data/MNIST/{split}.npz")
        assert arrays["images"].shape == (count, 28, 28)
        assert np.bincount(arrays["labels"]).min() > count / 12


def test_training_never_sees_the_test_split(sweep):
    model = "results/runs/vae/latent-2/seed-0/model.safetensors"
    judge = "results/judges/seed-0.safetensors"
    plan = sweep.snakemake("-n", "--forceall", model, judge).stdout
    for rule in ("train", "train_judges"):
        inputs = plan.split(f"rule {rule}:")[1].split("output:")[0]
        assert "train.npz" in inputs and "test.npz" not in inputs


@pytest.mark.parametrize(("latent_size", "seed"), RUNS)
def test_files_of_a_run(sweep, pairs, latent_size, seed):
    run = folder_of(sweep, latent_size, seed)
    assert load_file(run / "model.safetensors")["decoder.0.weight"].shape[0] == latent_size
    history = pd.read_csv(run / "history.csv")
    columns = ["epoch", "neg_elbo", "reconstruction", "kl", "learning_rate", "seconds"]
    assert list(history) == columns and len(history) == 1
    training = json.loads((run / "training.json").read_text())
    assert (training["latent_size"], training["seed"]) == (latent_size, seed)
    assert training["status"] == "ok"
    arrays = np.load(run / "interpolations.npz")
    assert arrays["frames"].shape == (len(pairs), 9, 28, 28)
    assert arrays["reconstructions"].shape == (len(pairs), 2, 28, 28)
    assert arrays["frames"].dtype == arrays["reconstructions"].dtype == np.uint8
    assert not (run / "checkpoint.pt").exists()


@pytest.mark.parametrize(("latent_size", "seed"), RUNS)
def test_scores_of_a_run(sweep, pairs, latent_size, seed):
    run = folder_of(sweep, latent_size, seed)
    scores = pd.read_csv(run / "pair_scores.csv")
    assert scores[["set", "kind", "row"]].equals(pairs[["set", "kind", "row"]])
    parts = ["transport", "ghost_free", "class_path", "quality"]
    assert scores[parts].min(axis=None) >= 0 and scores[parts].max(axis=None) <= 1
    product = scores["transport"] ** 2 * scores["ghost_free"] * scores["class_path"]
    assert np.allclose(product**0.25, scores["quality"])  # with one judge there is no mean
    references = pd.read_csv(sweep / "results/reference_scores.csv").set_index("reference")
    fade, best = (references.loc[name].reset_index() for name in ("cross_fade", "transport"))
    lead = (best["quality"] - fade["quality"])[scores["set"] == "score"]
    lead = scores["kind"].map(lead.groupby(scores["kind"]).mean())
    assert np.allclose((scores["quality"] - fade["quality"]) / lead, scores["score"])
    metrics = json.loads((run / "metrics.json").read_text())
    scored = scores[scores["set"] == "score"]
    by_kind = scored.groupby("kind")["score"].mean()
    assert metrics["score"] == pytest.approx(by_kind.mean())
    assert metrics["score_low"] < metrics["score"] < metrics["score_high"]
    assert 80 < metrics["neg_elbo"] < 220


def test_tables_of_runs_and_settings(sweep):
    runs = pd.read_csv(sweep / "results/comparison/runs.csv")
    assert list(runs) == RUNS_CSV
    assert runs[DIAGNOSTICS].notna().all(axis=None)
    assert list(zip(runs["latent_size"], runs["seed"], strict=True)) == RUNS
    assert sorted(runs["rank"]) == list(range(1, 1 + len(RUNS)))
    assert runs["win_probability"].sum() == pytest.approx(1)
    settings = pd.read_csv(sweep / "results/comparison/settings.csv")
    assert settings["latent_size"].tolist() == LATENT_SIZES
    means = runs.groupby("latent_size")["score"].mean()
    assert settings.set_index("latent_size")["score"].to_dict() == pytest.approx(means.to_dict())
    for seed in JUDGE_SEEDS:
        facts = json.loads((sweep / f"results/judges/seed-{seed}.json").read_text())
        assert facts["accuracy"] > 0.97


def test_two_seeds_have_differences_but_no_intervals(sweep):
    differences = pd.read_csv(sweep / "results/comparison/differences.csv")
    compared = differences[["latent_size_a", "latent_size_b"]].to_numpy().tolist()
    assert sorted(compared) == sorted(map(list, combinations(LATENT_SIZES, 2)))
    unknown = ["low", "high", "probability_a_above_b", "p_value", "p_holm", "tied"]
    assert list(differences)[6:] == unknown and differences["difference"].notna().all()
    assert differences[unknown].isna().all(axis=None)
    settings = pd.read_csv(sweep / "results/comparison/settings.csv")
    unknown = ["score_low", "score_high", "win_probability", "tied_with_first"]
    assert settings[unknown].isna().all(axis=None) and sorted(settings["rank"]) == [1, 2, 3]


def test_one_judge_has_no_agreement(sweep):
    assert pd.read_csv(sweep / "results/comparison/judges.csv").empty


def test_the_best_seed_of_the_best_size_is_chosen(sweep, chosen):
    runs = pd.read_csv(sweep / "results/comparison/runs.csv")
    means = runs.groupby("latent_size")["score"].mean()
    assert chosen["latent_size"] == means.idxmax()
    candidates = runs[runs["latent_size"] == means.idxmax()]
    best = candidates.loc[candidates["score"].idxmax()]
    assert chosen["seed"] == best["seed"] and chosen["candidates"] == len(RUNS)
    assert chosen["low"] < chosen["value"] < chosen["high"] and chosen["tied_with"] is None
    assert chosen["pinned"] == [] and chosen["metric"] == "score"


@pytest.mark.parametrize("kind", KINDS)
def test_frames_begin_and_end_with_the_test_images_of_pairs_csv(sweep, pairs, test_images, kind):
    displayed = pairs[(pairs["set"] == "display") & (pairs["kind"] == kind)]
    assert displayed["row"].tolist() == list(range(10))
    for latent_size, seed in RUNS:
        frames = np.load(folder_of(sweep, latent_size, seed) / "interpolations.npz")["frames"]
        assert (frames[DISPLAY[kind], 0] == test_images[displayed["index_a"]]).all()
        assert (frames[DISPLAY[kind], 8] == test_images[displayed["index_b"]]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_shows_the_test_images_in_its_outer_columns(sweep, test_images, pairs, kind):
    """The figure has few colours, so grey levels differ a little."""
    picture = matplotlib.image.imread(folder_of(sweep, 16, 1) / FIGURES[kind])[..., 0]
    picture = (255 * picture).round().astype(int)
    rows = pairs[(pairs["set"] == "display") & (pairs["kind"] == kind)]
    width = picture.shape[1] // 5
    for part, index in ((picture[:, :width], "index_a"), (picture[:, -width:], "index_b")):
        for image in test_images[rows[index]]:
            assert contains(part, np.kron(255 - image.astype(int), np.ones((3, 3), int)))


def contains(picture, tile):
    """Whether `tile` is somewhere in `picture`, except for its outermost pixels."""
    inner = tile[6:-6, 6:-6]
    windows = np.lib.stride_tricks.sliding_window_view(picture, inner.shape)
    probe = [(20, 20), (30, 40), (45, 30), (50, 55), (35, 25)]
    match = np.all([np.abs(windows[..., y, x] - inner[y, x]) <= 10 for y, x in probe], axis=0)
    return any((np.abs(windows[y, x] - inner) <= 10).all() for y, x in np.argwhere(match))


@pytest.mark.parametrize(("page_number", "kind"), [(0, "same"), (1, "different")])
def test_pages_show_the_test_images_at_both_ends(sweep, pairs, test_images, page_number, kind):
    """The page is rendered: what a reader sees is what pairs.csv lists."""
    document = pymupdf.open(sweep / PDF)
    page = document[page_number]
    boxes = sorted(
        (pymupdf.Rect(info["bbox"]) for info in page.get_image_info()),
        key=lambda box: (round(box.y0), box.x0),
    )
    assert len(boxes) == 90
    rows = pairs[(pairs["set"] == "display") & (pairs["kind"] == kind)]
    for column, index in ((0, "index_a"), (8, "index_b")):
        for row, image in enumerate(test_images[rows[index]]):
            box = boxes[9 * row + column]
            scale = 28 * 8 / box.width
            pixels = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), clip=box, alpha=False)
            rendered = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, -1, 3)
            middles = rendered[4::8, 4::8, 0][1:27, 1:27].astype(int)
            assert np.abs(middles - (255 - image.astype(int))[1:27, 1:27]).max() <= 2


def test_the_code_pages_equal_the_sources(sweep):
    listed = read_listing(sweep / PDF)
    package = "workflow/scripts/vaesweep"
    expected = {f"{package}/training/loop.py", f"{package}/figures/grids.py"}
    expected |= {"config.yaml", "workflow/rules/train.smk"}
    assert expected <= set(listed) and "Snakefile" not in listed
    assert len(pymupdf.open(sweep / PDF)) <= 22
    for path, lines in listed.items():
        if path != "config.yaml":
            assert lines == shown((sweep / path).read_text(encoding="utf-8")), path
    assert "netid: ab-12" in listed["config.yaml"]


def test_the_submission_names_its_parts(sweep):
    document = pymupdf.open(sweep / PDF)
    titles = [title for _, title, _ in document.get_toc()]
    assert titles[:2] == ["Same digit", "Different digits"]
    assert document.metadata["author"] == "ab-12"
    assert not document.metadata["creationDate"]
    assert (sweep / PDF).stat().st_size < 5e6


def test_the_comparison_report_has_the_numbers_of_the_tables(sweep, chosen):
    document = pymupdf.open(sweep / "results/comparison/comparison_report.pdf")
    text = "".join(page.get_text() for page in document)
    assert number(chosen["value"], 3) in text
    for score in pd.read_csv(sweep / "results/comparison/settings.csv")["score"]:
        assert number(score, 3) in text


def test_the_html_report_has_the_tables_and_both_figures_of_every_run(sweep):
    html = (sweep / "results/report.html").read_text(encoding="utf-8")
    assert len(html) < 10e6
    for name in ("runs.html", "settings.html", "ab-12_HW9.pdf", "score_by_latent_size.svg"):
        assert name in html
    for latent_size, seed in RUNS:
        for name in FIGURES.values():
            content = (folder_of(sweep, latent_size, seed) / name).read_bytes()
            assert base64.b64encode(content).decode() in html


def test_a_second_run_does_nothing(sweep):
    output = sweep.snakemake("--cores", "2", "all", "report").stdout
    assert "Nothing to be done" in output


def test_a_document_that_is_made_again_has_the_same_bytes(sweep, tmp_path):
    copy = copy_of(sweep, tmp_path / "project")
    names = (PDF, "results/chosen.json")
    copy.snakemake("--cores", "2", "--force", *names)
    for name in names:
        assert (copy / name).read_bytes() == (sweep / name).read_bytes()
