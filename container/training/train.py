"""`train`: entry point of training; a failure is one line in `output/failure`."""

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from container.algorithm import create
from container.contract import job, model_files, program
from container.contract.errors import ExitCode, InputError, StoppedError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.hosts.workers import Worker, run_workers
from container.training.session import train
from container.training.termination import Termination


def main(layout: Layout) -> int:
    """Train once and return the exit code; `output/failure` contains the reason of a failure."""
    # What a training left that was killed.
    shutil.rmtree(layout.scratch, ignore_errors=True)
    workers = _workers(layout)
    if workers > 1:
        return run_workers(workers, lambda worker: _main(layout, worker))
    return _main(layout, Worker())


def _workers(layout: Layout) -> int:
    try:
        return create(job.read_hyperparameters(layout)).plan.workers
    except InputError:
        # Reported by the training itself.
        return 1


def _main(layout: Layout, worker: Worker) -> int:
    termination = Termination()
    code = program.run(
        "train",
        lambda: _train(layout, termination, worker),
        reason=layout.failure,
        after_failure=lambda: model_files.remove(layout.model),
    )
    if code != ExitCode.DONE:
        # Without destructors of libraries, which would wait for lost hosts.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _train(layout: Layout, termination: Termination, worker: Worker) -> ExitCode:
    model_files.remove(layout.model)
    layout.failure.unlink(missing_ok=True)
    try:
        with _scratch(layout.scratch / str(worker.number)), _logged_warnings():
            train(layout, job.read_hyperparameters(layout), termination, worker)
    except StoppedError:
        kept = "checkpoints" if job.checkpoint_folder(layout) else "nothing"
        log_event("stopped", {"reason": "SIGTERM", "kept": kept})
        return ExitCode.STOPPED
    return ExitCode.DONE


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """Have temporary files lie on the disk that the job asked for; none outlive the program."""
    folder.mkdir(parents=True)
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()


class _WarningHandler(logging.Handler):
    """Warnings of libraries in the form of all other events."""

    def emit(self, record: logging.LogRecord) -> None:
        log_event("warning", {"text": " ".join(record.getMessage().split())})


@contextmanager
def _logged_warnings() -> Iterator[None]:
    logger, handler = logging.getLogger("py.warnings"), _WarningHandler()
    logger.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logger.removeHandler(handler)
