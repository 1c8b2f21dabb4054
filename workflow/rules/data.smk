from vaesweep.data.fetch import with_sums

DATA = f"results/data/{DATASET.name}"


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


rule draw_pairs:
    input:
        test=rules.fetch_data.output.test,
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
