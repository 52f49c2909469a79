"""`train`: from channels to a sealed model, or to one line that says why not."""

import sys
import traceback

from container.contract import job, model_files
from container.contract.errors import AlgorithmError, ExitCode, InputError, StoppedError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.training.session import train
from container.training.termination import Termination

_FAILURE_CHARACTERS = 1024


def main(layout: Layout) -> int:
    """Train once; the answer is the exit code, and `output/failure` says why it is not 0."""
    termination = Termination()
    try:
        model_files.remove(layout.model)
        layout.failure.unlink(missing_ok=True)
        train(layout, job.read_hyperparameters(layout), termination)
    except StoppedError:
        log_event("stopped", {"reason": "SIGTERM", "kept": "checkpoints"})
        return ExitCode.STOPPED
    except InputError as error:
        return _fail(layout, str(error), ExitCode.BAD_INPUT)
    except AlgorithmError as error:
        return _fail(layout, str(error), ExitCode.FAILED)
    except Exception as error:
        traceback.print_exc()
        return _fail(layout, f"{type(error).__name__}: {error}", ExitCode.FAILED)
    return ExitCode.DONE


def _fail(layout: Layout, message: str, code: ExitCode) -> ExitCode:
    """Say it once on standard error and once in the file that SageMaker shows."""
    model_files.remove(layout.model)
    line = " ".join(message.split())[:_FAILURE_CHARACTERS]
    layout.failure.parent.mkdir(parents=True, exist_ok=True)
    layout.failure.write_bytes(line.encode(errors="replace"))
    sys.stderr.write(f"train: {line}\n")
    return code
