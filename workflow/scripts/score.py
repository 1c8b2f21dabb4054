"""Score each run of a setting: smoothness on the pairs, and diagnostics on the test set."""

from snakemake.iocontainers import Snakemake

from vaesweep.data.pairs import ends, read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import read_json, write_json, write_table
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import logging_to
from vaesweep.runs import run_of
from vaesweep.scoring.diagnostics import (
    FRECHET_IMAGES,
    interpolates_frechet,
    known_path_error,
    measure_model,
)
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.record import (
    EXTERNAL_TRAINING,
    TRAINING_FACTS,
    recipe,
    record_of,
    unmeasured,
)
from vaesweep.scoring.references import read_references
from vaesweep.scoring.score import assess_paths, read_reference_scores, relative_scores
from vaesweep.scoring.summary import summarise_pairs
from vaesweep.training.model import load_model


def main(snakemake: Snakemake) -> None:
    with logging_to(snakemake.log[0], snakemake.threads) as log:
        given, output, params = snakemake.input, snakemake.output, snakemake.params
        train, test = load_split(given.train), load_split(given.test)
        pairs, judges = read_pairs(given.pairs), [load_judge(path) for path in given.judges]
        references = read_references(given.references, ends(test[0], pairs), params.steps)
        reference_scores = read_reference_scores(given.reference_scores, pairs, judges)
        real = [judge.features(test[0][:FRECHET_IMAGES]) for judge in judges]
        seeds = [judge.seed for judge in judges]
        for number, path in enumerate(given.interpolations):
            frames, _ = read_frames(path, len(pairs))
            assessed = assess_paths(frames, references, pairs, judges)
            scores = relative_scores(assessed, reference_scores)
            write_table(output.pair_scores[number], scores)
            training, measured = EXTERNAL_TRAINING, unmeasured()
            if given.models:  # empty for an external model
                training = read_json(
                    given.trainings[number], *TRAINING_FACTS, *recipe(), "likelihood"
                )
                model = load_model(given.models[number])
                samples = params.importance_samples
                measured |= measure_model(model, train, test, training["likelihood"], samples)
                known_paths = references["known_paths"]
                measured["known_path_error"] = known_path_error(model, known_paths, params.path)
            measured["frechet"] = interpolates_frechet(frames[:, 1:-1], judges, real)
            record = record_of(run_of(path), training, pairs, params.steps, seeds)
            record |= measured | summarise_pairs(scores)
            write_json(output.metrics[number], record)
            interval = (record["score"], record["score_low"], record["score_high"])
            log.info("seed %s: score %.4f [%.4f, %.4f]", record["seed"], *interval)


main(snakemake)  # type: ignore[name-defined]
