"""Configuration of a training job: hyperparameters, input channels and checkpoint folder."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from container.contract.errors import InputError
from container.contract.layout import Layout

# What is learned from, what early stopping looks at, and what is only watched.
CHANNELS = ("train", "validation", "test")
_MODES = ("File", "FastFile")
_HYPERPARAMETERS = "input/config/hyperparameters.json"
# Automatic model tuning adds it to every job.
_TUNING = "_tuning_objective_metric"


def read_hyperparameters(layout: Layout) -> dict[str, str]:
    """Read SageMaker's map of text to text; raises InputError for anything else."""
    document = read_document(layout, "hyperparameters.json")
    if document is None:
        raise InputError(
            f"{_HYPERPARAMETERS}: the file is missing; "
            'write one that holds at least {"num_round": "100"}'
        )
    for name, value in document.items():
        if not isinstance(value, str):
            raise InputError(
                f"{_HYPERPARAMETERS}: {name} must be text, as SageMaker sends it; "
                f"got {json.dumps(value)}; put it in quotes"
            )
    return document


def read_numbers(raw: Mapping[str, str], defaults: Mapping[str, float]) -> dict[str, float]:
    """Return the numbers in `raw`, 0 or more, over `defaults`; raises InputError."""
    numbers = dict(defaults)
    for name, text in raw.items():
        if name == _TUNING:
            continue
        if name not in defaults:
            raise InputError(f"{_HYPERPARAMETERS}: {name} is unknown; use {', '.join(defaults)}")
        try:
            numbers[name] = float(text)
        except ValueError:
            numbers[name] = math.nan
        if not 0 <= numbers[name] < math.inf:
            raise InputError(
                f"{_HYPERPARAMETERS}: {name} must be 0 or more; got {text!r}; give a number"
            )
    return numbers


@dataclass(frozen=True)
class Channel:
    """A ContentType ("": none), and whether every host has all files or each has others."""

    content_type: str = ""
    is_replicated: bool = True


def read_channels(layout: Layout) -> dict[str, Channel]:
    """Return the channels of this job by name, `train` first.

    Without a description the folders that exist are the channels.
    """
    document = read_document(layout, "inputdataconfig.json")
    if document is None:
        document = {name: {} for name in CHANNELS if (layout.channels / name).is_dir()}
    for name, channel in document.items():
        _check_channel(name, channel)
    if "train" not in document:
        raise InputError(
            f"input/config/inputdataconfig.json: channel train is missing; "
            f"got {', '.join(document) or 'no channel'}; give the job a train channel"
        )
    return {
        name: Channel(
            str(document[name].get("ContentType") or ""),
            document[name].get("S3DistributionType") != "ShardedByS3Key",
        )
        for name in CHANNELS
        if name in document
    }


def checkpoint_folder(layout: Layout) -> Path | None:
    """Return where the job wants checkpoints; None: nowhere.

    SageMaker writes the file, and mounts the folder, for jobs with a CheckpointConfig alone.
    """
    document = read_document(layout, "checkpointconfig.json")
    if document is None:
        return layout.checkpoints if layout.checkpoints.is_dir() else None
    local = document.get("LocalPath") or "/opt/ml/checkpoints"
    if not isinstance(local, str) or not local.startswith("/"):
        raise InputError(
            f"input/config/checkpointconfig.json: LocalPath must be a path that begins with /; "
            f"got {json.dumps(local)}; remove it for the default"
        )
    return layout.local_path(local)


def _check_channel(name: str, channel: object) -> None:
    where = f"input/config/inputdataconfig.json: channel {name}"
    if name not in CHANNELS:
        raise InputError(f"{where} is unknown; name it train, validation or test, or remove it")
    if not isinstance(channel, Mapping):
        raise InputError(f"{where} must be an object; got {json.dumps(channel)}")
    mode = channel.get("TrainingInputMode") or "File"
    if mode not in _MODES:
        raise InputError(f"{where}: TrainingInputMode {mode} is not supported; use File")
    if (channel.get("RecordWrapperType") or "None") != "None":
        raise InputError(f"{where}: RecordWrapperType is not supported; use None")


def read_document(layout: Layout, name: str) -> dict[str, Any] | None:
    """Return one of SageMaker's files; None when it is not there. Raises InputError."""
    path = layout.configuration / name
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(f"input/config/{name}: not JSON ({error}); correct the file") from error
    if not isinstance(document, dict):
        raise InputError(f"input/config/{name}: must hold an object; got {type(document).__name__}")
    return document
