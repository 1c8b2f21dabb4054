"""The cost of a sweep, from Snakemake's benchmark files."""

import pandas as pd

from vaesweep.comparison.costs import by_rule, read_costs

RUNS = pd.DataFrame({"variant": "vae", "latent_size": 16, "seed": [0, 1], "device": "cpu"})


def write_benchmark(path, seconds, memory):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
        f"{seconds}\t0:00:01\t{memory}\t1\t1\t1\t0\t0\t99\t1\n",
        encoding="utf-8",
    )


def test_costs_are_summed_by_rule_for_the_runs_of_this_sweep(tmp_path):
    write_benchmark(tmp_path / "train/vae_latent-16_seed-0.tsv", 10, "300")
    write_benchmark(tmp_path / "train/vae_latent-16_seed-1.tsv", 20, "400")
    write_benchmark(tmp_path / "train_judges/seed-7.tsv", 4, "100")
    write_benchmark(tmp_path / "score/vae_latent-16.tsv", 3, "1")
    write_benchmark(tmp_path / "choose/all.tsv", 0.5, "-")  # too short to be sampled
    # Left by an earlier sweep with more seeds, latent sizes and variants.
    for job in ("vae_latent-16_seed-2", "vae_latent-99_seed-0", "conv_latent-16_stack-0"):
        write_benchmark(tmp_path / f"train/{job}.tsv", 1000, "1000")
    write_benchmark(tmp_path / "score/conv_latent-16.tsv", 1000, "1000")
    costs = by_rule(read_costs(tmp_path, RUNS)).set_index("rule")
    assert costs.index.tolist() == ["train", "train_judges", "score", "choose", "all"]
    assert costs.loc["train"].tolist() == [2, 15, 30, 400]
    assert costs.loc["score", ["jobs", "seconds"]].tolist() == [1, 3]
    assert costs.loc["all", ["jobs", "seconds", "memory_mib"]].tolist() == [5, 37.5, 400]
    assert pd.isna(costs.loc["choose", "memory_mib"])


def test_the_job_of_a_stack_is_counted_once(tmp_path):
    write_benchmark(tmp_path / "train/vae_latent-16_stack-0.tsv", 30, "300")
    costs = by_rule(read_costs(tmp_path, RUNS)).set_index("rule")
    assert costs.loc["train", ["jobs", "seconds"]].tolist() == [1, 30]


def test_without_benchmark_files_only_the_sum_is_left(tmp_path):
    assert by_rule(read_costs(tmp_path, RUNS))["rule"].tolist() == ["all"]
