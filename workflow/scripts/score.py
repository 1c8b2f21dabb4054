"""Score each run of a setting: smoothness on the pairs, and diagnostics on the test set."""

from vaesweep.data.pairs import ends, read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import read_json, write_json, write_table
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import Snakemake, logging_to
from vaesweep.runs import run_of
from vaesweep.scoring.axes import measure_axes
from vaesweep.scoring.diagnostics import (
    FRECHET_IMAGES,
    interpolates_frechet,
    known_path_errors,
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
        images, _ = load_split(given.test)
        pairs, judges = read_pairs(given.pairs), [load_judge(path) for path in given.judges]
        references = read_references(given.references, ends(images, pairs), params.steps)
        reference_scores = read_reference_scores(given.reference_scores, pairs, judges)
        real = [judge.features(images[:FRECHET_IMAGES]) for judge in judges]
        seeds = [judge.seed for judge in judges]
        for number, path in enumerate(given.interpolations):
            frames, decoded = read_frames(path, len(pairs))
            found = [judge.assess(frames[:, 1:-1]) for judge in judges]
            assessed = assess_paths(frames[:, 1:-1], references, pairs, found)
            scores = relative_scores(assessed, reference_scores)
            separation = references["separation"]
            axes = measure_axes(frames, decoded, separation, pairs, judges, found)
            scores = scores.assign(**axes)
            write_table(output.pair_scores[number], scores)
            training, measured = EXTERNAL_TRAINING, unmeasured()
            if given.models:  # empty for an external model
                training = read_json(
                    given.trainings[number], *TRAINING_FACTS, *recipe(), "likelihood"
                )
                model = load_model(given.models[number])
                samples = params.importance_samples
                measured |= measure_model(model, images, training["likelihood"], samples)
                measured |= known_path_errors(model, references["known_paths"], params.path)
            measured["frechet"] = interpolates_frechet(found, real)
            record = record_of(run_of(path), training, pairs, params.steps, seeds)
            record |= measured | summarise_pairs(scores)
            write_json(output.metrics[number], record)
            interval = (record["score"], record["score_low"], record["score_high"])
            log.info("seed %s: score %.4f [%.4f, %.4f]", record["seed"], *interval)


main(snakemake)  # type: ignore[name-defined]
