"""Score a run: smoothness on the pairs, likelihood and other views on the test set."""

from vaesweep.data.pairs import read_pairs
from vaesweep.data.splits import load_split
from vaesweep.files import read_json, write_json, write_table
from vaesweep.interpolation import read_frames
from vaesweep.running.jobs import logging_to
from vaesweep.runs import run_of
from vaesweep.scoring import summary
from vaesweep.scoring.judges import load_judge
from vaesweep.scoring.references import read_references
from vaesweep.scoring.score import judge_paths, read_reference_scores, relative
from vaesweep.scoring.summary import record_of, summarise_pairs, unmeasured
from vaesweep.scoring.views import interpolates_frechet, known_path_error, measure_model
from vaesweep.training.model import load_model

with logging_to(snakemake.log[0], snakemake.threads) as log:
    given, params = snakemake.input, snakemake.params
    train, test = load_split(given.train), load_split(given.test)
    pairs, judges = read_pairs(given.pairs), [load_judge(path) for path in given.judges]
    frames, _ = read_frames(given.interpolations, len(pairs))
    steps = frames.shape[1] - 2
    references = read_references(given.references, len(pairs), steps)
    reference_scores = read_reference_scores(given.reference_scores, pairs, judges)
    judged = judge_paths(frames, references["transport"], pairs, judges)
    scores = relative(judged, reference_scores)
    write_table(snakemake.output.pair_scores, scores)

    held = (*summary.OF_TRAINING, *summary.HOW_MADE, "likelihood")
    training = read_json(given.training, *held) if given.training else summary.ELSEWHERE
    seeds, run = [judge.seed for judge in judges], run_of(given.interpolations)
    metrics = record_of(run, training, pairs, steps, seeds) | unmeasured() | summarise_pairs(scores)
    metrics["frechet"] = interpolates_frechet(frames[:, 1:-1], test[0], judges)
    if given.model:
        model, samples = load_model(given.model), params.importance_samples
        metrics |= measure_model(model, train, test, training["likelihood"], samples)
        known = references["known_paths"]
        metrics["known_path_error"] = known_path_error(model, known, params.path)
    write_json(snakemake.output.metrics, metrics)
    log.info("score %.4f [%.4f, %.4f]", *(metrics[f"score{end}"] for end in ("", "_low", "_high")))
