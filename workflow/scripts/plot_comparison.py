"""Draw the figures of the comparison."""

from vaesweep.comparison.sweep import Sweep
from vaesweep.documents.comparison_figures import FIGURES
from vaesweep.figures.style import save_svg
from vaesweep.running.jobs import Snakemake, logging_to


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0]):
        sweep = Sweep(snakemake.input, snakemake.params.dataset)
        for name, draw in FIGURES.items():
            save_svg(draw(sweep), snakemake.output[name])


main(snakemake)  # type: ignore[name-defined]
