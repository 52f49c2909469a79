"""`train`: from channels to a sealed model, or to one line that says why not."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from container.contract import job, model_files, program
from container.contract.errors import ExitCode, StoppedError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.training.session import train
from container.training.termination import Termination


def main(layout: Layout) -> int:
    """Train once; the answer is the exit code, and `output/failure` says why it is not 0."""
    termination = Termination()
    return program.run(
        "train",
        lambda: _train(layout, termination),
        reason=layout.failure,
        after_failure=lambda: model_files.remove(layout.model),
    )


def _train(layout: Layout, termination: Termination) -> ExitCode:
    model_files.remove(layout.model)
    layout.failure.unlink(missing_ok=True)
    try:
        with _scratch(layout), _logged_warnings():
            train(layout, job.read_hyperparameters(layout), termination)
    except StoppedError:
        kept = "checkpoints" if job.checkpoint_folder(layout) else "nothing"
        log_event("stopped", {"reason": "SIGTERM", "kept": kept})
        return ExitCode.STOPPED
    return ExitCode.DONE


@contextmanager
def _scratch(layout: Layout) -> Iterator[None]:
    """Have temporary files lie on the disk that the job asked for; none outlive the program."""
    shutil.rmtree(layout.scratch, ignore_errors=True)
    layout.scratch.mkdir(parents=True)
    before, tempfile.tempdir = tempfile.tempdir, str(layout.scratch)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(layout.scratch, ignore_errors=True)


class _Handler(logging.Handler):
    """Warnings of libraries in the form of all other events."""

    def emit(self, record: logging.LogRecord) -> None:
        log_event("warning", {"text": " ".join(record.getMessage().split())})


@contextmanager
def _logged_warnings() -> Iterator[None]:
    logger, handler = logging.getLogger("py.warnings"), _Handler()
    logger.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logger.removeHandler(handler)
