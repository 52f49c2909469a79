"""A training that works, and trainings that must not."""

from conformance import pages
from conformance.check import Checks, NotApplicable, Violation
from conformance.harness.opt_ml import CHANNELS, contents, difference
from conformance.harness.trainer import Ended, Trainer

CHECKS = Checks[Trainer]()

_REASON_CHARACTERS = 1024
_UNHEARD_OF = "hyperparameter_nobody_has"


@CHECKS.must("A training of valid data ends with 0 and leaves a model", pages.EXIT_CODES)
def trains(trainer: Trainer) -> None:
    """Exit code 0 makes the job Completed; SageMaker then packs what lies in /opt/ml/model."""
    ended = trainer.plain
    if ended.code != 0:
        raise Violation(f"ended with {ended.code}: {ended.last_words}")
    if not ended.model_files:
        raise Violation("ended with 0 but left nothing in model/")


@CHECKS.should("A training that works leaves no failure file", pages.EXIT_CODES)
def success_says_no_failure(trainer: Trainer) -> None:
    """What is in /opt/ml/output/failure becomes the FailureReason that people read."""
    if trainer.require_trained().failure is not None:
        raise Violation("ended with 0 and wrote output/failure")


@CHECKS.must("A training leaves its input alone", pages.INPUT)
def input_is_only_read(trainer: Trainer) -> None:
    """In FastFile mode the channels are a read-only view of S3: writing there fails the job."""
    left = trainer.require_trained().place.input
    changed = difference(contents(trainer.job().input), contents(left))
    if changed:
        raise Violation(f"wrote to input/: {changed}")


@CHECKS.must("A training without its channel fails", pages.EXIT_CODES)
def missing_channel_fails(trainer: Trainer) -> None:
    """A job that is Completed without data registers a model that learned nothing."""
    _require_failure(trainer.without_data, "a job without any channel")


@CHECKS.must("A training whose channel holds no rows fails", pages.EXIT_CODES)
def empty_channel_fails(trainer: Trainer) -> None:
    """An empty S3 prefix, or one with a marker file only, is the most common mistake of all."""
    job = trainer.job()
    for name in CHANNELS:
        for path in job.channel(name).rglob("*"):
            if path.is_file():
                path.write_bytes(b"")
        (job.channel(name) / ".hidden").write_bytes(b"")
    _require_failure(trainer.run(job), "channels of empty files")


@CHECKS.should("An unknown hyperparameter is refused and named", pages.INPUT)
def unknown_hyperparameter_is_named(trainer: Trainer) -> None:
    """A misspelt name that is ignored trains something else, for as long and as much money."""
    ended = trainer.run(trainer.job({_UNHEARD_OF: "1"}))
    _require_failure(ended, f'hyperparameter {_UNHEARD_OF} = "1"')
    if _UNHEARD_OF.encode() not in (ended.failure or b"") + ended.last_words.encode():
        raise Violation(f"failed without naming {_UNHEARD_OF}: {ended.last_words}")


@CHECKS.must("A training that fails says why in output/failure", pages.EXIT_CODES)
def failure_is_explained(trainer: Trainer) -> None:
    """SageMaker copies that file into FailureReason; without it people have to search the logs."""
    if not (trainer.require_failed().failure or b"").strip():
        raise Violation("wrote nothing to output/failure")


@CHECKS.should("The reason of a failure fits what SageMaker shows of it", pages.EXIT_CODES)
def failure_is_readable(trainer: Trainer) -> None:
    """Only the first 1024 characters are shown: a traceback ends before its last, useful line."""
    content = trainer.require_failed().failure
    if not content:
        raise NotApplicable("there is no output/failure to read")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Violation(f"output/failure is not UTF-8 at byte {error.start}") from error
    if len(text) > _REASON_CHARACTERS:
        raise Violation(f"output/failure has {len(text)} characters, {_REASON_CHARACTERS} count")
    if text.lstrip().startswith("Traceback"):
        raise Violation("output/failure begins with a traceback, not with the reason")


@CHECKS.must("A training that fails leaves no model", pages.OUTPUT)
def failure_leaves_no_model(trainer: Trainer) -> None:
    """SageMaker may pack it all the same, and a half-written model looks like any other."""
    files = trainer.require_failed().model_files
    if files:
        raise Violation(f"failed and left {', '.join(files[:3])} in model/")


@CHECKS.should("The same training twice gives the same model", pages.INPUT)
def same_training_same_model(trainer: Trainer) -> None:
    """If trainings differ, a better model cannot be told from a luckier one, nor audited."""
    first, again = trainer.require_trained(), trainer.run(trainer.job())
    changed = difference(contents(first.place.model), contents(again.place.model))
    if changed:
        raise Violation(f"these files of the model differ: {changed}")


@CHECKS.should(
    "A program that does not exist is refused with the names of those that do", pages.TRAINING_IMAGE
)
def unknown_program_is_refused(trainer: Trainer) -> None:
    """A misspelt command that waits or ends with 0 is a job that costs money and does nothing."""
    entrypoint = trainer.manifest.entrypoint
    if not entrypoint:
        raise NotApplicable("every program is a file of its own; Docker refuses other names")
    place, words = trainer.job(), [*entrypoint, "no-such-program"]
    words[0] = str(trainer.programs.folder / words[0]) if "/" in words[0] else words[0]
    with trainer.programs.running(words, place) as program:
        code = program.wait(trainer.terms.refusal_seconds, "as an unknown program")
        if code == 0 or "train" not in program.said:
            raise Violation(f"ended with {code}: {program.last_words}")


def _require_failure(ended: Ended, given: str) -> None:
    if ended.code == 0:
        raise Violation(f"ended with 0 for {given}")
    if ended.code < 0:
        raise Violation(f"was ended by signal {-ended.code} for {given}")
