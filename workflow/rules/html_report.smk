rule explorer:
    input:
        settings=rules.compare.output.settings,
        chosen=rules.choose.output.chosen,
        pairs=rules.draw_pairs.output.pairs,
        test=TEST_SPLIT,
        references=rules.draw_references.output.references,
        models=trained_runs("model.safetensors"),
        pair_scores=trained_runs("pair_scores.csv"),
        judges=judges("safetensors"),
        templates=templates("explorer.html", "columns.yaml"),
    output:
        in_report(f"{COMPARISON}/explorer.html", "Results", {"document": "interpolation explorer"}),
    log:
        "results/logs/explorer/log.log",
    benchmark:
        "results/benchmarks/explorer/all.tsv"
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("explorer.py"),
        dataset=DATASET.name,
        path=config["interpolation"]["path"],
    script:
        "../scripts/explorer.py"


rule report_tables:
    input:
        settings=rules.compare.output.settings,
        runs=rules.compare.output.runs,
        controls=rules.score_controls.output.controls,
        chosen=rules.choose.output.chosen,
        same=every_run("same_digit.png"),
        different=every_run("different_digits.png"),
        map=rules.plot_comparison.output.map,
        score=rules.plot_comparison.output.score_by_latent_size,
        strip=rules.plot_comparison.output.verdict,
        costs=BENCHMARKS,
        templates=templates("columns.yaml", "table.html", "table.css", "summary.rst"),
    output:
        settings=in_report(
            f"{COMPARISON}/settings.html",
            "Tables",
            {"table": f"{NAMES.noun}s", "as": "page"},
            "settings_table",
        ),
        runs=in_report(
            f"{COMPARISON}/runs.html", "Tables", {"table": "runs", "as": "page"}, "runs_table"
        ),
        cost=in_report(
            f"{COMPARISON}/cost.html", "Cost", {"table": "time and memory"}, "cost_table"
        ),
        summary=f"{COMPARISON}/summary.rst",
    log:
        "results/logs/report_tables/log.log",
    localrule: True
    conda:
        "../../envs/vaesweep.yaml"
    params:
        *code("report_tables.py"),
        dataset=DATASET.name,
        documents={
            "submission PDF": f"submission/{config['netid']}_HW9.pdf",
            "comparison report": "comparison/comparison_report.pdf",
            "interpolation explorer": "comparison/explorer.html",
        },
    script:
        "../scripts/report_tables.py"
