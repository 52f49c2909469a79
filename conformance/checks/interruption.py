"""Trainings that are stopped, killed, restarted, or cut off from the network."""

import signal
import time

from conformance import pages
from conformance.check import Checks, NotApplicable, Violation
from conformance.harness import isolation
from conformance.harness.opt_ml import OptMl
from conformance.harness.programs import Program
from conformance.harness.trainer import Ended, Trainer

CHECKS = Checks[Trainer]()

_LOOK_SECONDS = 0.005
_TELLING_LINES = 3
_TOO_QUICK = (
    "it ended before it could be interrupted; give it longer [training] slow_hyperparameters"
)


@CHECKS.must("SIGTERM ends a training in time, in order", pages.STOPPING)
def sigterm_ends_training(trainer: Trainer) -> None:
    """StopTrainingJob and the end of the allowed time send SIGTERM and kill 120 s later. A program
    without a handler does not even notice: process number 1 of a container ignores the signal."""
    place = trainer.job(slow=True)
    with trainer.started(place) as program:
        _wait_until_begun(trainer, program, place)
        program.signal(signal.SIGTERM)
        code = program.wait(trainer.terms.train_stop_seconds, "after SIGTERM")
    if code == -signal.SIGTERM:
        raise Violation("has no handler for SIGTERM: as process number 1 it would be killed")
    if code < 0:
        raise Violation(f"was ended by signal {-code} after SIGTERM")
    if code == 0 and not any(place.model.iterdir()):
        raise Violation("ended with 0 after SIGTERM and left no model: the job looks Completed")


@CHECKS.should("A training that was killed goes on from its checkpoint", pages.CHECKPOINTS)
def killed_training_goes_on(trainer: Trainer) -> None:
    """A spot instance that is taken away costs the whole training without it."""
    place = trainer.job(slow=True)
    with trainer.started(place) as program:
        _wait_for_checkpoint(trainer, program, place)
        program.kill()
    if any(place.model.iterdir()):
        raise _ended_early(place)
    again = trainer.run(place)
    if again.code != 0 or not again.model_files:
        raise Violation(f"restarted, it ended with {again.code}: {again.last_words}")
    printed, whole = _lines(again), _lines(trainer.run(trainer.job(slow=True)))
    if printed >= whole:
        raise Violation(
            f"restarted, it began again: it printed {printed} lines, a whole training {whole}"
        )


@CHECKS.should("A training needs no network", pages.ISOLATION)
def trains_without_network(trainer: Trainer) -> None:
    """With network isolation, or in a private subnet, the first download hangs or fails the job."""
    trainer.require_trained()
    place = trainer.job()
    words = isolation.without_network(trainer.programs.words("train"))
    with trainer.programs.running(words, place) as program:
        code = program.wait(trainer.terms.train_seconds, "without a network")
        if code != 0:
            raise Violation(f"ended with {code} without a network: {program.last_words}")


def _wait_until_begun(trainer: Trainer, program: Program, place: OptMl) -> None:
    """Return when it has said something or kept something."""
    deadline = time.monotonic() + trainer.terms.train_seconds
    while not program.output and not any(place.checkpoints.iterdir()):
        _require_running(program, deadline)


def _wait_for_checkpoint(trainer: Trainer, program: Program, place: OptMl) -> None:
    """Return when it has kept something and printed enough more to tell a restart by."""
    deadline = time.monotonic() + trainer.terms.train_seconds
    lines = None
    while lines is None or program.output.count("\n") < lines + _TELLING_LINES:
        if lines is None and any(place.checkpoints.iterdir()):
            lines = program.output.count("\n")
        if program.code == 0:
            raise _ended_early(place)
        _require_running(program, deadline)


def _ended_early(place: OptMl) -> Exception:
    """What there is to say of a training that came to its end before it was killed.

    A file that was seen among the checkpoints may be a draft that is gone by now.
    """
    if not any(place.checkpoints.iterdir()):
        return Violation("trained to the end and left nothing in checkpoints/")
    return NotApplicable(_TOO_QUICK)


def _lines(ended: Ended) -> int:
    return ended.output.count("\n")


def _require_running(program: Program, deadline: float) -> None:
    if program.code is not None:
        if program.code != 0:
            raise NotApplicable(f"training ended with {program.code}: {program.last_words}")
        raise NotApplicable(_TOO_QUICK)
    if time.monotonic() > deadline:
        raise NotApplicable("it did neither print, keep nor end anything in time")
    time.sleep(_LOOK_SECONDS)
