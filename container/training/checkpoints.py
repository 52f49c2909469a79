"""Checkpoints of a training: the newest rounds, written atomically and validated when read.

A checkpoint is a model that XGBoost loads, under the built-in's name, and behind it one line that
identifies its training; XGBoost stops reading where its document ends.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from container.contract.atomic_files import UNFINISHED, write_atomically
from container.contract.log import log_event

_STEM = "xgboost-checkpoint"
_NAME = re.compile(rf"{_STEM}\.(\d+)")
_KEPT = 5
_LONGEST_LINE = 4096


@dataclass(frozen=True)
class Checkpoint:
    """A model after round `number` (the first is 0), and what else training needs to go on."""

    number: int
    model: bytes
    state: Mapping[str, float]


class CheckpointFolder:
    """The checkpoints of one training: same data, same hyperparameters, same algorithm.

    Those of others, and those that another container wrote, are neither continued nor deleted; a
    round of the same number replaces them.
    """

    def __init__(self, folder: Path, identity: Mapping[str, object]) -> None:
        self._folder = folder
        self._identity = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob(f"{_STEM}.*{UNFINISHED}"):
            path.unlink()
        self._own = {number for number in self._numbers() if self._is_own(number)}
        self._complained = False

    def newest(self) -> Checkpoint | None:
        """Return the newest valid checkpoint; invalid and foreign ones are skipped and logged."""
        others = sorted(self._numbers() - self._own)
        if others:
            reason = "of other hyperparameters, data or algorithm, cut off, or of the built-in"
            log_event("checkpoints ignored", {"rounds": others, "reason": reason})
        for number in sorted(self._own, reverse=True):
            checkpoint = self.read(number)
            if checkpoint is not None:
                return checkpoint
            log_event("checkpoint skipped", {"file": self._path(number).name, "reason": "damaged"})
        return None

    def read(self, number: int) -> Checkpoint | None:
        """Return the checkpoint after round `number`; None when damaged, missing or foreign."""
        if number not in self._own:
            return None
        model, _, line = self._path(number).read_bytes().rpartition(b"\n")
        about = _parsed(line)
        if hashlib.sha256(model).hexdigest() != about.get("sha256"):
            return None
        return Checkpoint(number, model, about["state"])

    def save(self, checkpoint: Checkpoint, *, best: int = -1) -> None:
        """Write one, whole or not at all, and drop all but the newest and that of round `best`.

        A disk without room for it costs the checkpoint, not the training.
        """
        about = {
            "identity": self._identity,
            "sha256": hashlib.sha256(checkpoint.model).hexdigest(),
            "state": dict(checkpoint.state),
        }
        content = checkpoint.model + b"\n" + json.dumps(about).encode()
        try:
            write_atomically(self._path(checkpoint.number), content)
        except OSError as error:
            if not self._complained:
                log_event("checkpoint not written", {"error": str(error)})
            self._complained = True
            return
        self._own.add(checkpoint.number)
        for number in sorted(self._own - {best})[:-_KEPT]:
            if not _is_uploading(self._path(number)):
                self._path(number).unlink(missing_ok=True)
                self._own.remove(number)

    def _path(self, number: int) -> Path:
        return self._folder / f"{_STEM}.{number}"

    def _numbers(self) -> set[int]:
        names = (_NAME.fullmatch(path.name) for path in self._folder.iterdir())
        return {int(name.group(1)) for name in names if name}

    def _is_own(self, number: int) -> bool:
        with self._path(number).open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - _LONGEST_LINE))
            line = stream.read().rpartition(b"\n")[2]
        return _parsed(line).get("identity") == self._identity


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        about = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


def _is_uploading(path: Path) -> bool:
    uploading = path.with_name(path.name + ".sagemaker-uploading")
    uploaded = path.with_name(path.name + ".sagemaker-uploaded")
    return uploading.exists() and not uploaded.exists()
