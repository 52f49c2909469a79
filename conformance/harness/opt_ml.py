"""A folder laid out as /opt/ml for one job or server, with everything SageMaker writes there."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.harness import rows

if TYPE_CHECKING:
    from conformance.manifest import Training

CHANNELS = ("train", "validation")
_ROWS = {"train": 120, "validation": 40}
# What a newer SageMaker adds to what its guide shows: a container has to leave it alone.
_HOST = {
    "current_host": "algo-1",
    "hosts": ["algo-1"],
    "network_interface_name": "lo",
    "current_instance_type": "ml.m5.large",
    "current_group_name": "homogeneousCluster",
    "instance_groups": [
        {
            "instance_group_name": "homogeneousCluster",
            "instance_type": "ml.m5.large",
            "hosts": ["algo-1"],
        }
    ],
}


@dataclass(frozen=True)
class OptMl:
    """`base` is what SAGEMAKER_BASE_DIR says; logs and home are beside it, as they are outside."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> OptMl:
        """The folders that exist before a program starts."""
        made = cls(root)
        for folder in (made.model, made.checkpoints, made.output / "data", made.home):
            folder.mkdir(parents=True)
        return made

    @property
    def base(self) -> Path:
        """/opt/ml."""
        return self.root / "ml"

    @property
    def home(self) -> Path:
        """The home folder of the program."""
        return self.root / "home"

    @property
    def input(self) -> Path:
        """What the job is given."""
        return self.base / "input"

    @property
    def model(self) -> Path:
        """Packed after a training, unpacked and read-only for a server."""
        return self.base / "model"

    @property
    def checkpoints(self) -> Path:
        """Copied to S3 while a training runs, and back when it restarts."""
        return self.base / "checkpoints"

    @property
    def output(self) -> Path:
        """Holds the failure file."""
        return self.base / "output"

    def describe(
        self, training: Training, hyperparameters: Mapping[str, str], channels: Sequence[str]
    ) -> None:
        """Write the job's files and the rows of its channels."""
        described = {
            name: {
                "ContentType": training.content_type,
                "TrainingInputMode": "File",
                "S3DistributionType": "FullyReplicated",
                "RecordWrapperType": "None",
            }
            for name in channels
        }
        self._write("hyperparameters", hyperparameters)
        self._write("inputdataconfig", described)
        self._write("resourceconfig", _HOST)
        checkpoints = {"S3Uri": "s3://example/checkpoints", "LocalPath": "/opt/ml/checkpoints"}
        self._write("checkpointconfig", checkpoints)
        for seed, name in enumerate(channels):
            self._fill(training, name, seed)

    def channel(self, name: str) -> Path:
        """The folder of one channel, made if need be."""
        folder = self.input / "data" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _fill(self, training: Training, name: str, seed: int) -> None:
        folder = self.channel(name)
        if training.data is not None and (training.data / name).is_dir():
            shutil.copytree(training.data / name, folder, dirs_exist_ok=True)
        else:
            text = rows.labelled_csv(_ROWS.get(name, 40), seed)
            (folder / "rows.csv").write_text(text, encoding="utf-8")

    def _write(self, name: str, document: object) -> None:
        path = self.input / "config" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")


def contents(folder: Path) -> dict[str, str]:
    """A digest of each file below `folder`, by its name there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """The names that are new, gone or changed; empty when nothing is."""
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return ", ".join(changed[:3]) + (" and others" if len(changed) > 3 else "")
