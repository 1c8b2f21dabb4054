"""Score control paths, and other paths through the chosen run's codes."""

import pandas as pd

from vaesweep.comparison.chosen import file_of, read_chosen
from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import read_table, write_table
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.scoring.controls import control_paths, other_paths
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.references import read_references
from vaesweep.scoring.score import LABELS, assess_paths, read_reference_scores, relative_scores
from vaesweep.scoring.summary import difference, summarise_pairs
from vaesweep.training.model import load_model


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads) as log:
        given, params = snakemake.input, snakemake.params
        chosen, pairs = read_chosen(given.chosen), read_pairs(given.pairs)
        judges = [load_judge(path) for path in given.judges]
        frames, _ = read_frames(file_of(chosen, given.interpolations), len(pairs))
        steps = frames.shape[1] - 2
        references = read_references(given.references, frames[:, [0, -1]], steps)
        reference_scores = read_reference_scores(given.reference_scores, pairs, judges)
        model = load_model(file_of(chosen, given.models))
        paths = control_paths(frames, references, load_split(given.train)[0])
        paths |= other_paths(model, frames[:, [0, -1]], steps, params.path, judges[0])
        chosen_scores = read_table(file_of(chosen, given.pair_scores), *LABELS, "score")
        rows = []
        for name, inner in paths.items():
            is_reference = reference_scores["reference"] == name
            if is_reference.any():
                assessed = reference_scores[is_reference].reset_index(drop=True)
            else:
                found = [judge.assess(inner) for judge in judges]
                assessed = assess_paths(inner, references, pairs, found)
            scores = relative_scores(assessed, reference_scores)
            lead = difference(scores, chosen_scores)
            rows.append({"control": name, **summarise_pairs(scores), **lead})
            log.info("%s: score %.4f", name, rows[-1]["score"])
        write_table(snakemake.output.controls, pd.DataFrame(rows))


main(snakemake)  # type: ignore[name-defined]
