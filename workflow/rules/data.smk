from vaesweep.data.fetch import restore, with_sums

DATA = f"results/data/{DATASET.name}"
# Snakemake reruns what depends on a file that has to be made again, whatever its bytes will be.
if STANDALONE and workflow.is_main_process and not STORAGE:
    restore(DATASET, DATA_FOLDER, Path(DATA))


rule fetch_data:
    output:
        train=f"{DATA}/train.npz",
        test=f"{DATA}/test.npz",
        sums=f"{DATA}/sums.json",
        cautions=f"{DATA}/cautions.json",
    log:
        "results/logs/fetch_data/log.log",
    benchmark:
        "results/benchmarks/fetch_data/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("fetch_data.py"),
        dataset=DATASET.name,
        # For custom images, the MD5 sums of the user's files. As inputs, they would be compared by
        # time and path.
        pins=lambda wildcards: with_sums(DATASET, DATA_FOLDER).pins,
    script:
        "../scripts/fetch_data.py"


# Whatever the time of these files, the images are those of their sums, which are compared by content.
# They are inputs of the rules from which all others follow: draw_pairs, train_judges and train.
TRAIN_SPLIT = ancient(rules.fetch_data.output.train)
TEST_SPLIT = ancient(rules.fetch_data.output.test)


rule draw_pairs:
    input:
        test=TEST_SPLIT,
        sums=rules.fetch_data.output.sums,
    output:
        pairs=in_report("results/pairs.csv", "Method", {"table": "pairs"}),
    log:
        "results/logs/draw_pairs/log.log",
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("draw_pairs.py"),
        pair_seed=config["interpolation"]["pair_seed"],
        pairs_per_kind=config["scoring"]["pairs_per_kind"],
    script:
        "../scripts/draw_pairs.py"
