"""`evaluate`, for containers that have one: what Kiban's gate runs as a processing job."""

import json
import tarfile

from conformance import pages
from conformance.check import Checks, Violation
from conformance.harness.opt_ml import OptMl
from conformance.harness.trainer import Trainer

CHECKS = Checks[Trainer]()


@CHECKS.should("An evaluation writes its metrics to evaluation.json", pages.PROCESSING)
def evaluates(trainer: Trainer) -> None:
    """The gate compares these numbers; without them no model of this container is registered."""
    place = _packed(trainer)
    code, words = _evaluate(trainer, place)
    if code != 0:
        raise Violation(f"ended with {code}: {words}")
    path = place.base / "processing" / "evaluation" / "evaluation.json"
    if not path.is_file():
        raise Violation("ended with 0 without processing/evaluation/evaluation.json")
    try:
        metrics = json.loads(path.read_bytes())["metrics"]
        numbers = [value for value in metrics.values() if isinstance(value, int | float)]
    except (ValueError, TypeError, KeyError, AttributeError):
        numbers = []
    if not numbers:
        raise Violation('evaluation.json has no numbers in "metrics"')


@CHECKS.must("An evaluation without rows fails and says why", pages.PROCESSING)
def evaluation_without_rows_fails(trainer: Trainer) -> None:
    """A job that is Completed without having looked at anything passes for a judgement."""
    place = _packed(trainer)
    for path in (place.base / "processing" / "test").iterdir():
        path.unlink()
    code, words = _evaluate(trainer, place)
    if code == 0:
        raise Violation("ended with 0 without a row to look at")
    message = place.output / "message"
    if not message.is_file() or not message.read_bytes().strip():
        raise Violation(f"wrote nothing to output/message: {words}")


def _packed(trainer: Trainer) -> OptMl:
    """A processing job with a trained model and held-out rows, where Kiban puts them."""
    model = trainer.require_trained().place.model
    place = trainer.job()
    processing = place.base / "processing"
    for name in ("model", "test", "evaluation"):
        (processing / name).mkdir(parents=True)
    with tarfile.open(processing / "model" / "model.tar.gz", "w:gz") as archive:
        for path in sorted(model.iterdir()):
            archive.add(path, path.name)
    for path in place.channel("validation").iterdir():
        (processing / "test" / path.name).write_bytes(path.read_bytes())
    return place


def _evaluate(trainer: Trainer, place: OptMl) -> tuple[int, str]:
    with trainer.programs.running(trainer.programs.words("evaluate"), place) as program:
        code = program.wait(trainer.terms.train_seconds, "of a small evaluation")
        return code, program.last_words
