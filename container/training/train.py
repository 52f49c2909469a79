"""`train`: from a folder of CSV to a sealed model, or to one line that says why not."""

import signal
import sys
import traceback
from pathlib import Path

from container.algorithm import create, identity
from container.contract import job, model_files
from container.contract.errors import AlgorithmError, ExitCode, InputError, StoppedError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.formats.dataset import Dataset, read_dataset
from container.hyperparameters.parsing import Hyperparameters, parse
from container.protocol import Algorithm, Round
from container.training.checkpoints import CheckpointFolder

_FAILURE_CHARACTERS = 1024
# These change how fast or how loud a training is, not what it learns.
_WITHOUT_EFFECT = ("nthread", "verbosity", "save_model_on_termination")


class _Termination:
    """Remembers that SIGTERM came, because a round must not be cut in two."""

    def __init__(self) -> None:
        self.requested = False
        signal.signal(signal.SIGTERM, self._request)
        signal.signal(signal.SIGINT, self._request)

    def _request(self, number: int, frame: object) -> None:
        self.requested = True

    def check(self) -> None:
        """Raise StoppedError between two steps of the preparation."""
        if self.requested:
            raise StoppedError


def main(layout: Layout) -> int:
    """Train once; the answer is the exit code, and `output/failure` says why it is not 0."""
    termination = _Termination()
    try:
        _train(layout, termination)
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


def _train(layout: Layout, termination: _Termination) -> None:
    model_files.remove(layout.model)
    layout.failure.unlink(missing_ok=True)
    raw = job.read_hyperparameters(layout)
    hyperparameters = parse(raw)
    if raw.get("objective", hyperparameters.objective_name) != hyperparameters.objective_name:
        renamed = {"objective": raw["objective"], "use": hyperparameters.objective_name}
        log_event("deprecated", renamed)
    job.refuse_several_hosts(layout)
    channels = job.read_channels(layout)
    if hyperparameters.early_stopping_rounds and "validation" not in channels:
        raise InputError(
            "input/config/inputdataconfig.json: early_stopping_rounds needs a validation channel; "
            f"got {', '.join(channels)}; add the channel or remove early_stopping_rounds"
        )
    data = _read_channels(layout, channels, hyperparameters)
    termination.check()
    algorithm = create(raw)
    _fit(layout, termination, algorithm, data, _identity(raw, data["train"]))
    if termination.requested and not hyperparameters.save_on_termination:
        raise StoppedError
    _save(layout.model, algorithm)


def _read_channels(
    layout: Layout, channels: tuple[str, ...], hyperparameters: Hyperparameters
) -> dict[str, Dataset]:
    data: dict[str, Dataset] = {}
    for name in channels:
        data[name] = read_dataset(layout, layout.channels / name, weighted=hyperparameters.weighted)
        size = {"rows": data[name].rows, "features": data[name].feature_count}
        log_event("channel read", {"channel": name, **size})
    counts = {name: channel.feature_count for name, channel in data.items()}
    if len(set(counts.values())) > 1:
        raise InputError(
            f"input/data/validation: has {counts['validation']} features but train has "
            f"{counts['train']}; give both the same columns"
        )
    return data


def _fit(
    layout: Layout,
    termination: _Termination,
    algorithm: Algorithm,
    data: dict[str, Dataset],
    identity_of_training: dict[str, object],
) -> None:
    checkpoints = CheckpointFolder(layout.checkpoints, identity_of_training)
    start = checkpoints.newest()
    if start:
        log_event("resumed", {"finished_rounds": start.number + 1})

    def after_round(finished: Round) -> bool:
        _print_metrics(finished)
        checkpoints.save(finished.checkpoint())
        return not termination.requested

    algorithm.fit(data, start, after_round)


def _identity(raw: dict[str, str], train: Dataset) -> dict[str, object]:
    effective = {name: text for name, text in raw.items() if name not in _WITHOUT_EFFECT}
    shape = [train.rows, train.feature_count]
    return {"algorithm": identity(), "hyperparameters": effective, "shape": shape}


def _print_metrics(finished: Round) -> None:
    """The built-in's line: SageMaker's metric definitions read it, tabs and all."""
    items = [f"{name}:{value:.5f}" for name, value in finished.values.items()]
    sys.stdout.write("\t".join([f"[{finished.number}]", *items]) + "\n")
    sys.stdout.flush()


def _save(folder: Path, algorithm: Algorithm) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / (model_files.MODEL + ".unfinished")
    algorithm.save(unfinished)
    unfinished.replace(folder / model_files.MODEL)
    signature = algorithm.signature()
    model_files.seal(folder, signature)
    log_event("model saved", {"rounds": signature["rounds"]})


def _fail(layout: Layout, message: str, code: ExitCode) -> ExitCode:
    """Say it once on standard error and once in the file that SageMaker shows."""
    model_files.remove(layout.model)
    line = " ".join(message.split())[:_FAILURE_CHARACTERS]
    layout.failure.parent.mkdir(parents=True, exist_ok=True)
    layout.failure.write_bytes(line.encode(errors="replace"))
    sys.stderr.write(f"train: {line}\n")
    return code
