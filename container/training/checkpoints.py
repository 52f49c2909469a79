"""Keeps a training's newest rounds: a lost machine costs one round, never a wrong model."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from container.contract.log import log_event
from container.contract.whole_files import write_whole

_KEPT = 5


@dataclass(frozen=True)
class Checkpoint:
    """A model after round `number` (the first is 0), and what else training needs to go on."""

    number: int
    model: bytes
    state: Mapping[str, float]


class CheckpointFolder:
    """The checkpoints of one training: same data shape, same hyperparameters, same algorithm."""

    def __init__(self, folder: Path, identity: Mapping[str, object]) -> None:
        digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        self._folder = folder
        # Other trainings' files have other names: they are neither mixed in nor deleted.
        self._prefix = f"checkpoint-{digest[:12]}."
        folder.mkdir(parents=True, exist_ok=True)

    def newest(self) -> Checkpoint | None:
        """The newest whole checkpoint; broken ones are skipped and logged."""
        for number in sorted(self._numbers(), reverse=True):
            checkpoint = _read(self._path(number), number)
            if checkpoint is not None:
                return checkpoint
            log_event(
                "checkpoint skipped", {"file": self._path(number).name, "reason": "not whole"}
            )
        others = [path.name for path in self._folder.glob("checkpoint-*")]
        if others and not self._numbers():
            reason = "other hyperparameters, data or algorithm"
            log_event("checkpoints ignored", {"files": len(others), "reason": reason})
        return None

    def save(self, checkpoint: Checkpoint) -> None:
        """Write one checkpoint, whole or not at all, then drop the oldest."""
        header = {
            "bytes": len(checkpoint.model),
            "sha256": hashlib.sha256(checkpoint.model).hexdigest(),
            "state": dict(checkpoint.state),
        }
        content = json.dumps(header).encode() + b"\n" + checkpoint.model
        write_whole(self._path(checkpoint.number), content)
        for number in sorted(self._numbers())[:-_KEPT]:
            if not _is_uploading(self._path(number)):
                self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._folder / f"{self._prefix}{number}"

    def _numbers(self) -> list[int]:
        endings = (path.name[len(self._prefix) :] for path in self._folder.glob(f"{self._prefix}*"))
        return [int(ending) for ending in endings if ending.isdigit()]


def _read(path: Path, number: int) -> Checkpoint | None:
    first, _, model = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(first)
        digest, state = header["sha256"], header["state"]
    except (ValueError, TypeError, KeyError):
        return None
    if hashlib.sha256(model).hexdigest() != digest:
        return None
    return Checkpoint(number, model, state)


def _is_uploading(path: Path) -> bool:
    uploading = path.with_name(path.name + ".sagemaker-uploading")
    uploaded = path.with_name(path.name + ".sagemaker-uploaded")
    return uploading.exists() and not uploaded.exists()
