"""`train`: from channels to a sealed model, or to one line that says why not."""

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
        train(layout, job.read_hyperparameters(layout), termination)
    except StoppedError:
        log_event("stopped", {"reason": "SIGTERM", "kept": "checkpoints"})
        return ExitCode.STOPPED
    return ExitCode.DONE
