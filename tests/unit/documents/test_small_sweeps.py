"""All documents of the smallest and oddest sweeps can be written, and what they say is true."""

import re

import pytest
from made_up_documents import Documents
from made_up_sweep import choose, sweep

SCORES = {(2, 0): 0.1, (2, 1): 0.12, (2, 2): 0.11, (8, 0): 0.3, (8, 1): 0.34, (8, 2): 0.32}


def documents(folder, scores, pinned=None, judges=2, external=None, **changes) -> Documents:
    compared = sweep(scores, judges=judges, external=external, **changes)
    return Documents(folder, compared, choose(compared, **pinned or {}), judges, external)


@pytest.fixture(scope="module")
def two_sizes(tmp_path_factory):
    return documents(tmp_path_factory.mktemp("two_sizes"), SCORES)


def test_the_report_is_one_document_with_its_numbers(two_sizes):
    for name in ("value", "mean", "within"):
        assert two_sizes.data["tiles"][name] in two_sizes.report
    assert "Abacus 1" in two_sizes.report and "No benchmark files" in two_sizes.report
    for title in ("Differences from the first latent size", "Controls", "All runs", "Method"):
        assert title in two_sizes.report


def test_one_run(tmp_path):
    made = documents(tmp_path, {(8, 0): 0.3})
    kind = "variational autoencoders of fully connected networks"
    subtitle = f"1 model on FashionMNIST: {kind}; latent size 8; 1 seed; 1\u00a0epoch."
    assert made.data["subtitle"] == subtitle
    assert "Latent size 8 is the only latent size to choose from" in made.chosen["reason"]
    assert "first" not in made.findings and "rank correlation" not in made.findings
    assert "No interval over seeds is given for latent size 8" in made.findings
    assert "one latent size with a score, so there is nothing to compare" in made.report


def test_two_seeds_of_one_size(tmp_path):
    made = documents(tmp_path, {(8, 0): 0.3, (8, 1): 0.4})
    assert "the only latent size to choose from; seed 1 is the best of its 2" in made.sentences
    assert "The codes score above fading" in made.findings


def test_one_seed_of_three_sizes(tmp_path):
    made = documents(tmp_path, {(2, 0): 0.1, (8, 0): 0.3, (16, 0): 0.2})
    assert "1 seed each" in made.report and "is luck" not in made.findings
    ties = "ties with latent sizes 2 and 16 cannot be assessed with fewer than 3 seeds"
    assert ties in made.chosen["verdict"] and made.chosen["tied_with"] is None
    assert made.data["tiles"]["first"] == "–" and "100 %" not in made.sentences


def test_one_judge(tmp_path):
    made = documents(tmp_path, SCORES, judges=1)
    assert "judges" not in made.findings and made.data["judges"]["pairs"] == "1 pair"


def test_two_sizes_that_tie_exactly(tmp_path):
    runs = [(size, seed) for size in (2, 8) for seed in range(3)]
    made = documents(tmp_path, dict.fromkeys(runs, 0.2), equal_pairs=True)
    assert "rank correlation" not in made.findings
    assert "Use latent size 2 or 8 (tied)" in made.chosen["verdict"]


def test_all_runs_but_one_diverged(tmp_path):
    others = tuple(run for run in SCORES if run != (2, 1))
    made = documents(tmp_path, SCORES, diverged=others)
    assert made.chosen["latent_size"] == 2 and made.chosen["seed"] == 1
    assert "5 of 6 runs diverged and are excluded from all statistics" in made.findings
    assert "is the only latent size to choose from" in made.chosen["reason"]
    assert "Every latent size" not in made.findings
    assert "nothing to compare" in made.report


def test_one_size_all_diverged(tmp_path):
    made = documents(tmp_path, SCORES, diverged=((2, 0), (2, 1), (2, 2)))
    assert "All runs of latent size 2 diverged." in made.findings
    assert "latent sizes 2, 8; 3 seeds each" in made.data["subtitle"]
    assert "Every latent size" not in made.findings


def test_all_collapsed(tmp_path):
    made = documents(tmp_path, dict.fromkeys(SCORES, 0.0), active_units=0)
    assert "Every run collapsed: its codes carry no information" in made.findings


def test_all_scores_negative(tmp_path):
    made = documents(tmp_path, {run: score - 1 for run, score in SCORES.items()})
    assert made.data["verdict"].startswith("No latent size scores above fading: ")
    assert "No latent size scores above fading" in made.summary
    assert made.report.count("No latent size scores above fading") == 2
    assert "−0.6" in made.sentences and not re.search(r"(?<![\w.])-0\.\d", made.sentences)


def test_variants_and_an_external_model(tmp_path):
    scores = {("conv", *run): score + 0.1 for run, score in SCORES.items()}
    scores |= {("vae", *run): score for run, score in SCORES.items()} | {("pca", 20, 0): 0.9}
    made = documents(tmp_path, scores, external="pca")
    models = "12 models on FashionMNIST: variants conv and vae; latent sizes 2, 8; 3 seeds"
    assert models in made.report
    assert "compared with 1 run of the external model pca; 13 runs in all." in made.data["subtitle"]
    assert "Differences from the first setting" in made.report
    assert "conv, latent size 8, seed 1 is the chosen run. conv at latent size 8" in made.summary
    assert made.chosen["verdict"].startswith("Use pca at latent size 20; ties with ")
    assert "All judges put pca at latent size 20 first" in made.findings
    assert ">pca</td>" in made.pages and ">external</td>" in made.pages


def test_a_single_variant_is_not_mentioned(two_sizes):
    pages = re.sub("<style>.*?</style>", "", two_sizes.pages, flags=re.DOTALL)
    assert not re.search(r"variant|setting|\bvae\b", two_sizes.sentences + pages)
    assert "variant" not in two_sizes.report.replace("variants:", "")


def test_a_pinned_seed_is_no_luck(two_sizes, tmp_path):
    pinned = documents(tmp_path, SCORES, pinned={"seed": 0})
    assert "is luck" in two_sizes.findings and "is luck" not in pinned.findings


def test_a_plain_autoencoder(tmp_path):
    made = documents(tmp_path, SCORES, **dict.fromkeys(("neg_elbo", "kl", "nll_is", "frechet")))
    assert "likelihood" not in made.findings


def test_long_seeds_and_sizes(tmp_path):
    scores = {(1024, 4294967295): 0.1, (1024, 4294967294): 0.2, (512, 4294967295): 0.1}
    made = documents(tmp_path, scores)
    assert "4294967295" in made.report
    assert "4,294" not in made.sentences + made.report + made.pages


def test_judges_that_disagree(tmp_path):
    compared = sweep(SCORES)
    compared.judges["rank_correlation"] = -1.0
    assert "rankings of the runs differ (rank correlation −1.000 or more)" in (
        Documents(tmp_path, compared, choose(compared)).findings
    )


def test_a_data_set_without_digits(two_sizes):
    text = two_sizes.sentences + two_sizes.report + two_sizes.pages
    assert not re.search(r"\b(digits?|strokes?)\b", text)
