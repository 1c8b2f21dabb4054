DATA = f"results/data/{config['dataset']['name']}"


rule fetch_data:
    input:
        code=code("fetch_data.py"),
    output:
        train=f"{DATA}/train.npz",
        test=f"{DATA}/test.npz",
    log:
        "results/logs/fetch_data/log.log",
    benchmark:
        "results/benchmarks/fetch_data/all.tsv"
    conda:
        "../../envs/vaesweep.yaml"
    params:
        dataset=config["dataset"]["name"],
        folder=config["dataset"]["dir"],
    script:
        "../scripts/fetch_data.py"


rule draw_pairs:
    input:
        test=rules.fetch_data.output.test,
        code=code("draw_pairs.py"),
    output:
        pairs=report(
            "results/pairs.csv",
            category="Method",
            caption="../report/pairs.rst",
            labels={"table": "pairs"},
        ),
    log:
        "results/logs/draw_pairs/log.log",
    conda:
        "../../envs/vaesweep.yaml"
    params:
        pair_seed=config["interpolation"]["pair_seed"],
        pairs_per_kind=config["scoring"]["pairs_per_kind"],
    script:
        "../scripts/draw_pairs.py"
