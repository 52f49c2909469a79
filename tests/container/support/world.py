"""An /opt/ml for one test: rows, a job's files, and the real programs as processes."""

import json
import os
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests import leftovers
from tests.forking import ForkServer, Program

PACKAGE = Path(__file__).parents[3] / "container"
TIMEOUT_SECONDS = 120.0
PROGRAMS = ForkServer(
    "-sklearn", "container.training.*", "container.evaluation.*", "container.serving.*"
)

Rows = NDArray[np.float64]


def write_csv(path: Path, rows: Rows) -> None:
    """Label first, no header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, rows, delimiter=",", fmt="%.9g")


def csv_lines(rows: list[list[float]]) -> bytes:
    """The body of a request."""
    return "\n".join(",".join(map(repr, row)) for row in rows).encode()


def simple_rows(count: int = 60, seed: int = 0, classes: int = 2) -> Rows:
    """Rows of label and three features, the first of which nearly gives the label away."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    features = generator.normal(size=(count, 3)) + labels[:, None] * [2.0, 0.5, 0.0]
    return np.column_stack([labels, features])


def regression_rows(count: int = 80) -> Rows:
    """Rows whose positive label is nearly a line."""
    features = np.random.default_rng(3).normal(size=(count, 3))
    return np.column_stack([5 + np.abs(3 * features[:, 0] + features[:, 1]), features])


@dataclass
class World:
    """One base folder and what one may do with it."""

    base: Path

    def job(self, hyperparameters: Mapping[str, object]) -> None:
        """Describe a training job, with checkpoints, on the channels that exist."""
        self.write_json("input/config/hyperparameters.json", hyperparameters)
        self.write_json("input/config/checkpointconfig.json", {"S3Uri": "s3://bucket/checkpoints"})

    def write_json(self, name: str, document: object) -> None:
        path = self.base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))

    def channel(self, name: str, rows: Rows) -> None:
        write_csv(self.base / "input/data" / name / "part.csv", rows)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        names = ("PATH", "HOME", "LANG", leftovers.MARK)
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {**kept, "SAGEMAKER_BASE_DIR": str(self.base), **(more or {})}

    def run(self, program: str) -> subprocess.CompletedProcess[str]:
        """The program from start to end."""
        words = [str(PACKAGE / "bin" / program)]
        return PROGRAMS.run(Program(words, self.environment(), str(self.base)))

    def start(self, program: str) -> subprocess.Popen[str]:
        """The program, still running; its lines can be read from `stdout`."""
        return subprocess.Popen(
            [PACKAGE / "bin" / program],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def written(self, name: str) -> str:
        """What a training wrote by now whose output goes to files."""
        path = self.base / name
        return path.read_text() if path.exists() else ""

    @property
    def output(self) -> str:
        return self.written("stdout")

    @property
    def failure(self) -> str:
        return (self.base / "output/failure").read_text(encoding="utf-8")

    @property
    def signature(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.base / "model/signature.json").read_bytes())
        return document

    def checkpoints(self) -> list[Path]:
        """Oldest first."""
        found = (self.base / "checkpoints").glob("xgboost-checkpoint.*")
        return sorted(found, key=lambda path: int(path.suffix[1:]))

    @property
    def model(self) -> bytes:
        """What a training saved."""
        return (self.base / "model/xgboost-model").read_bytes()

    def pack(self, source: Path, role: str) -> None:
        """Put the model in `source` where `evaluate` looks for it."""
        archive = self.base / "processing" / role / "model.tar.gz"
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:gz") as stream:
            for path in sorted(source.iterdir()):
                stream.add(path, path.name)

    def result(self, name: str) -> dict[str, Any]:
        path = self.base / "processing/evaluation" / f"{name}.json"
        document: dict[str, Any] = json.loads(path.read_bytes())
        return document


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds; fail when it never does."""
    for _ in range(int(TIMEOUT_SECONDS * 50)):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def read_until(lines: Iterator[str], start: str) -> None:
    """Consume lines up to the one that begins with `start`."""
    for line in lines:
        if line.startswith(start):
            return
    raise AssertionError(f"no line begins with {start}")


def last_values(output: str) -> dict[str, float]:
    """The metric values of the last line of a training's output."""
    items: Sequence[str] = output.splitlines()[-1].split("\t")[1:]
    return {name: float(value) for name, value in (item.rsplit(":", 1) for item in items)}
